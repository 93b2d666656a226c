"""Handlers of orders: voiding, inventory's answers, and the alarm for a missing answer."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
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
from kvitt_contracts.orders import VoidOrder, VoidOrderLines

from orders.customer_orders import domain, line_rules
from orders.customer_orders.models import OrderRow
from orders.customer_orders.writes import (
    ANSWER_WITHIN,
    UNANSWERED,
    await_answer,
    count_step,
    stop_waiting_when_answered,
)
from orders.purchase_orders import domain as purchase_orders
from orders.purchase_orders.models import PurchaseOrderRow
from orders.purchase_orders.writes import await_supplier
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()

ORDERS_UNANSWERED = declare(
    "counter",
    "orders_unanswered_total",
    "Orders, withdrawals and voids that inventory had not answered within 24 hours.",
    "See inventory's lag and parked keys (kvitt parked); the answer ends the waiting by itself.",
    ("status",),
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


def _read_to_void_lines(command: VoidOrderLines, tx: Transaction) -> Iterable[RowKey]:
    yield OrderRow, tx.target("order")
    yield UserRow, user_key(command.by, tx)


def _locked_to_void_lines(_: VoidOrderLines, tx: Transaction) -> Iterable[RowKey]:
    yield OrderRow, tx.target("order")
    order = tx.fetched(OrderRow, tx.target("order"))
    for line in order.lines if order is not None else ():
        if line.purchase_order_id is not None:
            yield PurchaseOrderRow, line.purchase_order_id


@messages.command(VoidOrderLines, loads=_locked_to_void_lines, reads=_read_to_void_lines)
async def void_order_lines(command: VoidOrderLines, tx: Transaction) -> None:
    """Void direct lines of an order; the others stay (ORD-14).

    Refused: UNKNOWN_ORDER (ORD-14), UNKNOWN_USER, NOT_YOUR_ORDER (REF-3), ASKED_BY_MISSING
    (REF-12), BY_CUSTOMER_SERVICE_ONLY, UNKNOWN_LINE, NOT_DIRECT, DECLINED, LINE_IS_RECEIVED,
    SUPPLIER_NOT_TOLD (ORD-14).
    """
    row = await tx.lock(OrderRow, tx.target("order"), rule="ORD-14")
    by = await user_named(command.by, tx, field="by")
    order, policy = row.state(), tx.pinned_policy(row.policy)
    lines = line_rules.lines_to_void(
        order, command.lines, by=by, asked_by=command.asked_by, policy=policy
    )
    line_rules.must_have_told(order, lines, is_supplier_told=command.is_supplier_told)
    for line in lines:
        voided = line_rules.void_line(
            row.state(),
            line.line_id,
            reason=command.reason,
            is_supplier_told=line.is_purchased and command.is_supplier_told,
            today=tx.today,
            by=by.user_id,
            asked_by=command.asked_by,
        )
        tx.record(row, *voided)
        if line.purchase_order_id is not None:
            bought = await tx.lock(PurchaseOrderRow, line.purchase_order_id)
            changed = purchase_orders.void_line(
                bought.state(), line.line_id, by=by.user_id, asked_by=command.asked_by
            )
            tx.record(bought, *changed)
            await_supplier(bought, tx)
    if lines and row.status is domain.Status.VOIDED:
        count_step("voided", tx)


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
