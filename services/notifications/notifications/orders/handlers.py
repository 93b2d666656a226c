"""Messages about orders to the prescriber, statuses to the region (NTF-2, ORD-15)."""

from collections.abc import Iterable
from typing import Literal

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import MessageKind, ToUser
from kvitt_contracts.orders import (
    OrderDeclined,
    OrderDelivered,
    OrderEvent,
    OrderLineDelivered,
    OrderLinePlanned,
    OrderLineReduced,
    OrderLineVoided,
    OrderPlaced,
    OrderPlacedV2,
    OrderPlanned,
    OrderVoided,
    OrderVoidRefused,
)
from kvitt_contracts.regions import OrderReported
from kvitt_contracts.types import OrderLineId

from notifications.feed.models import ReportRow
from notifications.feed.writes import report, when
from notifications.messages.domain import NewKind
from notifications.messages.writes import about_order, post, post_to_user
from notifications.orders.models import OrderRow

messages = Handlers()

Status = Literal["registered", "part_delivered", "delivered", "voided", "declined"]


def _report_of(event: OrderEvent, tx: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, event.order_id)]


@messages.on(OrderPlaced, OrderPlacedV2, loads=lambda event, _: [(ReportRow, event.order_id)])
async def on_order_placed(event: OrderPlaced | OrderPlacedV2, tx: Transaction) -> None:
    """The order is registered."""
    row = OrderRow(
        region=tx.region,
        order_id=event.order_id,
        name=event.reference or str(event.order_id),
        order_number=event.order_number,
        prescriber=event.prescriber,
        outstanding=sum(line.quantity for line in event.lines),
        lines={str(line.line_id): line.quantity for line in event.lines},
    )
    tx.put(row)
    await _report(row, "registered", tx)


@messages.on(OrderPlanned, of=OrderRow)
async def on_order_planned(row: OrderRow, event: OrderPlanned, tx: Transaction) -> None:
    """Notify the prescriber that an earlier date is no longer valid (ORD-4)."""
    if event.changed:
        _notify(row, MessageKind.DELIVERY_DATE_CHANGED, tx)


@messages.on(OrderLineDelivered, of=OrderRow, loads=_report_of)
async def on_order_line_delivered(
    row: OrderRow, event: OrderLineDelivered, tx: Transaction
) -> None:
    """In part delivered, while something is outstanding when all of an arrival is counted
    (ORD-15).
    """
    _count(row, event.line_id, event.quantity)
    if row.outstanding > 0 and not event.more_lines:
        await _report(row, "part_delivered", tx)


@messages.on(OrderLinePlanned, of=OrderRow)
async def on_order_line_planned(row: OrderRow, event: OrderLinePlanned, tx: Transaction) -> None:
    """Notify the prescriber that a supplier delivers on another day than was planned (ORD-4)."""
    if event.is_changed:
        _notify(row, MessageKind.DELIVERY_DATE_CHANGED, tx)


@messages.on(OrderLineVoided, of=OrderRow)
async def on_order_line_voided(row: OrderRow, event: OrderLineVoided, tx: Transaction) -> None:
    """Notify the prescriber that a line has no effect, unless they voided it (ORD-14)."""
    _count(row, event.line_id, row.lines.get(str(event.line_id), 0))
    if event.by != event.prescriber:
        to = ToUser(user_id=event.prescriber)
        post(tx, to, NewKind.ORDER_LINE_VOIDED, about_order(row.order_id))


@messages.on(OrderLineReduced, of=OrderRow)
async def on_order_line_reduced(row: OrderRow, event: OrderLineReduced, tx: Transaction) -> None:
    """Less of a line is outstanding (REF-12)."""
    left = row.lines.get(str(event.line_id), 0)
    _count(row, event.line_id, max(left - event.quantity, 0))


@messages.on(OrderDelivered, of=OrderRow, loads=_report_of)
async def on_order_delivered(row: OrderRow, event: OrderDelivered, tx: Transaction) -> None:
    """Everything has arrived."""
    _notify(row, MessageKind.ORDER_DELIVERED, tx)
    await _report(row, "delivered", tx)


@messages.on(OrderDeclined, of=OrderRow, loads=_report_of)
async def on_order_declined(row: OrderRow, event: OrderDeclined, tx: Transaction) -> None:
    """Inventory could not serve it: the order has no effect."""
    _notify(row, MessageKind.ORDER_DECLINED, tx)
    await _report(row, "declined", tx)


@messages.on(OrderVoided, of=OrderRow, loads=_report_of)
async def on_order_voided(row: OrderRow, event: OrderVoided, tx: Transaction) -> None:
    """The order has no effect (ORD-14)."""
    _notify(row, MessageKind.ORDER_VOIDED, tx)
    await _report(row, "voided", tx)


@messages.on(OrderVoidRefused, of=OrderRow)
async def on_order_void_refused(row: OrderRow, event: OrderVoidRefused, tx: Transaction) -> None:
    """Notify the prescriber that the voiding was refused and the order goes on (ORD-14)."""
    _notify(row, MessageKind.ORDER_VOID_REFUSED, tx)


def _count(row: OrderRow, line_id: OrderLineId, quantity: int) -> None:
    """So many pieces of a line are outstanding no more."""
    row.outstanding -= quantity
    left = row.lines.get(str(line_id), 0)
    row.lines = {**row.lines, str(line_id): max(left - quantity, 0)}


def _notify(row: OrderRow, message: MessageKind, tx: Transaction) -> None:
    post_to_user(tx, row.prescriber, message, about_order(row.order_id))


async def _report(row: OrderRow, status: Status, tx: Transaction) -> None:
    reported = OrderReported(
        order=row.name, order_number=row.order_number, status=status, occurred_at=when(tx)
    )
    await report(tx, row.order_id, reported)
