"""The region's feed, `region.<code>.events`: what notifications publishes to the region's
systems.
"""

from datetime import date
from operator import not_
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from kvitt_contracts.billing.ledger import Month
from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    Money,
    NamedRecipient,
    OrderNumber,
    Ore,
    PayerId,
    Reference,
    StoreId,
    SupplierId,
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
    """On the region's feed: an order reached a status of ORD-15."""

    order: str
    order_number: str
    status: Literal["registered", "part_delivered", "delivered", "voided", "declined"]
    occurred_at: AwareDatetime


class TransferReported(Event, type="region.transfer.reported.v1"):
    """On the region's feed: a transfer was sent to the receiver or ended.

    `devices` where the status is that of some of its devices alone: `lines_rejected` (BMB-5).
    """

    transfer: str
    status: str
    occurred_at: AwareDatetime
    devices: Annotated[tuple[DeviceId, ...], Field(exclude_if=not_)] = ()


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


ReportEvent = MessageRefused | MessageSettled | OrderReported | TransferReported
"""Everything that stands on a region's feed."""


# -- reserved ------------------------------------------------------------------------------------


class Reported(Event):
    status: Word
    occurred_at: AwareDatetime
    business_day: Annotated[date, Field(description="the Stockholm day that it counts for")]


class PurchaseOrderReported(Reported, type="region.purchase-order.reported.v1"):
    """On the region's feed: a purchase order was created, sent, delayed, received or closed."""

    purchase_order: Reference
    purchase_order_number: OrderNumber
    order: Reference
    supplier_id: SupplierId


class BasketReported(Reported, type="region.basket.reported.v1"):
    """On the region's feed: a basket loan was opened, declined, became overdue or closed."""

    order: Reference
    order_number: OrderNumber
    due_on: date


class PickupReportedToRegion(Reported, type="region.pickup.reported.v1"):
    """On the region's feed: a pickup was registered, refused, closed or voided."""

    pickup: Reference
    pickup_number: OrderNumber


class WorkOrderReported(Reported, type="region.work-order.reported.v1"):
    """On the region's feed: a work order was assigned, planned, started, finished or voided."""

    work_order: Reference
    work_order_number: OrderNumber
    kind: Word


class CustodyReported(Reported, type="region.custody.reported.v1"):
    """On the region's feed: a device has another holder or payer from the business day on.

    `recipient` as the region names one; none where it is in `store`.
    """

    device_number: DeviceNumber
    recipient: NamedRecipient | None = None
    store: StoreId | None = None
    payer_id: PayerId | None = None


class DeviceReported(Reported, type="region.device.reported.v1"):
    """On the region's feed: a device was registered, renumbered, lost, scrapped, sold or found."""

    device_number: DeviceNumber
    before: DeviceNumber | None = None
    article_number: ArticleNumber


class StockReported(Reported, type="region.stock.reported.v1"):
    """On the region's feed: what a store has of an article after a move; `status` is its kind."""

    store: StoreId
    article_number: ArticleNumber
    available: int
    reserved: int
    on_order: int


class StocktakingReported(Reported, type="region.stocktaking.reported.v1"):
    """On the region's feed: a stocktaking was announced, opened, posted or cancelled."""

    store: StoreId
    missing: Annotated[int, Field(ge=0)] = 0


class ChargeReported(Reported, type="region.charge.reported.v1"):
    """On the region's feed: a charge was deferred, paused, raised or cancelled.

    A patient's is reported without the patient: `payer_id` is a unit's.
    """

    charge: Reference
    kind: Word
    payer_id: PayerId | None = None
    order: Reference | None = None
    amount: Money


class InvoiceReported(Reported, type="region.invoice.reported.v1"):
    """On the region's feed: an invoice was issued, to a patient where no `payer_id`."""

    invoice: Reference
    number: str
    payer_id: PayerId | None = None
    month: Month
    is_credit: bool
    net_ore: Ore
    vat_ore: Ore


ComingReportEvent = (
    PurchaseOrderReported
    | BasketReported
    | PickupReportedToRegion
    | WorkOrderReported
    | CustodyReported
    | DeviceReported
    | StockReported
    | StocktakingReported
    | ChargeReported
    | InvoiceReported
)
"""Reserved on a region's feed."""
