"""The rules of single lines that come direct from suppliers: planned, reduced, voided. No clock."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from kvitt_contracts.orders import (
    OrderDelivered,
    OrderLinePlanned,
    OrderLineReduced,
    OrderLineVoided,
    OrderVoided,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    CustomerId,
    LineNumber,
    OrderLineId,
    ReasonCode,
    SupplierId,
    UserId,
)

from orders.customer_orders.domain import ENDED, Order, Status, ending
from orders.customer_orders.lines import LineState, OrderLine
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.units.domain import User

BY_SUPPLIER: Final = ReasonCode("AGREED_WITH_SUPPLIER")
"""Why a line is voided of which the supplier delivers nothing."""

_RULE: Final = "ORD-14"


def plan_line(order: Order, line_id: OrderLineId, *, on: date) -> tuple[OrderLinePlanned, ...]:
    """Plan the day on which a direct line leaves its supplier (ORD-4). `on` is a Stockholm day. No
    event: that day is planned already, or nothing more comes of the line.
    """
    line = _line(order, line_id)
    if line.planned_dispatch_on == on or line.is_over:
        return ()
    planned = OrderLinePlanned(
        order_id=order.id,
        line_id=line_id,
        planned_dispatch_on=on,
        is_changed=line.planned_dispatch_on is not None,
        prescriber=order.prescriber,
    )
    return (planned,)


def reduce_line(
    order: Order, line_id: OrderLineId, *, quantity: int, by: UserId, asked_by: UserId
) -> tuple[OrderLineReduced, ...]:
    """What is left of a line of which the supplier delivers less (REF-12). No event: it is so."""
    if _line(order, line_id).quantity == quantity:
        return ()
    reduced = OrderLineReduced(
        order_id=order.id, line_id=line_id, quantity=quantity, by=by, asked_by=asked_by
    )
    return (reduced,)


def lines_to_void(
    order: Order,
    numbers: Sequence[LineNumber],
    *,
    by: User,
    asked_by: UserId | None,
    policy: RegionPolicy,
) -> tuple[OrderLine, ...]:
    """The direct lines with these numbers that are to be voided; the others stay (ORD-14). Those
    that are voided already, alone or with the order, are left out.

    Raises OrderRefused: `by` may not by the policy, customer service without naming who asked
    (REF-12), a line that it has not, that a store serves, that is being received or is delivered
    (ORD-14).
    """
    _must_be_allowed(order, by, asked_by, policy)
    if order.status is Status.VOIDED:
        return ()
    known = {line.number: line for line in order.lines}
    found = []
    for number in dict.fromkeys(numbers):
        if number not in known:
            way_on = f"Ordern har ingen rad {number}. Ange radnummer ur ordern."
            raise _refusal(order, Reason.UNKNOWN_LINE, "lines", way_on)
        _must_be_voidable(order, known[number])
        if known[number].state is not LineState.VOIDED:
            found.append(known[number])
    return tuple(found)


def is_supplier_asked_of(lines: Iterable[OrderLine]) -> bool:
    """True where a purchase order stands for one of the lines: the supplier is told by whoever
    voids (ORD-14).
    """
    return any(line.is_purchased for line in lines)


def void_line(
    order: Order,
    line: OrderLineId,
    *,
    reason: ReasonCode,
    is_supplier_told: bool,
    today: date,
    by: UserId | None,
    asked_by: UserId | None,
) -> tuple[OrderLineVoided | OrderVoided | OrderDelivered, ...]:
    """Void a line; with the last one that is open the order is delivered, or voided where nothing
    of it was (ORD-14). `today` is a Stockholm day.
    """
    voided = OrderLineVoided(
        order_id=order.id,
        line_id=line,
        reason=reason,
        is_supplier_told=is_supplier_told,
        prescriber=order.prescriber,
        by=by,
        asked_by=asked_by,
    )
    return (voided, *ending(order, voided, on=today))


def must_have_told(order: Order, lines: Iterable[OrderLine], *, is_supplier_told: bool) -> None:
    """Check that whoever voids what a purchase order stands for has told the supplier (ORD-14).

    Raises OrderRefused (SUPPLIER_NOT_TOLD, ORD-14).
    """
    if is_supplier_asked_of(lines) and not is_supplier_told:
        way_on = "Inköpsordern är gjord. Meddela leverantören, och intyga det här."
        raise _refusal(order, Reason.SUPPLIER_NOT_TOLD, "is_supplier_told", way_on)


def _must_be_allowed(order: Order, by: User, asked_by: UserId | None, policy: RegionPolicy) -> None:
    if by.may_for_all("orders.order.void-lines"):
        if asked_by is None:
            raise OrderRefused(
                Reason.ASKED_BY_MISSING,
                rule="REF-12",
                field="asked_by",
                way_on="Ange vem som bad om makuleringen.",
            )
        return
    if policy.order.void_line == "customer_service":
        way_on = "Enstaka rader makuleras av kundservice. Ställ ett ärende dit."
        raise _refusal(order, Reason.BY_CUSTOMER_SERVICE_ONLY, "by", way_on)
    if not by.works_at(CustomerId(order.service_point)):
        raise OrderRefused(
            Reason.NOT_YOUR_ORDER,
            rule="REF-3",
            field="by",
            way_on="Bara ordens tjänsteställe eller kundservice makulerar enstaka rader.",
            order_number=order.order_number,
        )


def _must_be_voidable(order: Order, line: OrderLine) -> None:
    number = line.number
    if not line.is_direct:
        way_on = f"Rad {number} kommer från lager. Makulera hela ordern, eller ställ ett ärende."
        raise _refusal(order, Reason.NOT_DIRECT, "lines", way_on)
    if order.status in (Status.VOIDING, Status.DECLINED):
        way_on = "Ordern är avvisad eller håller på att makuleras."
        raise _refusal(order, Reason.DECLINED, None, way_on)
    if line.state is LineState.RECEIVING:
        way_on = f"Rad {number} tas emot just nu. Försök igen om en stund."
        raise _refusal(order, Reason.LINE_IS_RECEIVED, "lines", way_on)
    if line.state in (LineState.DELIVERED, LineState.DIVERTED):
        way_on = f"Rad {number} är mottagen. Registrera en retur."
        raise _refusal(order, Reason.LINE_IS_RECEIVED, "lines", way_on)


def _line(order: Order, line_id: OrderLineId) -> OrderLine:
    return next(line for line in order.lines if line.line_id == line_id)


def _refusal(order: Order, reason: Reason, field: str | None, way_on: str) -> OrderRefused:
    return OrderRefused(
        reason, rule=_RULE, field=field, way_on=way_on, order_number=order.order_number
    )


def purchases_to_offer(order: Order) -> dict[SupplierId, tuple[LineNumber, ...]]:
    """The purchase orders that whoever ordered is offered to create: of each supplier those lines,
    supplied over the purchasing store, that are in none (ORD-21). None of an order that is over, or
    that waits.
    """
    if order.status in (*ENDED, Status.VOIDING) or order.is_waiting:
        return {}
    offered: dict[SupplierId, tuple[LineNumber, ...]] = {}
    for line in order.lines:
        if line.supplier_id is not None and line.state is LineState.ORDERED:
            known = offered.get(line.supplier_id, ())
            offered[line.supplier_id] = (*known, LineNumber(line.number))
    return offered
