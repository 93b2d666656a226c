"""Handlers of purchase orders."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import CreatePurchaseOrder
from kvitt_contracts.types import OrderId, PurchaseOrderId

from orders.customer_orders.domain import line_id
from orders.customer_orders.models import OrderRow
from orders.purchase_orders import creating, queries
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.units.queries import user_named

messages = Handlers()


@messages.command(CreatePurchaseOrder, loads=queries.rows_to_write, reads=queries.rows_to_read)
async def create_purchase_order(command: CreatePurchaseOrder, tx: Transaction) -> None:
    """Create a purchase order of an order's direct lines of one supplier (ORD-11).

    Refused: INVALID_SUBJECT (contract), ALREADY_CREATED (ORD-11); an unknown name: UNKNOWN_ORDER
    (ORD-11), UNKNOWN_SUPPLIER (REF-13), UNKNOWN_USER (REF-3); NOT_YOUR_ORDER (REF-3),
    SUPPLIER_INACTIVE (REF-13), NOT_YET (NTF-4), ORDER_IS_OVER, WAITING, UNKNOWN_LINE, LINE_TWICE,
    NOT_DIRECT, OTHER_SUPPLIER, LINE_IS_OVER, ALREADY_PURCHASED, NOTHING_TO_PURCHASE,
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
    SUPPLIER_INACTIVE (REF-13), NOT_YET (NTF-4), ORDER_IS_OVER, WAITING, UNKNOWN_LINE, LINE_TWICE,
    NOT_DIRECT, OTHER_SUPPLIER, LINE_IS_OVER, ALREADY_PURCHASED, NOTHING_TO_PURCHASE,
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
    created, purchased = creating.create(
        order.state(),
        wish,
        naming=await queries.naming(tx),
        articles=articles,
        by=by,
        asked_by=command.asked_by,
        today=tx.today,
    )
    tx.record(order, *purchased)
    row = tx.start(PurchaseOrderRow, purchase_order_id, created)
    row.order_number, row.recipient_person = order.order_number, order.recipient_person
    bought = {line.line_id for line in created.lines}
    order_id = OrderId(order.id)
    comments = {n: text for n, text in wish.comments.items() if line_id(order_id, n) in bought}
    tx.put(
        PurchaseOrderDetailsRow(
            region=tx.region, purchase_order_id=purchase_order_id, comments=comments
        )
    )
