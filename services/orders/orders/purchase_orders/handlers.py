"""Handlers of purchase orders: created, sent, late, changed, not as ordered."""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.orders import (
    ChangePurchaseOrderLine,
    CreatePurchaseOrder,
    DelayPurchaseOrder,
    PurchaseOrderDelayed,
    ReportDeviation,
    SendPurchaseOrder,
    SettleDeviation,
)
from kvitt_contracts.regions import SupplierDelayStated
from kvitt_contracts.types import OrderId, OrderLineId, PurchaseOrderId, UserId

from orders.customer_orders.domain import line_id
from orders.customer_orders.line_rules import domain as line_rules
from orders.customer_orders.models import OrderRow
from orders.people.keys.opening import writable
from orders.purchase_orders import domain, queries
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.purchase_orders.creating import domain as creating
from orders.purchase_orders.deviations import domain as deviations
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.purchase_orders.reasons import Reason, refusal
from orders.purchase_orders.writes import (
    RECEIPT,
    SETTLEMENT,
    UNSENT,
    await_receipt,
    await_settlement,
    await_supplier,
)
from orders.units.models import UserRow
from orders.units.queries import user_key, user_named

messages = Handlers()

By = SendPurchaseOrder | ReportDeviation
Changed = ChangePurchaseOrderLine | DelayPurchaseOrder


@messages.command(CreatePurchaseOrder, loads=queries.rows_to_write, reads=queries.rows_to_read)
async def create_purchase_order(command: CreatePurchaseOrder, tx: Transaction) -> None:
    """Create a purchase order of an order's direct lines of one supplier (ORD-11).

    Refused: INVALID_SUBJECT (contract), ALREADY_CREATED (ORD-11); an unknown name: UNKNOWN_ORDER
    (ORD-11), UNKNOWN_SUPPLIER (REF-13), UNKNOWN_USER (REF-3); NOT_YOUR_ORDER (REF-3),
    SUPPLIER_INACTIVE (REF-13), NO_ORDER_ADDRESS (NTF-4), ORDER_IS_OVER, WAITING, UNKNOWN_LINE,
    LINE_TWICE, NOT_DIRECT, OTHER_SUPPLIER, LINE_IS_OVER, ALREADY_PURCHASED, NOTHING_TO_PURCHASE,
    COMMENT_MISSING (ORD-11).
    """
    await _create(command, tx, order_field="order")


@messages.command(
    CreatePurchaseOrderInWords, loads=queries.rows_to_write, reads=queries.rows_to_read
)
async def create_purchase_order_in_words(
    command: CreatePurchaseOrderInWords, tx: Transaction
) -> None:
    """Create a purchase order and say what the supplier is told of its lines (ORD-11).

    Refused: INVALID_SUBJECT (contract), ALREADY_CREATED (ORD-11); an unknown name: UNKNOWN_ORDER
    (ORD-11), UNKNOWN_SUPPLIER (REF-13), UNKNOWN_USER (REF-3); NOT_YOUR_ORDER (REF-3),
    SUPPLIER_INACTIVE (REF-13), NO_ORDER_ADDRESS (NTF-4), ORDER_IS_OVER, WAITING, UNKNOWN_LINE,
    LINE_TWICE, NOT_DIRECT, OTHER_SUPPLIER, LINE_IS_OVER, ALREADY_PURCHASED, NOTHING_TO_PURCHASE,
    COMMENT_MISSING (ORD-11).
    """
    await _create(command, tx, order_field="order_id")


async def _create(command: queries.Created, tx: Transaction, *, order_field: str) -> None:
    purchase_order_id = PurchaseOrderId(tx.target("purchase-order"))
    order = await tx.lock(OrderRow, queries.order_of(command, tx), rule="ORD-11", field=order_field)
    if await tx.find(PurchaseOrderRow, purchase_order_id) is not None:
        field = "reference" if tx.message is None else "ce_subject"
        raise creating.refuse_used_reference(field=field)
    by = await user_named(command.by, tx, field="by")
    wish = await queries.wish_of(command, tx)
    articles = await queries.articles_of(order, tx)
    created, bought = creating.create(
        order.state(),
        wish,
        naming=await queries.naming(tx),
        articles=articles,
        by=by,
        asked_by=command.asked_by,
        order_field=order_field,
        today=tx.today,
    )
    tx.record(order, *bought)
    row = tx.start(
        PurchaseOrderRow,
        purchase_order_id,
        created,
        order_number=order.order_number,
        recipient_person=order.recipient_person,
    )
    await_supplier(row, tx)
    order_id, lines = OrderId(order.id), {line.line_id for line in created.lines}
    comments = {n: text for n, text in wish.comments.items() if line_id(order_id, n) in lines}
    details = PurchaseOrderDetailsRow(region=tx.region, purchase_order_id=purchase_order_id)
    details.person = order.recipient_person
    await writable(details, tx)
    details.comments = comments
    tx.put(details)


def _who_acts(command: By, tx: Transaction) -> Iterable[RowKey]:
    return [(UserRow, user_key(command.by, tx))]


@messages.command(SendPurchaseOrder, of=PurchaseOrderRow, rule="ORD-11", reads=_who_acts)
async def send_purchase_order(
    row: PurchaseOrderRow, command: SendPurchaseOrder, tx: Transaction
) -> None:
    """Record that the supplier has got it, who saw to it, how and when (ORD-11).

    Refused: UNKNOWN_PURCHASE_ORDER (ORD-11), UNKNOWN_USER, NOT_YOUR_PURCHASE_ORDER (REF-3),
    UNKNOWN_WORD, SENT_BEFORE_CREATED, IS_OVER (ORD-11).
    """
    by = await user_named(command.by, tx, field="by")
    sent = domain.send(row.state(), how=command.how, sent_on=command.sent_on, by=by)
    tx.record(row, *sent)
    await_supplier(row, tx)


def _its_row(_: Changed, tx: Transaction) -> Iterable[RowKey]:
    return [(PurchaseOrderRow, tx.target("purchase-order"))]


def _with_its_order(command: Changed, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(PurchaseOrderRow, tx.target("purchase-order"))
    if row is not None:
        yield OrderRow, row.order_id
    yield from _its_row(command, tx)


@messages.command(DelayPurchaseOrder, loads=_with_its_order, reads=_its_row)
async def delay_purchase_order(command: DelayPurchaseOrder, tx: Transaction) -> None:
    """Customer service records that the supplier delivers on another day (ORD-4).

    Refused: UNKNOWN_PURCHASE_ORDER (ORD-11), UNKNOWN_LINE, DAY_HAS_PASSED, IS_OVER (ORD-4).
    """
    order, row = await _locked(tx.target("purchase-order"), tx)
    delayed = domain.delay(
        row.state(),
        [line_id(row.order_id, number) for number in command.lines],
        expected_on=command.expected_on,
        today=tx.today,
        by=command.by,
        asked_by=command.asked_by,
    )
    _delay(order, row, delayed, tx)


def _row_numbered(fact: SupplierDelayStated, _: Transaction) -> Iterable[RowKey]:
    return [(PurchaseOrderRow.purchase_order_number, fact.purchase_order_number)]


# decision 0412: the number is ours, so one that is unknown stays unknown
@messages.on(SupplierDelayStated, reads=_row_numbered)
async def on_supplier_delay_stated(fact: SupplierDelayStated, tx: Transaction) -> None:
    """A supplier delivers on another day; the prescriber is told (ORD-4).

    Refused: UNKNOWN_PURCHASE_ORDER, UNKNOWN_LINE, DAY_HAS_PASSED, IS_OVER (ORD-4).
    """
    number = fact.purchase_order_number
    found = await tx.search(PurchaseOrderRow, PurchaseOrderRow.purchase_order_number, number)
    if found is None:
        way_on = "Ange numret på en inköpsorder som Kvitt har gjort."
        field = "purchase_order_number"
        raise refusal(Reason.UNKNOWN_PURCHASE_ORDER, field, way_on, rule="ORD-4")
    order, row = await _locked(found.id, tx)
    delayed = domain.delay(
        row.state(),
        [line_id(row.order_id, one) for one in fact.lines],
        expected_on=fact.expected_on,
        today=tx.today,
    )
    _delay(order, row, delayed, tx)


@messages.command(ChangePurchaseOrderLine, loads=_with_its_order, reads=_its_row)
async def change_purchase_order_line(command: ChangePurchaseOrderLine, tx: Transaction) -> None:
    """Change a line as was agreed with the supplier; `quantity` 0 voids it (ORD-14, REF-12).

    Refused: UNKNOWN_PURCHASE_ORDER, UNKNOWN_LINE, LINE_IS_OVER, MORE_THAN_ORDERED (ORD-11),
    RECEIPT_UNDERWAY (ORD-12).
    """
    order, row = await _locked(tx.target("purchase-order"), tx)
    named = line_id(row.order_id, command.line)
    changed = domain.change_line(
        row.state(),
        named,
        quantity=command.quantity,
        price=command.price,
        is_receiving=order.state().is_receiving_line(named),
        by=command.by,
        asked_by=command.asked_by,
    )
    tx.record(row, *changed)
    if changed:
        _follow(order, named, command.quantity, tx, by=command.by, asked_by=command.asked_by)
    await_supplier(row, tx)


@messages.command(ReportDeviation, of=PurchaseOrderRow, rule="INV-8", reads=_who_acts)
async def report_deviation(
    row: PurchaseOrderRow, command: ReportDeviation, tx: Transaction
) -> None:
    """A delivery was not as ordered; customer service is told (INV-8).

    Refused: UNKNOWN_PURCHASE_ORDER (INV-8), UNKNOWN_USER, NOT_YOUR_PURCHASE_ORDER (REF-3),
    UNKNOWN_LINE, UNKNOWN_WORD, LINE_IS_OVER (INV-8).
    """
    by = await user_named(command.by, tx, field="by")
    named = line_id(row.order_id, command.line)
    reported = deviations.report_deviation(row.state(), named, kind=command.kind, by=by)
    tx.record(row, *reported)
    if reported:
        await_settlement(row, tx)


@messages.command(SettleDeviation, of=PurchaseOrderRow, rule="INV-8")
async def settle_deviation(
    row: PurchaseOrderRow, command: SettleDeviation, tx: Transaction
) -> None:
    """Customer service has settled a deviation with the supplier (INV-8).

    Refused: UNKNOWN_PURCHASE_ORDER, UNKNOWN_LINE, UNKNOWN_WORD, NO_DEVIATION (INV-8).
    """
    settled = deviations.settle_deviation(
        row.state(),
        line_id(row.order_id, command.line),
        how=command.how,
        by=command.by,
        asked_by=command.asked_by,
    )
    tx.record(row, *settled)
    await_settlement(row, tx)


@messages.timer(UNSENT)
async def remind_of_sending(row: PurchaseOrderRow, due: datetime, tx: Transaction) -> None:
    """Nobody has said within two working days that the supplier has it (ORD-11)."""
    tx.record(row, *domain.remind_of_sending(row.state()))


@messages.timer(RECEIPT)
async def remind_of_receipt(row: PurchaseOrderRow, due: datetime, tx: Transaction) -> None:
    """The day has come on which a line is expected, or two weeks after it (ORD-11)."""
    day = stockholm_day(due)
    tx.record(row, *domain.remind_of_receipt(row.state(), on=day))
    await_receipt(row, tx, after=day)


@messages.timer(SETTLEMENT)
async def remind_of_settlement(row: PurchaseOrderRow, due: datetime, tx: Transaction) -> None:
    """A deviation is not settled after a month; again after another (INV-8)."""
    tx.record(row, *domain.remind_of_settlement(row.state()))
    await_settlement(row, tx)


async def _locked(purchase_order_id: object, tx: Transaction) -> tuple[OrderRow, PurchaseOrderRow]:
    known = await tx.get(PurchaseOrderRow, purchase_order_id, rule="ORD-11")
    order = await tx.lock(OrderRow, known.order_id, rule="ORD-11")
    return order, await tx.lock(PurchaseOrderRow, purchase_order_id, rule="ORD-11")


def _delay(
    order: OrderRow,
    row: PurchaseOrderRow,
    delayed: Iterable[PurchaseOrderDelayed],
    tx: Transaction,
) -> None:
    for event in delayed:
        tx.record(row, event)
        for line in event.lines:
            planned = line_rules.plan_line(order.state(), line, on=event.expected_on)
            tx.record(order, *planned)
    await_supplier(row, tx)


def _follow(
    order: OrderRow,
    line: OrderLineId,
    quantity: int,
    tx: Transaction,
    *,
    by: UserId,
    asked_by: UserId,
) -> None:
    """Let the order's line be what is left of it, or voided."""
    if quantity:
        reduced = line_rules.reduce_line(
            order.state(), line, quantity=quantity, by=by, asked_by=asked_by
        )
        tx.record(order, *reduced)
        return
    voided = line_rules.void_line(
        order.state(),
        line,
        reason=line_rules.BY_SUPPLIER,
        is_supplier_told=True,
        today=tx.today,
        by=by,
        asked_by=asked_by,
    )
    tx.record(order, *voided)
