"""The region's feed, `region.<code>.events`: what notifications tells the region's systems."""

from typing import Literal

from pydantic import AwareDatetime

from kvitt_contracts.envelope import Event


class MessageRefused(Event, type="region.message.refused.v1"):
    """On the region's feed: a message of the region was refused, by which rule, and what to do.

    Repeats no value that came in.
    """

    message_id: str
    message_type: str
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
    """On the region's feed: a transfer was sent to the receiver or ended."""

    transfer: str
    status: str
    occurred_at: AwareDatetime


ReportEvent = MessageRefused | OrderReported | TransferReported
"""Everything that stands on a region's feed."""
