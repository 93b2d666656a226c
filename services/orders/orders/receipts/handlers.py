"""Handlers of receipts: what is reported, and of what the stores have delivered or stocked of any
order.
"""

from collections.abc import Iterable, Sequence

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LineDelivered, LineStocked, ReceiptRefused
from kvitt_contracts.orders import OrderEvent, ReportReceipt
from kvitt_contracts.types import OrderLineId, ReceiptId

from orders.customer_orders import domain as orders
from orders.customer_orders.models import OrderRow
from orders.customer_orders.writes import await_answer, count_step, stop_waiting_when_answered
from orders.purchase_orders.domain import receive_line
from orders.purchase_orders.models import PurchaseOrderRow
from orders.purchase_orders.writes import await_supplier
from orders.receipts import domain, queries
from orders.receipts.answers import domain as answers
from orders.receipts.domain import Status
from orders.receipts.models import ReceiptRow
from orders.units.queries import user_named

messages = Handlers()


@messages.command(ReportReceipt, loads=queries.rows_to_write, reads=queries.rows_to_read)
async def report_receipt(command: ReportReceipt, tx: Transaction) -> None:
    """Report what has come direct from suppliers, by order or purchase-order number (ORD-12). The
    stores answer.

    Refused: INVALID_SUBJECT (contract), UNKNOWN_USER (REF-3), ALREADY_REPORTED, UNKNOWN_NUMBER
    (ORD-12), RECEIVED_BEFORE_ORDER (DAY-5); a line: LINE_TWICE, UNKNOWN_LINE, NOT_DIRECT,
    NOT_ON_PURCHASE_ORDER, NOT_PURCHASED, RECEIPT_UNDERWAY, LINE_RECEIVED_ALREADY, LINE_VOIDED,
    NOT_IN_PART, MORE_THAN_ORDERED, UNIT_PRICE_MISSING, DEVICES_DO_NOT_MATCH_QUANTITY,
    SERIAL_NUMBER_MISSING, DEVICE_NUMBER_TWICE, SERIAL_NUMBER_TWICE (ORD-12).
    """
    receipt_id = ReceiptId(tx.target("receipt"))
    found = await queries.find_delivery(command, tx)
    if await tx.find(ReceiptRow, receipt_id) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise domain.refuse_used_reference(field=field)
    by = await user_named(command.by, tx, field="by")
    if found is None or not domain.may_receive(found[0].state(), by=by):
        raise domain.refuse_unknown_number()
    order, within = found
    if order.recipient is None:  # nothing of a replenishment comes direct
        raise domain.refuse_unknown_number()
    recipient, may_get = await queries.recipient_now(order.recipient, tx)
    customer = await queries.customer_of(order, tx)
    reported = domain.report(
        await queries.delivery_of(order, within, tx),
        command.lines,
        receipt_id=receipt_id,
        to=domain.deliver_to(
            recipient,
            may_get=may_get,
            own_store=customer.store if customer is not None else None,
            central=tx.policy.stores.central,
        ),
        by=by,
        received_on=command.received_on,
    )
    reference = queries.reference_of(receipt_id, tx)
    tx.record(order, reported)
    tx.put(
        ReceiptRow(
            region=tx.region,
            receipt_id=receipt_id,
            reference=reference,
            status=Status.REPORTED,
            order_id=reported.order_id,
            order_number=order.order_number,
            service_point=order.service_point,
            recipient_person=order.recipient_person,
            received_on=reported.received_on,
            by=reported.by,
            lines=reported.lines,
            refused=(),
        )
    )
    await_answer(order.id, tx)


Answer = LineDelivered | LineStocked


def _written_by(event: Answer, tx: Transaction) -> Iterable[RowKey]:
    """The purchase order and the receipt of a line that came direct."""
    order = tx.fetched(OrderRow, event.order_id)
    for line in order.lines if order is not None else ():
        if line.line_id == event.line_id and line.purchase_order_id is not None:
            yield PurchaseOrderRow, line.purchase_order_id
            if line.receipt_id is not None:
                yield ReceiptRow, line.receipt_id


@messages.on(LineDelivered, of=OrderRow, loads=_written_by)
async def on_line_delivered(row: OrderRow, event: LineDelivered, tx: Transaction) -> None:
    """Count what was delivered; the last of it makes the order delivered. What came direct is
    received of its purchase order, and clears the supplier's invoice (ORD-12).

    Raises ValueError: a line of another order.
    """
    before = row.state()
    delivered = orders.deliver_line(
        before,
        event.line_id,
        quantity=event.quantity,
        on=event.delivered_on,
        more_lines=event.more_lines,
    )
    _deliver(row, delivered, tx)
    await _receive(row, before, event.line_id, tx)
    stop_waiting_when_answered(row, tx)


@messages.on(LineStocked, of=OrderRow, loads=_written_by)
async def on_line_stocked(row: OrderRow, event: LineStocked, tx: Transaction) -> None:
    """Count what is in the unit's store; the last of it makes the replenishment delivered (ORD-9).
    What came for a recipient who is inactive is in a store too; it is received of its purchase
    order all the same (REF-14).

    Raises ValueError: a line of another order.
    """
    before = row.state()
    if before.to_store is None:
        stocked = answers.divert_line(before, event.line_id, store=event.store, on=event.stocked_on)
        tx.record(row, *stocked)
    else:
        delivered = orders.deliver_line(
            before,
            event.line_id,
            quantity=event.quantity,
            on=event.stocked_on,
            more_lines=event.more_lines,
        )
        _deliver(row, delivered, tx)
    await _receive(row, before, event.line_id, tx)
    stop_waiting_when_answered(row, tx)


def _deliver(row: OrderRow, delivered: Sequence[OrderEvent], tx: Transaction) -> None:
    tx.record(row, *delivered)
    if row.status is orders.Status.DELIVERED:
        count_step("delivered", tx)


def _receipt_of(event: ReceiptRefused, tx: Transaction) -> Iterable[RowKey]:
    return [(ReceiptRow, event.receipt_id)]


@messages.on(ReceiptRefused, of=OrderRow, loads=_receipt_of)
async def on_receipt_refused(row: OrderRow, event: ReceiptRefused, tx: Transaction) -> None:
    """Nothing of the receipt is booked: its lines are purchased again, and can be received anew
    (ORD-12).
    """
    receipt = await tx.lock(ReceiptRow, event.receipt_id)
    tx.record(
        row,
        *answers.refuse_receipt(
            row.state(), event.receipt_id, refused=event.refused, by=receipt.by
        ),
    )
    receipt.status, receipt.refused = Status.REFUSED, event.refused
    stop_waiting_when_answered(row, tx)


async def _receive(
    row: OrderRow, before: orders.Order, line_id: OrderLineId, tx: Transaction
) -> None:
    line = next(one for one in before.lines if one.line_id == line_id)
    if line.purchase_order_id is None or line.receipt_id is None:
        return
    bought = await tx.lock(PurchaseOrderRow, line.purchase_order_id)
    receipt = await tx.lock(ReceiptRow, line.receipt_id)
    told = next(one for one in receipt.lines if one.line_id == line_id)
    received = receive_line(
        bought.state(),
        line_id,
        quantity=told.quantity,
        price=told.price,
        received_on=receipt.received_on,
    )
    tx.record(bought, received)
    await_supplier(bought, tx)
    if not row.state().is_receiving(line.receipt_id):
        receipt.status = Status.BOOKED
