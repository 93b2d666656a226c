"""The rules of purchase orders once created: a state in, events or a refusal out. No clock."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    PurchaseLine,
    PurchaseOrderCreated,
    PurchaseOrderEvent,
    PurchaseOrderLineReceived,
)
from kvitt_contracts.types import (
    Item,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PurchaseOrderId,
    Reference,
    ServicePointId,
    SupplierId,
    UserId,
)


class Status(StrEnum):
    """Where a purchase order is; *closed* when nothing more of it is expected."""

    CREATED = "created"
    CLOSED = "closed"


class LineState(StrEnum):
    """Where a line of a purchase order is."""

    OPEN = "open"
    RECEIVED = "received"
    VOIDED = "voided"


class Line(PurchaseLine):
    """A line with what became of it. `expected_on`: when the supplier delivers it."""

    state: LineState = LineState.OPEN
    expected_on: date
    received_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseOrder:
    """A purchase order: to one supplier, of one order. `expected_on`: the day that was expected
    when it was created; each line has its own.
    """

    id: PurchaseOrderId
    purchase_order_number: OrderNumber
    reference: Reference | None
    status: Status
    order_id: OrderId
    supplier_id: SupplierId
    service_point: ServicePointId
    created_on: date
    expected_on: date
    is_sent_by_kvitt: bool
    lines: tuple[Line, ...]
    by: UserId
    asked_by: UserId | None

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """The lines of which something is expected."""
        return tuple(line for line in self.lines if line.state is LineState.OPEN)


def receive_line(
    purchase_order: PurchaseOrder,
    line_id: OrderLineId,
    *,
    quantity: int,
    price: Money,
    received_on: date,
) -> PurchaseOrderLineReceived:
    """What inventory has booked of a line, at this price for one unit (ORD-12); `received_on` is a
    Stockholm day. A physical fact: it counts whatever the line's state is.

    Raises ValueError for a line of another purchase order.
    """
    line = next((one for one in purchase_order.lines if one.line_id == line_id), None)
    if line is None:
        raise ValueError(f"purchase order {purchase_order.id} has no line {line_id}")
    item = Item(line_id=line_id, article_number=line.article_number, quantity=quantity)
    return PurchaseOrderLineReceived(
        purchase_order_id=purchase_order.id, item=item, price=price, received_on=received_on
    )


def evolve(purchase_order: PurchaseOrder | None, event: PurchaseOrderEvent) -> PurchaseOrder:
    """Returns the state after an event; every event of a purchase order is handled.

    Raises ValueError for any event before it is created.
    """
    if isinstance(event, PurchaseOrderCreated):
        lines = tuple(Line(**dict(line), expected_on=event.expected_on) for line in event.lines)
        created = {"id": event.purchase_order_id, "status": Status.CREATED, "lines": lines}
        return PurchaseOrder(**same_fields(event, PurchaseOrder) | created)
    if purchase_order is None:
        raise ValueError(f"{event.wire_type} before the purchase order is created")
    match event:
        case PurchaseOrderLineReceived():
            return _closed_if_done(
                _with(
                    purchase_order,
                    event.item.line_id,
                    state=LineState.RECEIVED,
                    quantity=event.item.quantity,
                    price=event.price,
                    received_on=event.received_on,
                )
            )


def _with(purchase_order: PurchaseOrder, line_id: OrderLineId, **changes: object) -> PurchaseOrder:
    lines = tuple(
        line.model_copy(update=changes) if line.line_id == line_id else line
        for line in purchase_order.lines
    )
    return replace(purchase_order, lines=lines)


def _closed_if_done(purchase_order: PurchaseOrder) -> PurchaseOrder:
    if purchase_order.open_lines:
        return purchase_order
    return replace(purchase_order, status=Status.CLOSED)
