"""Look-ups of purchase orders: what one names, and whose it is. Reads only."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.orders import CreatePurchaseOrder
from kvitt_contracts.types import (
    ArticleNumber,
    OrderId,
    PurchaseOrderId,
    Reference,
    identify,
)

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.blocks.queries import WISHES
from orders.customer_orders.domain import Status
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.message_subject import subject_as
from orders.numbers.domain import Series
from orders.numbers.writes import next_number
from orders.people.keys.opening import opened_if_any
from orders.people.queries import is_of_protected
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.purchase_orders.creating.domain import Naming, Wish
from orders.purchase_orders.domain import Status as PurchaseStatus
from orders.purchase_orders.models import PurchaseOrderRow
from orders.suppliers.models import SupplierRow
from orders.suppliers.queries import supplier_key, supplier_named
from orders.units.models import UserRow
from orders.units.queries import user_key

Created = CreatePurchaseOrder | CreatePurchaseOrderInWords

SCOPE: Final = ScopeOfPersons(
    PurchaseOrderRow.region,
    service_points=[PurchaseOrderRow.service_point],
    users=[PurchaseOrderRow.by],
    protected=lambda: is_of_protected(PurchaseOrderRow.recipient_person),
    wishes=WISHES.of(
        PurchaseOrderRow.recipient_person,
        units=[PurchaseOrderRow.service_point],
        is_under_way=lambda: PurchaseOrderRow.status != PurchaseStatus.CLOSED,
    ),
)
"""Whose a purchase order is: its service point's, and who created it."""


BUYING: Final = (Status.REGISTERED, Status.PART_DELIVERED)
"""Where an order is while something can be bought for it."""


def order_of(command: Created, tx: Transaction) -> OrderId:
    """The id of the order that a command buys for."""
    if isinstance(command, CreatePurchaseOrderInWords):
        return command.order_id
    return OrderId(identify(tx.region, "order", command.order))


def rows_to_write(command: Created, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that creating writes: they are locked before it runs."""
    yield OrderRow, order_of(command, tx)
    yield PurchaseOrderRow, tx.target("purchase-order")


def rows_to_read(command: Created, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that creating reads: fetched before it runs, not locked."""
    order_id = order_of(command, tx)
    yield UserRow, user_key(command.by, tx)
    yield SupplierRow, supplier_key(command.supplier_id, tx)
    yield OrderDetailsRow, order_id
    order = tx.fetched(OrderRow, order_id)
    for line in order.lines if order is not None else ():
        yield ArticleRow, line.article_number


async def naming(tx: Transaction) -> Naming:
    """The next number and the id of a new purchase order, with the reference where one was given.

    Raises Refused (INVALID_SUBJECT, contract): the subject is no reference.
    """
    purchase_order_id = PurchaseOrderId(tx.target("purchase-order"))
    is_named = purchase_order_id == identify(tx.region, "purchase-order", tx.subject)
    return Naming(
        purchase_order_id=purchase_order_id,
        purchase_order_number=await next_number(Series.PURCHASE_ORDER, tx),
        reference=subject_as(Reference, tx.subject) if is_named else None,
    )


async def wish_of(command: Created, tx: Transaction) -> Wish:
    """What is to be bought. Where nothing is said of a line, what was said of it in the order
    follows to the supplier. Raises Refused (UNKNOWN_SUPPLIER, REF-13).
    """
    supplier = await supplier_named(command.supplier_id, tx, field="supplier_id")
    found = await tx.look_up(OrderDetailsRow, order_of(command, tx))
    kept = await opened_if_any(found, tx)
    comments = dict(kept.comments) if kept is not None else {}
    if not isinstance(command, CreatePurchaseOrderInWords):
        return Wish(
            supplier=supplier,
            numbers=command.lines,
            comments=comments,
            is_sent_by_kvitt=command.is_sent_by_kvitt,
        )
    return Wish(
        supplier=supplier,
        numbers=command.lines,
        comments=comments | {one.line: one.comment for one in command.comments},
        prices={one.line: one.price for one in command.prices},
        is_sent_by_kvitt=command.is_sent_by_kvitt,
    )


async def articles_of(order: OrderRow, tx: Transaction) -> dict[ArticleNumber, Article]:
    """The articles of an order's lines, by their numbers."""
    found = {}
    for line in order.lines:
        row = await tx.get(ArticleRow, line.article_number, rule="ORD-11")
        found[line.article_number] = row.article()
    return found
