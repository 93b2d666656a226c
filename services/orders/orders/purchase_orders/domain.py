"""The rules of purchase orders once created: a state in, events or a refusal out. No clock."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    PurchaseLine,
    PurchaseOrderCreated,
    PurchaseOrderDelayed,
    PurchaseOrderDeviationReported,
    PurchaseOrderDeviationSettled,
    PurchaseOrderEvent,
    PurchaseOrderLineChanged,
    PurchaseOrderLineReceived,
    PurchaseOrderReceiptDue,
    PurchaseOrderReminderDue,
    PurchaseOrderSent,
)
from kvitt_contracts.types import (
    CustomerId,
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
    Word,
)

from orders.purchase_orders.reasons import Reason, refusal
from orders.units.domain import User


class Status(StrEnum):
    """Where a purchase order is; *sent* when the supplier has it, *closed* when nothing more of it
    is expected.
    """

    CREATED = "created"
    SENT = "sent"
    CLOSED = "closed"


class LineState(StrEnum):
    """Where a line of a purchase order is."""

    OPEN = "open"
    RECEIVED = "received"
    VOIDED = "voided"


SENDINGS: Final = (Word("email"), Word("printed"), Word("portal"), Word("phone"))
"""How a supplier gets a purchase order (ORD-11)."""

SENDING, SETTLEMENT = Word("sending"), Word("settlement")
"""What a purchase order is reminded of."""

TOLD_AFTER_DAYS: Final = (0, 14)
"""On a line's expected day its service point is told, then customer service too (ORD-11)."""


class Line(PurchaseLine):
    """A line with what became of it. `expected_on`: when the supplier delivers it; `deviation`: how
    its delivery was not as ordered, `deviation_by` who reported it, and `settled` how that ended.
    """

    state: LineState = LineState.OPEN
    expected_on: date
    received_on: date | None = None
    deviation: Word | None = None
    deviation_by: UserId | None = None
    settled: Word | None = None

    @property
    def deviates(self) -> bool:
        """True while a deviation is not settled."""
        return self.deviation is not None and self.settled is None


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
    how: Word | None = None
    sent_on: date | None = None
    sent_by: UserId | None = None

    @property
    def open_lines(self) -> tuple[Line, ...]:
        """The lines of which something is expected."""
        return tuple(line for line in self.lines if line.state is LineState.OPEN)

    @property
    def awaited_on(self) -> date | None:
        """The day by which the last of it is expected; None where nothing is."""
        return max((line.expected_on for line in self.open_lines), default=None)

    @property
    def has_deviation(self) -> bool:
        """True while a deviation of some line is not settled."""
        return any(line.deviates for line in self.lines)


def send(
    purchase_order: PurchaseOrder, *, how: Word, sent_on: date, by: User
) -> tuple[PurchaseOrderSent, ...]:
    """Somebody has seen to it that the supplier has the purchase order (ORD-11); `sent_on` is a
    Stockholm day. No event: it is known so.

    Raises PurchaseOrderRefused: `by` has no part in it (REF-3), an unknown way, a day before it was
    created, or all of it is voided (ORD-11).
    """
    must_have_a_part(purchase_order, by)
    if how not in SENDINGS:
        way_on = f"Ange något av: {', '.join(SENDINGS)}."
        raise refusal(Reason.UNKNOWN_WORD, "how", way_on)
    if sent_on < purchase_order.created_on:
        way_on = "Inköpsordern kan inte ha skickats innan den gjordes. Rätta dagen."
        raise refusal(Reason.SENT_BEFORE_CREATED, "sent_on", way_on)
    if all(line.state is LineState.VOIDED for line in purchase_order.lines):
        way_on = "Inköpsordern är makulerad och ska inte skickas."
        raise refusal(Reason.IS_OVER, None, way_on)
    known = (purchase_order.how, purchase_order.sent_on, purchase_order.sent_by)
    if known == (how, sent_on, by.user_id):
        return ()
    sent = PurchaseOrderSent(
        purchase_order_id=purchase_order.id, how=how, sent_on=sent_on, by=by.user_id
    )
    return (sent,)


def send_by_kvitt(purchase_order: PurchaseOrder, *, sent_on: date) -> tuple[PurchaseOrderSent, ...]:
    """Kvitt has mailed it to the supplier (ORD-11, NTF-4). No event: somebody had sent it."""
    if purchase_order.how is not None:
        return ()
    sent = PurchaseOrderSent(
        purchase_order_id=purchase_order.id, how=SENDINGS[0], sent_on=sent_on, by=None
    )
    return (sent,)


def address_to_mail(purchase_order: PurchaseOrder, *, address: str | None) -> str:
    """Where Kvitt mails it now; `address` is the supplier's (NTF-4).

    Raises PurchaseOrderRefused: somebody has sent it (ORD-11), or the supplier has no address for
    orders (any more).
    """
    if purchase_order.how is not None:
        way_on = "Inköpsordern är redan skickad. Skicka den inte igen."
        raise refusal(Reason.ALREADY_SENT, None, way_on)
    if address is None:
        way_on = "Leverantören har ingen e-postadress för inköpsordrar. Skicka den på annat sätt."
        raise refusal(Reason.NO_ORDER_ADDRESS, None, way_on, rule="NTF-4")
    return address


def delay(
    purchase_order: PurchaseOrder,
    lines: Iterable[OrderLineId],
    *,
    expected_on: date,
    today: date,
    by: UserId | None = None,
    asked_by: UserId | None = None,
) -> tuple[PurchaseOrderDelayed, ...]:
    """The supplier delivers these lines on another day, all that are open where none is named
    (ORD-4). `by` None: the region has stated it. No event: it is known so.

    Raises PurchaseOrderRefused (ORD-4): a line that it has not, a day that is not to come, or
    nothing of it is expected.
    """
    asked = frozenset(lines)
    if asked - {line.line_id for line in purchase_order.lines}:
        raise refusal(Reason.UNKNOWN_LINE, "lines", _OTHER_LINE, rule="ORD-4")
    if expected_on <= today:
        way_on = "Ange en dag som kommer: den väntade dagen ligger efter dagens."
        raise refusal(Reason.DAY_HAS_PASSED, "expected_on", way_on, rule="ORD-4")
    late = [line for line in purchase_order.open_lines if not asked or line.line_id in asked]
    if not late:
        way_on = "Raderna är mottagna eller makulerade: ingenting väntas."
        raise refusal(Reason.IS_OVER, "lines", way_on, rule="ORD-4")
    changed = tuple(line.line_id for line in late if line.expected_on != expected_on)
    if not changed:
        return ()
    delayed = PurchaseOrderDelayed(
        purchase_order_id=purchase_order.id,
        lines=changed,
        expected_on=expected_on,
        by=by,
        asked_by=asked_by,
    )
    return (delayed,)


def change_line(
    purchase_order: PurchaseOrder,
    line_id: OrderLineId | None,
    *,
    quantity: int,
    price: Money | None,
    is_receiving: bool,
    by: UserId,
    asked_by: UserId | None,
) -> tuple[PurchaseOrderLineChanged, ...]:
    """Change a line as was agreed with the supplier: fewer, none (`quantity` 0: it is voided), or
    another price; without `price` the price stays (ORD-14, REF-12). No event: it is so already.
    `is_receiving`: a receipt of the line waits for the stores' answer.

    Raises PurchaseOrderRefused: a line that it has not, or that is received or voided, or more
    than is ordered (ORD-11); one that is being received (ORD-12).
    """
    line = line_of(purchase_order, line_id)
    if line.state is not LineState.OPEN:
        way_on = "Raden är mottagen eller makulerad. Anmäl en avvikelse om något är fel."
        raise refusal(Reason.LINE_IS_OVER, "line", way_on)
    if is_receiving:
        way_on = "Raden tas emot just nu. Försök igen om en stund."
        raise refusal(Reason.RECEIPT_UNDERWAY, "line", way_on, rule="ORD-12")
    if quantity > line.quantity:
        way_on = "Antalet kan bara minska. Lägg en ny order för det som ska till."
        raise refusal(Reason.MORE_THAN_ORDERED, "quantity", way_on)
    agreed = line.price if price is None else price
    if (quantity, agreed) == (line.quantity, line.price):
        return ()
    changed = PurchaseOrderLineChanged(
        purchase_order_id=purchase_order.id,
        line_id=line.line_id,
        quantity=quantity,
        price=agreed,
        by=by,
        asked_by=asked_by,
    )
    return (changed,)


def void_line(
    purchase_order: PurchaseOrder,
    line_id: OrderLineId,
    *,
    by: UserId | None = None,
    asked_by: UserId | None = None,
) -> tuple[PurchaseOrderLineChanged, ...]:
    """The order's line is voided: nothing of it is expected (ORD-14). No event: nothing was."""
    line = line_of(purchase_order, line_id)
    if line.state is not LineState.OPEN:
        return ()
    changed = PurchaseOrderLineChanged(
        purchase_order_id=purchase_order.id,
        line_id=line_id,
        quantity=0,
        price=line.price,
        by=by,
        asked_by=asked_by,
    )
    return (changed,)


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


def remind_of_sending(purchase_order: PurchaseOrder) -> tuple[PurchaseOrderReminderDue, ...]:
    """Nobody has said that the supplier has it: the service point is told (ORD-11)."""
    if purchase_order.status is not Status.CREATED:
        return ()
    return (_reminder(purchase_order, SENDING),)


def remind_of_receipt(
    purchase_order: PurchaseOrder, *, on: date
) -> tuple[PurchaseOrderReceiptDue, ...]:
    """It is the day on which an open line is expected, or two weeks later (ORD-11)."""
    return tuple(
        PurchaseOrderReceiptDue(
            purchase_order_id=purchase_order.id,
            service_point=purchase_order.service_point,
            days_late=days_late,
        )
        for days_late in TOLD_AFTER_DAYS
        if on in _days_to_tell(purchase_order, days_late)
    )


def next_reminder_of_receipt(purchase_order: PurchaseOrder, *, after: date) -> date | None:
    """The next day after one on which an open line is told of; None: nothing is expected."""
    days = (day for late in TOLD_AFTER_DAYS for day in _days_to_tell(purchase_order, late))
    return min((day for day in days if day > after), default=None)


def _days_to_tell(purchase_order: PurchaseOrder, days_late: int) -> frozenset[date]:
    later = timedelta(days=days_late)
    return frozenset(line.expected_on + later for line in purchase_order.open_lines)


def remind_of_settlement(purchase_order: PurchaseOrder) -> tuple[PurchaseOrderReminderDue, ...]:
    """A deviation has waited for too long (INV-8)."""
    return (_reminder(purchase_order, SETTLEMENT),) if purchase_order.has_deviation else ()


def must_have_a_part(purchase_order: PurchaseOrder, by: User) -> None:
    """Check that somebody has a part in a purchase order: who created it, who works at its service
    point, and customer service.

    Raises PurchaseOrderRefused (NOT_YOUR_PURCHASE_ORDER, REF-3).
    """
    works_there = by.works_at(CustomerId(purchase_order.service_point))
    if not (
        by.user_id == purchase_order.by
        or works_there
        or by.may_for_all("orders.purchase-order.create")
    ):
        way_on = (
            "Bara den som gjorde inköpsordern, dess tjänsteställe eller kundservice ändrar den."
        )
        raise refusal(Reason.NOT_YOUR_PURCHASE_ORDER, "by", way_on, rule="REF-3")


def line_of(
    purchase_order: PurchaseOrder, line_id: OrderLineId | None, *, rule: str = "ORD-11"
) -> Line:
    """A line of the purchase order. Raises PurchaseOrderRefused (UNKNOWN_LINE, `rule`)."""
    for line in purchase_order.lines:
        if line.line_id == line_id:
            return line
    raise refusal(Reason.UNKNOWN_LINE, "line", _OTHER_LINE, rule=rule)


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
        case PurchaseOrderSent():
            closed = purchase_order.status is Status.CLOSED
            return replace(
                purchase_order,
                status=Status.CLOSED if closed else Status.SENT,
                how=event.how,
                sent_on=event.sent_on,
                sent_by=event.by,
            )
        case PurchaseOrderReceiptDue() | PurchaseOrderReminderDue():
            return purchase_order
        case PurchaseOrderDelayed():
            return _with(purchase_order, event.lines, expected_on=event.expected_on)
        case PurchaseOrderLineChanged(quantity=0):
            return _with(purchase_order, [event.line_id], state=LineState.VOIDED)
        case PurchaseOrderLineChanged():
            changes = {"quantity": event.quantity, "price": event.price}
            return _with(purchase_order, [event.line_id], **changes)
        case PurchaseOrderDeviationReported():
            reported = {"deviation": event.kind, "deviation_by": event.by, "settled": None}
            return _with(purchase_order, [event.line_id], **reported)
        case PurchaseOrderDeviationSettled():
            return _with(purchase_order, [event.line_id], settled=event.how)
        case PurchaseOrderLineReceived():
            return _with(
                purchase_order,
                [event.item.line_id],
                state=LineState.RECEIVED,
                quantity=event.item.quantity,
                price=event.price,
                received_on=event.received_on,
            )


_OTHER_LINE: Final = "Inköpsordern har ingen sådan rad. Ange ett radnummer ur inköpsordern."


def _reminder(purchase_order: PurchaseOrder, waits_for: Word) -> PurchaseOrderReminderDue:
    return PurchaseOrderReminderDue(
        purchase_order_id=purchase_order.id,
        service_point=purchase_order.service_point,
        waits_for=waits_for,
    )


def _with(
    purchase_order: PurchaseOrder, lines: Iterable[OrderLineId], **changes: object
) -> PurchaseOrder:
    named = frozenset(lines)
    after = replace(
        purchase_order,
        lines=tuple(
            line.model_copy(update=changes) if line.line_id in named else line
            for line in purchase_order.lines
        ),
    )
    return after if after.open_lines else replace(after, status=Status.CLOSED)
