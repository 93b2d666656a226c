"""Topic `orders.customer-orders`: replenishments, direct deliveries, receipts, lines by themselves.

Reserved: an order then has lines from the central store, from own stores and direct from suppliers
side by side. A line is in one purchase order at most, is received once, and is never both voided
and received (ORD-11, ORD-12, ORD-14).
"""

from datetime import date
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.orders.customer_orders import SuppliedLine
from kvitt_contracts.types import (
    CustomerId,
    OrderId,
    OrderLineId,
    OrderNumber,
    PolicyVersion,
    ProposalId,
    ReasonCode,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)


class ReplenishmentPlaced(Event, type="orders.order.replenishment-placed.v1"):
    """A unit orders to its own store (ORD-9).

    Inventory reserves what is central and stocks what arrives in `to_store`; nobody is charged.
    `proposal_id`: the refill proposal that it follows, which is ordered by it (INV-9).
    """

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None = None
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    to_store: StoreId
    placed_on: date
    proposal_id: ProposalId | None = None
    policy: PolicyVersion
    lines: Annotated[tuple[SuppliedLine, ...], Field(min_length=1)]


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


class OrderDeliveryChanged(Event, type="orders.order.delivery-changed.v1"):
    """Customer service made the delivery urgent, or let it go in parts or together (REF-12)."""

    order_id: OrderId
    is_urgent: bool
    is_consolidated: bool
    by: UserId
    asked_by: UserId


ComingOrderEvent = (
    ReplenishmentPlaced | OrderLineVoidRequested | OrderLineVoidRefused | OrderDeliveryChanged
)
"""Reserved events of an order."""
