"""The rules of orders and withdrawals: a state in, an event or a refusal out. No clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import uuid5

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    AddressKind,
    Cover,
    LineSupply,
    OrderDeclined,
    OrderDelivered,
    OrderDeliveryChanged,
    OrderEvent,
    OrderLineDelivered,
    OrderLineDiverted,
    OrderLinePlanned,
    OrderLinePurchased,
    OrderLineReduced,
    OrderLineVoided,
    OrderPickingBegun,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    OrderReceiptRefused,
    OrderReceiptReported,
    OrderVoided,
    OrderVoidRefused,
    OrderVoidRequested,
    PlacedLine,
    ReplenishmentPlaced,
    SuppliedLine,
    direct_lines,
    served_by_store,
)
from kvitt_contracts.types import (
    CustomerId,
    LineNumber,
    OrderId,
    OrderLineId,
    OrderNumber,
    PolicyVersion,
    ProposalId,
    ReceiptId,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)

from orders.customer_orders.lines import LineState, OrderLine, arrival_after
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.units.domain import User


class Status(StrEnum):
    """Where an order is (ORD-15); *pending* and *voiding* wait for inventory's answer."""

    REGISTERED = "registered"
    PENDING = "pending"
    PART_DELIVERED = "part_delivered"
    DELIVERED = "delivered"
    VOIDING = "voiding"
    VOIDED = "voided"
    DECLINED = "declined"


class OrderType(StrEnum):
    """What kind of order it is (ORD-15)."""

    ORDER = "order"
    WITHDRAWAL = "withdrawal"
    REPLENISHMENT = "replenishment"


ENDED = frozenset({Status.DELIVERED, Status.VOIDED, Status.DECLINED})
OPEN = tuple(status for status in Status if status not in ENDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order, a withdrawal or a replenishment.

    `supply` and `store` are of the lines that a store serves; direct, and the purchasing store,
    where every line comes from a supplier (ORD-21). A replenishment has the store that it fills up,
    `to_store`, and no recipient; who ordered it is its prescriber too (ORD-9). `cover`: the other
    region, or the state, that pays for all of it (BIL-5, BIL-11). `is_urgent`: customer service has
    made it so (REF-12).
    """

    id: OrderId
    order_number: OrderNumber
    reference: Reference | None
    status: Status
    recipient: Recipient | None
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    customer_id: CustomerId
    supply: LineSupply
    store: StoreId
    address_kind: AddressKind
    consolidated: bool
    placed_on: date
    policy: PolicyVersion
    lines: tuple[OrderLine, ...]
    planned_dispatch_on: date | None = None
    picking_begun: bool = False
    delivered_on: date | None = None
    refusal: str | None = None  # why it was declined, or why it could not be voided
    to_store: StoreId | None = None
    proposal_id: ProposalId | None = None
    cover: Cover | None = None
    is_urgent: bool = False

    @property
    def order_type(self) -> OrderType:
        """What kind of order it is (ORD-15)."""
        if self.to_store is not None:
            return OrderType.REPLENISHMENT
        own = self.supply is LineSupply.OWN_STORE
        return OrderType.WITHDRAWAL if own else OrderType.ORDER

    @property
    def is_waiting(self) -> bool:
        """True while another service owes an answer."""
        unplanned = self.status is Status.REGISTERED and self.planned_dispatch_on is None
        if any(line.state is LineState.RECEIVING for line in self.lines):
            return True
        if self.supply is LineSupply.DIRECT:  # no store answers
            return False
        return self.status in (Status.PENDING, Status.VOIDING) or (
            unplanned and not self.picking_begun
        )

    @property
    def planned_arrival_on(self) -> date | None:
        """When what leaves the central store is expected to arrive (ORD-4)."""
        return arrival_after(self.planned_dispatch_on)

    def is_receiving_line(self, line_id: OrderLineId) -> bool:
        """True while a receipt of a line waits for the stores' answer (ORD-12)."""
        return any(
            line.line_id == line_id and line.state is LineState.RECEIVING for line in self.lines
        )

    def is_receiving(self, receipt_id: ReceiptId) -> bool:
        """True while the stores have not answered for every line of a receipt."""
        return any(
            line.receipt_id == receipt_id and line.state is LineState.RECEIVING
            for line in self.lines
        )


def line_id(order: OrderId, number: int) -> OrderLineId:
    """The id of a line: the same order and number give the same id."""
    return OrderLineId(uuid5(order, str(number)))


def numbers_of(order: OrderId, *, up_to: int = 100) -> Mapping[OrderLineId, LineNumber]:
    """The numbers of an order's lines, by their ids; an order has 100 at most."""
    return {line_id(order, number): LineNumber(number) for number in range(1, up_to + 1)}


def plan(order: Order, *, on: date) -> tuple[OrderPlanned, ...]:
    """Plan the day on which the order leaves the central store (ORD-4).

    `on` is a Stockholm day. Returns no event when that day is planned already.
    """
    if order.planned_dispatch_on == on:
        return ()
    changed = order.planned_dispatch_on is not None
    return (OrderPlanned(order_id=order.id, planned_dispatch_on=on, changed=changed),)


def begin_picking(order: Order) -> tuple[OrderPickingBegun, ...]:
    """The warehouse has begun: the order can no longer be voided (ORD-14).

    Returns no event when it was known before.
    """
    if order.picking_begun:
        return ()
    return (OrderPickingBegun(order_id=order.id),)


def deliver_line(
    order: Order, line: OrderLineId, *, quantity: int, on: date, more_lines: int = 0
) -> tuple[OrderLineDelivered | OrderDelivered | OrderVoided, ...]:
    """Some of a line has reached the recipient; with the last of all it is delivered (ORD-15).

    `more_lines` of the same arrival follow. A physical fact: it counts in every status. Raises
    ValueError for a line of another order.
    """
    if all(one.line_id != line for one in order.lines):
        raise ValueError(f"order {order.id} has no line {line}")
    part = OrderLineDelivered(
        order_id=order.id,
        line_id=line,
        quantity=quantity,
        delivered_on=on,
        more_lines=more_lines,
    )
    return (part, *ending(order, part, on=on))


def ending(order: Order, last: OrderEvent, *, on: date) -> tuple[OrderDelivered | OrderVoided, ...]:
    """What ends an order with what has become of a line, `last`: delivered where any line of it
    was, voided where all lines are, and nobody is told where what came is in a store (ORD-14,
    ORD-15, REF-14). `on` is a Stockholm day. No event while a line is open.
    """
    after = evolve(order, last)
    if order.status is Status.DELIVERED or not all(one.is_over for one in after.lines):
        return ()
    states = {one.state for one in after.lines}
    if states == {LineState.VOIDED}:
        return void(after)
    if LineState.DELIVERED not in states:  # decision 0416
        return ()
    return (OrderDelivered(order_id=order.id, prescriber=order.prescriber, delivered_on=on),)


def decline(order: Order, *, reason: str, rule: str) -> tuple[OrderDeclined]:
    """Inventory cannot serve the order, for `reason` by `rule`: it has no effect (ORD-6,
    ORD-7, ORD-8).
    """
    return (
        OrderDeclined(order_id=order.id, prescriber=order.prescriber, reason=reason, rule=rule),
    )


def request_void(order: Order, *, by: User) -> tuple[OrderVoidRequested | OrderVoided, ...]:
    """Request of inventory that it release the whole order, so that it can be voided (ORD-14). An
    order of which no store serves anything is voided at once.

    Returns no event when a request is open or the order is voided. Raises OrderRefused: a
    withdrawal, picking begun, a purchase order exists, delivered wholly or in part, declined
    (ORD-14), or `by` has no part in the order (REF-3).
    """
    if order.status in (Status.VOIDED, Status.VOIDING):
        return ()
    must_have_a_part(order, by)
    if order.supply is LineSupply.OWN_STORE:
        raise _not_voidable(
            order, Reason.WITHDRAWAL_IS_DELIVERED, "Ett uttag är levererat. Registrera en retur."
        )
    if order.status in (Status.DELIVERED, Status.PART_DELIVERED):
        raise _not_voidable(order, Reason.DELIVERED, "Ordern är levererad. Registrera en retur.")
    if order.status is Status.DECLINED:
        raise _not_voidable(order, Reason.DECLINED, "Ordern är avvisad och har ingen verkan.")
    if order.picking_begun:
        raise _not_voidable(
            order, Reason.PICKING_BEGUN, "Plocket har börjat. Kontakta hjälpmedelsservice."
        )
    if any(line.is_purchased for line in order.lines):
        raise _not_voidable(
            order,
            Reason.PURCHASE_ORDER_EXISTS,
            "En inköpsorder är gjord. Makulera raderna på inköpsordern, och meddela leverantören.",
        )
    if order.supply is LineSupply.DIRECT:
        return void(order)
    return (OrderVoidRequested(order_id=order.id),)


def void(order: Order) -> tuple[OrderVoided, ...]:
    """Inventory has released the goods: the order has no effect, its record remains (ORD-14)."""
    if order.status is Status.VOIDED:
        return ()
    return (OrderVoided(order_id=order.id, prescriber=order.prescriber),)


def refuse_void(order: Order, *, reason: str) -> tuple[OrderVoidRefused, ...]:
    """Inventory refuses to release the goods, for `reason`: the order goes on (ORD-14).

    Returns no event for a declined order, which goes nowhere: it was declined while the request was
    on its way.
    """
    if order.status is Status.DECLINED:
        return ()
    return (OrderVoidRefused(order_id=order.id, prescriber=order.prescriber, reason=reason),)


def evolve(order: Order | None, event: OrderEvent) -> Order:
    """Returns the state after an event; every event of an order is handled.

    Raises ValueError for any event before the order is placed.
    """
    if isinstance(event, OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced):
        return _replenishing(event) if isinstance(event, ReplenishmentPlaced) else _placed(event)
    if order is None:
        raise ValueError(f"{event.wire_type} before the order is placed")
    match event:
        case OrderPlanned():
            return replace(order, planned_dispatch_on=event.planned_dispatch_on)
        case OrderPickingBegun() | OrderDeliveryChanged():
            return replace(order, **_said(event))
        case OrderLineDelivered():
            return _with_delivered(order, event)
        case OrderLinePurchased() | OrderLinePlanned() | OrderLineReduced() | OrderLineVoided():
            return _over_in_stores(with_line(order, event.line_id, **_said_of_line(event)))
        case OrderDelivered():
            return replace(order, status=Status.DELIVERED, delivered_on=event.delivered_on)
        case OrderDeclined():
            return replace(order, status=Status.DECLINED, refusal=event.reason)
        case OrderVoidRequested():
            return replace(order, status=Status.VOIDING, refusal=None)
        case OrderVoided():
            return replace(order, status=Status.VOIDED)
        case OrderVoidRefused():
            return _going_on(order, event)
        case _:
            return _with_receipt(order, event)


def _said(event: OrderPickingBegun | OrderDeliveryChanged) -> dict[str, Any]:
    match event:
        case OrderPickingBegun():
            return {"picking_begun": True}
        case OrderDeliveryChanged():
            return {"is_urgent": event.is_urgent, "consolidated": event.is_consolidated}


def _placed(event: OrderPlaced | OrderPlacedV2) -> Order:
    served = served_by_store(event)
    if served is None:
        supply, store = LineSupply.DIRECT, direct_lines(event)[0].store
    else:
        supply, store = LineSupply(served.supply), served.store
    own = supply is LineSupply.OWN_STORE
    placed = {
        "id": event.order_id,
        "supply": supply,
        "store": store,
        "status": Status.PENDING if own else Status.REGISTERED,
        "lines": tuple(_line(line) for line in event.lines),
    }
    return Order(**same_fields(event, Order) | placed)


def _replenishing(event: ReplenishmentPlaced) -> Order:
    ((supply, store),) = {(line.supply, line.store) for line in event.lines}
    placed = {
        "id": event.order_id,
        "status": Status.REGISTERED,
        "recipient": None,
        "prescriber": event.requester,
        "supply": LineSupply(supply),
        "store": store,
        "address_kind": AddressKind.UNIT,
        "consolidated": True,
        "lines": tuple(OrderLine(**same_fields(line, OrderLine)) for line in event.lines),
    }
    return Order(**same_fields(event, Order) | placed)


def _line(line: PlacedLine) -> OrderLine:
    placed = same_fields(line, PlacedLine)
    if not isinstance(line, SuppliedLine):
        return OrderLine(**placed)
    placed["instead_of"] = line.instead_of
    if line.supply is not LineSupply.DIRECT:
        return OrderLine(**placed)
    return OrderLine(**placed, is_direct=True, store=line.store, supplier_id=line.supplier_id)


def _said_of_line(
    event: OrderLinePurchased | OrderLinePlanned | OrderLineReduced | OrderLineVoided,
) -> dict[str, object]:
    match event:
        case OrderLinePurchased():
            bought = {"purchase_order_id": event.purchase_order_id}
            return {"reached": LineState.PURCHASED, **bought}
        case OrderLinePlanned():
            return {"planned_dispatch_on": event.planned_dispatch_on}
        case OrderLineReduced():
            return {"quantity": event.quantity}
        case OrderLineVoided():
            return {"reached": LineState.VOIDED}


def with_line(order: Order, line_id: OrderLineId, **changes: object) -> Order:
    """The order with these fields of one of its lines changed."""
    lines = tuple(
        line.model_copy(update=changes) if line.line_id == line_id else line for line in order.lines
    )
    return replace(order, lines=lines)


def _over_in_stores(order: Order) -> Order:
    """The order; over where nothing is open and some of it is in a store."""
    # decision 0416: an order whose last line is in a store is over
    is_over = all(line.is_over for line in order.lines)
    in_a_store = any(line.state is LineState.DIVERTED for line in order.lines)
    return replace(order, status=Status.DELIVERED) if is_over and in_a_store else order


def _with_delivered(order: Order, event: OrderLineDelivered) -> Order:
    for line in order.lines:
        if line.line_id == event.line_id:
            # what came direct never came in part: it is over whatever the supplier changed (ORD-12)
            reached = LineState.DELIVERED if line.is_direct else line.reached
            delivered = line.delivered + event.quantity
            order = with_line(order, line.line_id, delivered=delivered, reached=reached)
    waits = order.status in (Status.VOIDING, Status.DELIVERED)
    return replace(order, status=order.status if waits else Status.PART_DELIVERED)


def _with_receipt(
    order: Order, event: OrderReceiptReported | OrderReceiptRefused | OrderLineDiverted
) -> Order:
    match event:
        case OrderReceiptReported():
            receiving = {"reached": LineState.RECEIVING, "receipt_id": event.receipt_id}
            for line in event.lines:
                order = with_line(order, line.line_id, **receiving)
        case OrderReceiptRefused():
            for one in order.lines:
                if one.receipt_id == event.receipt_id and one.state is LineState.RECEIVING:
                    purchased = {"reached": LineState.PURCHASED, "receipt_id": None}
                    order = with_line(order, one.line_id, **purchased)
        case OrderLineDiverted():
            order = _over_in_stores(with_line(order, event.line_id, reached=LineState.DIVERTED))
    return order


def _going_on(order: Order, event: OrderVoidRefused) -> Order:
    status = order.status
    if status is Status.VOIDING:
        begun = any(line.delivered for line in order.lines)
        status = Status.PART_DELIVERED if begun else Status.REGISTERED
    return replace(order, status=status, refusal=event.reason)


def must_have_a_part(order: Order, by: User) -> None:
    """Check that somebody has a part in an order: who prescribed or requested it, acts for the
    prescriber or works at the service point; and customer service.

    Raises OrderRefused (NOT_YOUR_ORDER, REF-3).
    """
    named = by.user_id in (order.prescriber, order.requester)
    acts = order.prescriber in by.acts_for
    if named or acts or by.works_at(order.service_point) or by.may_for_all("orders.order.void"):
        return
    raise OrderRefused(
        Reason.NOT_YOUR_ORDER,
        rule="REF-3",
        way_on="Bara ordens tjänsteställe, förskrivare, beställare eller kundservice ändrar den.",
        order_number=order.order_number,
    )


def _not_voidable(order: Order, reason: Reason, way_on: str) -> OrderRefused:
    return OrderRefused(
        reason, rule="ORD-14", way_on=way_on, order_number=order.order_number, status=order.status
    )
