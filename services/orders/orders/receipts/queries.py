"""Look-ups of receipts: what a number names, and whose a receipt is. Reads only."""

from collections.abc import Collection, Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.orders import ReportReceipt
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    OrderId,
    PatientRecipient,
    PersonRef,
    PurchaseOrderId,
    ReceiptId,
    Recipient,
    Reference,
    identify,
)
from sqlalchemy import select

from orders.articles.models import ArticleRow
from orders.blocks.queries import WISHES
from orders.customer_orders.models import OrderRow
from orders.message_subject import subject_as
from orders.people.models import PersonRow
from orders.people.queries import current_row, is_of_protected
from orders.purchase_orders.models import PurchaseOrderRow
from orders.receipts.domain import Delivery
from orders.receipts.models import ReceiptRow
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key

SCOPE: Final = ScopeOfPersons(
    ReceiptRow.region,
    service_points=[ReceiptRow.service_point],
    users=[ReceiptRow.by],
    protected=lambda: is_of_protected(ReceiptRow.recipient_person),
    wishes=WISHES.of(
        ReceiptRow.recipient_person,
        units=[ReceiptRow.service_point],
    ),
)
"""Whose a receipt is: its service point's, and who reported it."""


def rows_to_write(command: ReportReceipt, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that a report writes: they are locked before it runs."""
    order_id = _order_of(command, tx)
    if order_id is not None:
        yield OrderRow, order_id
        # With their prices and quantities, which may be agreed anew just now.
        for bought in _purchases_of(tx.fetched(OrderRow, order_id)):
            yield PurchaseOrderRow, bought
    yield ReceiptRow, tx.target("receipt")


def rows_to_read(command: ReportReceipt, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that a report reads: fetched before it runs, not locked."""
    yield UserRow, user_key(command.by, tx)
    if command.number_kind == "order":
        yield OrderRow.order_number, command.number
    else:
        yield PurchaseOrderRow.purchase_order_number, command.number
    yield OrderRow, _order_of(command, tx)
    order = tx.fetched(OrderRow, _order_of(command, tx))
    if order is None:
        return
    yield CustomerRow, customer_key(CustomerId(order.service_point), tx)
    if order.recipient_person is not None:
        yield PersonRow, order.recipient_person
    for line in order.lines:
        yield ArticleRow, line.article_number


async def find_delivery(
    command: ReportReceipt, tx: Transaction
) -> tuple[OrderRow, PurchaseOrderId | None] | None:
    """The order that a number names, locked, and the purchase order where it is the number of one;
    None where it names nothing (ORD-12).
    """
    within = None
    if command.number_kind == "order":
        named = await tx.search(OrderRow, OrderRow.order_number, command.number)
        order_id = OrderId(named.id) if named is not None else None
    else:
        bought = await tx.search(
            PurchaseOrderRow, PurchaseOrderRow.purchase_order_number, command.number
        )
        order_id = bought.order_id if bought is not None else None
        within = PurchaseOrderId(bought.id) if bought is not None else None
    if order_id is None:
        return None
    return await tx.lock(OrderRow, order_id), within


async def delivery_of(row: OrderRow, within: PurchaseOrderId | None, tx: Transaction) -> Delivery:
    """A locked order with what its receipt is judged by; its purchase orders are locked."""
    purchase_orders = await tx.lock_all(PurchaseOrderRow, _purchases_of(row))
    numbers = sorted({line.article_number for line in row.lines})
    articles = [await tx.get(ArticleRow, number, rule="ORD-12") for number in numbers]
    return Delivery(
        order=row.state(),
        purchase_orders={PurchaseOrderId(one.id): one.state() for one in purchase_orders},
        articles={one.article_number: one.article() for one in articles},
        within=within,
    )


async def recipient_now(recipient: Recipient, tx: Transaction) -> tuple[Recipient, bool]:
    """The recipient by the reference of today, and whether anything new may be registered on them:
    not on a patient who is inactive (REF-14).
    """
    if not isinstance(recipient, PatientRecipient):
        return recipient, True
    known = await tx.look_up(PersonRow, recipient.person)
    if known is None:
        return recipient, True
    person = await current_row(known, tx)
    return PatientRecipient(person=PersonRef(person.id)), person.active


async def customer_of(row: OrderRow, tx: Transaction) -> CustomerRow | None:
    """The customer that an order's service point is."""
    return await tx.look_up(CustomerRow, customer_key(CustomerId(row.service_point), tx))


async def articles_numbered(
    numbers: Collection[ArticleNumber], reader: RegionReader
) -> dict[ArticleNumber, ArticleRow]:
    """The articles by these numbers, as far as they are known."""
    found = await reader.all(select(ArticleRow).where(ArticleRow.article_number.in_(numbers)))
    return {one.article_number: one for one in found}


def reference_of(receipt_id: ReceiptId, tx: Transaction) -> Reference | None:
    """What the region calls a new receipt, where it was given.

    Raises Refused (INVALID_SUBJECT, contract): the subject is no reference.
    """
    if receipt_id != identify(tx.region, "receipt", tx.subject):
        return None
    return subject_as(Reference, tx.subject)


def _purchases_of(row: OrderRow | None) -> set[PurchaseOrderId]:
    """The purchase orders of an order's lines."""
    lines = row.lines if row is not None else ()
    return {line.purchase_order_id for line in lines if line.purchase_order_id is not None}


def _order_of(command: ReportReceipt, tx: Transaction) -> OrderId | None:
    """The id of the order that a number names, as far as it is fetched by now."""
    if command.number_kind == "order":
        named = tx.fetched(OrderRow.order_number, command.number)
        return OrderId(named.id) if named is not None else None
    bought = tx.fetched(PurchaseOrderRow.purchase_order_number, command.number)
    return bought.order_id if bought is not None else None
