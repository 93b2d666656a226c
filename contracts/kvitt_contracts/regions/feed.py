"""The region's feed, `region.<code>.events`: what notifications publishes to the region's
systems.
"""

from datetime import date
from operator import not_
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.regions.reports import ThingReported
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    NamedRecipient,
    PayerId,
    RefusedDevice,
    ServicePointId,
    StoreId,
    UserId,
    Word,
)


class MessageRefused(Event, type="region.message.refused.v1"):
    """On the region's feed: a message of the region was refused, by which rule, and what to do.

    Repeats no value that came in.
    """

    message_id: str
    message_type: str
    source: str | None = None
    subject: str
    service: str
    reason: str
    rule: str
    field: str | None = None
    way_on: str


class OrderReported(Event, type="region.order.reported.v1"):
    """On the region's feed: an order reached a status of ORD-15, or is to leave on another day.

    A status is told again only where something else of the order has changed. `kind`: `order`,
    `withdrawal` or `replenishment`; `planned_on`: when it is to leave the central store. Its lines
    have messages of their own. What comes after `occurred_at` is of later releases, and not known
    of orders that are older.
    """

    order: str
    order_number: str
    status: Literal["registered", "part_delivered", "delivered", "voided", "declined"]
    occurred_at: AwareDatetime
    business_day: date | None = None
    kind: Word | None = None
    recipient: NamedRecipient | None = None
    prescriber: UserId | None = None
    service_point: ServicePointId | None = None
    customer_id: CustomerId | None = None
    placed_on: date | None = None
    planned_on: date | None = None
    delivered_on: date | None = None
    lines: Annotated[int, Field(ge=1)] | None = None
    reason: str | None = None


class TransferReported(Event, type="region.transfer.reported.v1"):
    """On the region's feed: a transfer was sent to the receiver or ended, or some of it did.

    `devices` where the status is that of some of its devices alone: `lines_rejected` (BMB-5),
    `line_dropped` (with its `reason`), `line_completed` (from `effective_on`).

    With `sent`: `lines` are all its devices, from which unit to which, with the proposed payer.
    With `accepted` and `executed_automatically`: those that change custody, on `effective_on`, and
    to whom.
    With `refused`: which device, and why.
    """

    transfer: str
    status: str
    occurred_at: AwareDatetime
    devices: Annotated[tuple[DeviceId, ...], Field(exclude_if=not_)] = ()
    business_day: date | None = None
    lines: Annotated[tuple[DeviceId, ...], Field(exclude_if=not_)] = ()
    sending_service_point: ServicePointId | None = None
    receiving_service_point: ServicePointId | None = None
    transfer_date: date | None = None
    deadline: AwareDatetime | None = None
    recipient: NamedRecipient | None = None
    store: StoreId | None = None
    prescriber: UserId | None = None
    customer_id: CustomerId | None = None
    payer_id: PayerId | None = None
    effective_on: date | None = None
    refused: Annotated[tuple[RefusedDevice, ...], Field(exclude_if=not_)] = ()
    reason: str | None = None


class MessageSettled(Event, type="region.message.settled.v1"):
    """On the region's feed: the receipt of a message that was not refused, one for each record.

    `outcome`: `applied` (it is in effect), `duplicate` (it had come before), `obsolete` (a newer
    version of the same fact is in effect); `quarantined` (somebody at Kvitt looks into it),
    `waiting` (behind a quarantined one of the same source and subject), and then how it ended:
    `applied`, `duplicate`, `discarded`, or a refusal. Where the id could not be read, `topic`,
    `partition` and `offset` find the record. An applied one names the thing that it began, or
    changed first, by the id and the number that it has at Kvitt. Repeats no value that came in.
    """

    service: str
    topic: str
    partition: Annotated[int, Field(ge=0)]
    offset: Annotated[int, Field(ge=0)]
    message_id: str | None = None
    message_type: str | None = None
    source: str | None = None
    subject: str | None = None
    outcome: Word
    reason: str | None = None
    rule: str | None = None
    field: str | None = None
    way_on: str | None = None
    thing: Word | None = None
    thing_id: UUID | None = None
    thing_number: str | None = None


ReportEvent = MessageRefused | MessageSettled | OrderReported | TransferReported | ThingReported
"""Everything that stands on a region's feed."""
