"""Messages about orders to the prescriber, statuses to the region (NTF-2, ORD-15)."""

from collections.abc import Iterable
from typing import Any, Literal

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
    ReplenishmentPlaced,
)
from kvitt_contracts.regions import OrderReported
from kvitt_contracts.types import OrderLineId, UserId, Word

from notifications.emails.writes import queue_to_users
from notifications.feed.models import ReportRow
from notifications.feed.writes import day, last_said, report, when
from notifications.messages.domain import NewKind
from notifications.messages.writes import about_order, post, post_to_user
from notifications.orders.models import OrderRow
from notifications.preferences.domain import ORDER
from notifications.preferences.queries import what_wants
from notifications.register.naming import as_the_region_names, person_of

messages = Handlers()

Status = Literal["registered", "part_delivered", "delivered", "voided", "declined"]


def _report_of(event: OrderEvent, tx: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, event.order_id)]


def _who_wants_mail(
    event: OrderPlanned | OrderLinePlanned | OrderDelivered, tx: Transaction
) -> Iterable[RowKey]:
    row = tx.fetched(OrderRow, event.order_id)
    if row is not None:
        yield what_wants(row.prescriber, tx)


def _whom_for(
    event: OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced, _: Transaction
) -> Iterable[RowKey]:
    return () if isinstance(event, ReplenishmentPlaced) else person_of(event.recipient)


@messages.on(
    OrderPlaced,
    OrderPlacedV2,
    ReplenishmentPlaced,
    loads=lambda event, _: [(ReportRow, event.order_id)],
    reads=_whom_for,
)
async def on_order_placed(
    event: OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced, tx: Transaction
) -> None:
    """The order is registered; of a replenishment is told who ordered it (ORD-9)."""
    row = OrderRow(
        region=tx.region,
        order_id=event.order_id,
        name=event.reference or str(event.order_id),
        order_number=event.order_number,
        prescriber=_who_is_told(event),
        outstanding=sum(line.quantity for line in event.lines),
        lines={str(line.line_id): line.quantity for line in event.lines},
    )
    tx.put(row)
    registered = OrderReported(
        order=row.name,
        order_number=row.order_number,
        status="registered",
        occurred_at=when(tx),
        business_day=event.placed_on,
        service_point=event.service_point,
        customer_id=event.customer_id,
        placed_on=event.placed_on,
        lines=len(event.lines),
        **await _whom_and_what(event, tx),
    )
    await report(tx, row.order_id, registered)


async def _whom_and_what(
    event: OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced, tx: Transaction
) -> dict[str, Any]:
    if isinstance(event, ReplenishmentPlaced):
        return {"kind": Word("replenishment")}
    supply = event.supply if isinstance(event, OrderPlaced) else event.lines[0].supply
    return {
        "kind": Word("withdrawal" if supply == "own_store" else "order"),
        "recipient": await as_the_region_names(event.recipient, tx),
        "prescriber": event.prescriber,
    }


@messages.on(OrderPlanned, of=OrderRow, loads=_report_of, reads=_who_wants_mail)
async def on_order_planned(row: OrderRow, event: OrderPlanned, tx: Transaction) -> None:
    """Notify the prescriber that an earlier date is no longer valid (ORD-4)."""
    if event.changed:
        await _notify(row, MessageKind.DELIVERY_DATE_CHANGED, tx)
    last = await last_said(tx, OrderReported, row.order_id)
    if last is not None:
        await _report(row, last.status, tx, planned_on=event.planned_dispatch_on)


@messages.on(OrderLineDelivered, of=OrderRow, loads=_report_of)
async def on_order_line_delivered(
    row: OrderRow, event: OrderLineDelivered, tx: Transaction
) -> None:
    """In part delivered, while something is outstanding when all of an arrival is counted
    (ORD-15).
    """
    _count(row, event.line_id, event.quantity)
    if row.outstanding > 0 and not event.more_lines:
        await _report(row, "part_delivered", tx, business_day=event.delivered_on)


@messages.on(OrderLinePlanned, of=OrderRow, reads=_who_wants_mail)
async def on_order_line_planned(row: OrderRow, event: OrderLinePlanned, tx: Transaction) -> None:
    """Notify the prescriber that a supplier delivers on another day than was planned (ORD-4)."""
    if event.is_changed:
        await _notify(row, MessageKind.DELIVERY_DATE_CHANGED, tx)


@messages.on(OrderLineVoided, of=OrderRow)
async def on_order_line_voided(row: OrderRow, event: OrderLineVoided, tx: Transaction) -> None:
    """Notify the prescriber that a line has no effect, unless they voided it (ORD-14)."""
    _count(row, event.line_id, row.lines.get(str(event.line_id), 0))
    if event.by != event.prescriber:
        to, about = ToUser(user_id=event.prescriber), about_order(row.order_id)
        post(tx, to, NewKind.ORDER_LINE_VOIDED, about)
        await queue_to_users(tx, [to], routine=ORDER, about=about)


@messages.on(OrderLineReduced, of=OrderRow)
async def on_order_line_reduced(row: OrderRow, event: OrderLineReduced, tx: Transaction) -> None:
    """Less of a line is outstanding (REF-12)."""
    left = row.lines.get(str(event.line_id), 0)
    _count(row, event.line_id, max(left - event.quantity, 0))


@messages.on(OrderDelivered, of=OrderRow, loads=_report_of, reads=_who_wants_mail)
async def on_order_delivered(row: OrderRow, event: OrderDelivered, tx: Transaction) -> None:
    """Everything has arrived."""
    await _notify(row, MessageKind.ORDER_DELIVERED, tx)
    delivered = {"business_day": event.delivered_on, "delivered_on": event.delivered_on}
    await _report(row, "delivered", tx, **delivered)


@messages.on(OrderDeclined, of=OrderRow, loads=_report_of)
async def on_order_declined(row: OrderRow, event: OrderDeclined, tx: Transaction) -> None:
    """Inventory could not serve it: the order has no effect."""
    await _notify(row, MessageKind.ORDER_DECLINED, tx)
    await _report(row, "declined", tx, reason=event.reason)


@messages.on(OrderVoided, of=OrderRow, loads=_report_of)
async def on_order_voided(row: OrderRow, event: OrderVoided, tx: Transaction) -> None:
    """The order has no effect (ORD-14)."""
    await _notify(row, MessageKind.ORDER_VOIDED, tx)
    await _report(row, "voided", tx)


@messages.on(OrderVoidRefused, of=OrderRow)
async def on_order_void_refused(row: OrderRow, event: OrderVoidRefused, tx: Transaction) -> None:
    """Notify the prescriber that the voiding was refused and the order goes on (ORD-14)."""
    await _notify(row, MessageKind.ORDER_VOID_REFUSED, tx)


def _count(row: OrderRow, line_id: OrderLineId, quantity: int) -> None:
    """So many pieces of a line are outstanding no more."""
    row.outstanding -= quantity
    left = row.lines.get(str(line_id), 0)
    row.lines = {**row.lines, str(line_id): max(left - quantity, 0)}


def _who_is_told(event: OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced) -> UserId:
    return event.requester if isinstance(event, ReplenishmentPlaced) else event.prescriber


async def _notify(row: OrderRow, message: MessageKind, tx: Transaction) -> None:
    about = about_order(row.order_id)
    post_to_user(tx, row.prescriber, message, about)
    await queue_to_users(tx, [ToUser(user_id=row.prescriber)], routine=ORDER, about=about)


async def _report(row: OrderRow, status: Status, tx: Transaction, **changes: Any) -> None:
    last = await last_said(tx, OrderReported, row.order_id) or OrderReported(
        order=row.name, order_number=row.order_number, status=status, occurred_at=when(tx)
    )
    said = {"status": status, "business_day": day(tx), **changes}
    await report(tx, row.order_id, last.model_copy(update=said))
