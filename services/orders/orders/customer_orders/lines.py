"""A line of an order, and where it is. No clock, no database."""

from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.calendar import working_days_after
from kvitt_contracts.orders import PlacedLine
from kvitt_contracts.types import ArticleNumber, PurchaseOrderId, ReceiptId, StoreId, SupplierId


def arrival_after(dispatch: date | None) -> date | None:
    """When what leaves on a day is expected to arrive: normally the day after, which is a working
    day (ORD-4). None where no day is planned.
    """
    return None if dispatch is None else working_days_after(dispatch, 1)


class LineState(StrEnum):
    """Where a line is. Only a direct one is *purchased* and *receiving*; *diverted* is what is in a
    store instead of with its recipient (REF-14).
    """

    ORDERED = "ordered"
    PURCHASED = "purchased"
    RECEIVING = "receiving"
    DELIVERED = "delivered"
    DIVERTED = "diverted"
    VOIDED = "voided"


OVER: Final = frozenset({LineState.DELIVERED, LineState.DIVERTED, LineState.VOIDED})
"""Nothing more comes of such a line."""


class OrderLine(PlacedLine):
    """A line with how much of it has been delivered.

    `is_direct`: it comes from `supplier_id` by way of the purchasing store `store` (ORD-21); any
    other line comes from the order's store. `reached` is what its events say; `state` where it is.
    `receipt_id`: the receipt by which it is received, or has been.
    `planned_dispatch_on`: when a direct one is expected to leave its supplier (ORD-4).
    `instead_of`: the article that was asked for first, where an older one was chosen (ORD-6).
    """

    delivered: int = 0
    is_direct: bool = False
    store: StoreId | None = None
    supplier_id: SupplierId | None = None
    purchase_order_id: PurchaseOrderId | None = None
    receipt_id: ReceiptId | None = None
    planned_dispatch_on: date | None = None
    instead_of: ArticleNumber | None = None
    reached: LineState = LineState.ORDERED

    @property
    def planned_arrival_on(self) -> date | None:
        """When a direct one is expected to reach the unit (ORD-4)."""
        return arrival_after(self.planned_dispatch_on)

    @property
    def is_delivered(self) -> bool:
        """True when nothing is left."""
        return self.delivered >= self.quantity

    @property
    def state(self) -> LineState:
        """Where the line is."""
        return LineState.DELIVERED if self.is_delivered else self.reached

    @property
    def is_purchased(self) -> bool:
        """True while a purchase order stands for it, or did until it arrived."""
        return self.purchase_order_id is not None and self.state is not LineState.VOIDED

    @property
    def is_over(self) -> bool:
        """True when nothing more comes of it."""
        return self.state in OVER
