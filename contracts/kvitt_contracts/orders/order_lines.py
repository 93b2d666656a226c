"""Topic `orders.customer-orders`: direct deliveries, receipts, lines by themselves.

Reserved: an order then has lines from the central store, from own stores and direct from suppliers
side by side. A line is in one purchase order at most, is received once, and is never both voided
and received (ORD-11, ORD-12, ORD-14).
"""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    OrderId,
    OrderLineId,
    ReasonCode,
    UserId,
)


class OrderLineVoidRequested(Event, type="orders.order.line-void-requested.v1"):
    """Customer service requests that central lines be voided (ORD-14).

    Inventory answers LinesReleased or LinesKept. While lines are *voiding* none of them is
    purchased.
    """

    order_id: OrderId
    lines: Annotated[tuple[OrderLineId, ...], Field(min_length=1)]
    by: UserId
    asked_by: UserId


class OrderLineVoidRefused(Event, type="orders.order.line-void-refused.v1"):
    """The line goes on: the warehouse had begun (ORD-14)."""

    order_id: OrderId
    line_id: OrderLineId
    reason: ReasonCode
    prescriber: UserId


ComingOrderEvent = OrderLineVoidRequested | OrderLineVoidRefused
"""Reserved events of an order."""
