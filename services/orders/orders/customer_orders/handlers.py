"""Handlers of orders: voiding, inventory's answers but for what is delivered or stocked (receipts),
and the alarm for a missing answer.
"""

from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    OrderGoodsDispatched,
    OrderPickingStarted,
    ReleaseRefused,
    ReservationDeclined,
    ReservationReleased,
    StockBackordered,
    StockReserved,
)
from kvitt_contracts.orders import SetDelivery, VoidOrder

from orders.customer_orders import domain
from orders.customer_orders.delivery_rules.domain import set_delivery as delivery_set
from orders.customer_orders.models import OrderRow
from orders.customer_orders.writes import (
    ANSWER_WITHIN,
    UNANSWERED,
    await_answer,
    count_step,
    stop_waiting_when_answered,
)
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()

ORDERS_UNANSWERED = declare(
    "counter",
    "orders_unanswered_total",
    "Orders, withdrawals and voids that inventory had not answered within 24 hours.",
    "See inventory's lag and parked keys (kvitt parked); the answer ends the waiting by itself.",
    ("status",),
    silent="everything was answered in time since the process began",
)


@messages.command(
    VoidOrder,
    of=OrderRow,
    rule="ORD-14",
    reads=lambda command, tx: [(UserRow, user_key(command.by, tx))],
)
async def void_order(row: OrderRow, command: VoidOrder, tx: Transaction) -> None:
    """Request the voiding of a whole order (ORD-14); it is voided when inventory has released it,
    at once where everything comes direct from suppliers.

    Refused: UNKNOWN_ORDER (ORD-14), UNKNOWN_USER (REF-3), NOT_YOUR_ORDER (REF-3),
    WITHDRAWAL_IS_DELIVERED, DELIVERED, DECLINED, PICKING_BEGUN, PURCHASE_ORDER_EXISTS (ORD-14).
    """
    by = await user_named(command.by, tx, field="by")
    events = domain.request_void(row.state(), by=by)
    tx.record(row, *events)
    if row.status is domain.Status.VOIDED and events:
        count_step("voided", tx)
    elif events:
        await_answer(row.id, tx)


@messages.command(
    SetDelivery,
    of=OrderRow,
    rule="REF-12",
    reads=lambda command, tx: [
        (UserRow, user_key(command.by, tx)),
        (UserRow, user_key(command.asked_by, tx)),
    ],
)
async def set_delivery(row: OrderRow, command: SetDelivery, tx: Transaction) -> None:
    """Customer service makes an order urgent, or lets it go in parts or together (REF-12).

    Refused: UNKNOWN_ORDER (REF-12), UNKNOWN_USER (REF-3), NOTHING_TO_DELIVER (REF-12),
    NEVER_CONSOLIDATED (ORD-3).
    """
    await user_named(command.by, tx, field="by")
    await user_named(command.asked_by, tx, field="asked_by")
    changed = delivery_set(
        row.state(),
        is_urgent=command.is_urgent,
        is_consolidated=command.is_consolidated,
        by=command.by,
        asked_by=command.asked_by,
    )
    tx.record(row, *changed)


@messages.on(StockReserved, StockBackordered, of=OrderRow)
async def on_stock_answered(
    row: OrderRow, event: StockReserved | StockBackordered, tx: Transaction
) -> None:
    """Set aside, or to come from a supplier first: the day it is expected to leave (ORD-4)."""
    tx.record(row, *domain.plan(row.state(), on=event.planned_dispatch_on))
    stop_waiting_when_answered(row, tx)


@messages.on(OrderPickingStarted, OrderGoodsDispatched, of=OrderRow)
async def on_picking_begun(
    row: OrderRow, event: OrderPickingStarted | OrderGoodsDispatched, tx: Transaction
) -> None:
    """The right to void ends, with the dispatch at the latest (ORD-14)."""
    tx.record(row, *domain.begin_picking(row.state()))
    stop_waiting_when_answered(row, tx)


@messages.on(ReservationDeclined, of=OrderRow)
async def on_reservation_declined(
    row: OrderRow, event: ReservationDeclined, tx: Transaction
) -> None:
    """The order has no effect (ORD-6, ORD-7, ORD-8)."""
    tx.record(row, *domain.decline(row.state(), reason=event.reason, rule=event.rule))
    count_step("declined", tx)
    stop_waiting_when_answered(row, tx)


@messages.on(ReservationReleased, of=OrderRow)
async def on_reservation_released(
    row: OrderRow, event: ReservationReleased, tx: Transaction
) -> None:
    """The order is voided (ORD-14)."""
    voided = domain.void(row.state())
    if voided:
        tx.record(row, *voided)
        count_step("voided", tx)
    stop_waiting_when_answered(row, tx)


@messages.on(ReleaseRefused, of=OrderRow)
async def on_release_refused(row: OrderRow, event: ReleaseRefused, tx: Transaction) -> None:
    """The order goes on (ORD-14)."""
    tx.record(row, *domain.refuse_void(row.state(), reason=event.reason))
    stop_waiting_when_answered(row, tx)


# decision 0031: an order without inventory's answer raises an alarm and decides nothing
@messages.timer(UNANSWERED)
async def alarm_unanswered(row: OrderRow, due: datetime, tx: Transaction) -> None:
    """Count an order whose answer is overdue, and check it again later.

    Only inventory knows the outcome, so nothing is decided here.
    """
    if row.state().is_waiting:
        tx.after_commit(ORDERS_UNANSWERED.labels("orders", row.status).inc)
        tx.schedule(UNANSWERED, key=row.id, due=due + ANSWER_WITHIN)
