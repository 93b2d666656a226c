"""The handler of single lines that are voided, in the order and in what they were bought by."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import VoidOrderLines

from orders.customer_orders.domain import Status
from orders.customer_orders.line_rules import domain as line_rules
from orders.customer_orders.models import OrderRow
from orders.customer_orders.writes import count_step
from orders.purchase_orders import domain as purchase_orders
from orders.purchase_orders.models import PurchaseOrderRow
from orders.purchase_orders.writes import await_supplier
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()


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
    if lines and row.status is Status.VOIDED:
        count_step("voided", tx)
