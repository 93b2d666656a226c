"""Look-ups for placing: the rows that a command names, and the values that its rules read."""

from collections.abc import Iterable, Mapping

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlaceOrder, RegisterWithdrawal
from kvitt_contracts.types import ArticleNumber, SupplierId

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.customer_orders.models import OrderRow
from orders.parties.queries import rows_of_recipient
from orders.people.models import PersonDetailsRow
from orders.placements import domain
from orders.placements.covers.domain import payer_of
from orders.suppliers.domain import Supplier
from orders.suppliers.models import SupplierRow
from orders.suppliers.queries import supplier_key
from orders.units.models import CustomerRow, PayerRow, UserRow
from orders.units.queries import customer_key, payer_key, user_key
from orders.work_orders.models import WorkOrderRow


def rows_to_write(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that the command's handler writes: they are locked before it runs."""
    yield OrderRow, tx.target("order")
    if isinstance(command, PlaceOrder) and domain.has_details(command.delivery):
        # Rows of the vault that an order of the batch may write are locked before the counter.
        for row_key in rows_of_recipient(command.recipient, tx):
            if row_key[0] is PersonDetailsRow:
                yield row_key


def rows_to_read(command: PlaceOrder | RegisterWithdrawal, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that the command's handler reads: fetched before it runs, not locked."""
    yield CustomerRow, customer_key(command.service_point, tx)
    yield UserRow, user_key(command.prescriber, tx)
    yield UserRow, user_key(command.requester or command.prescriber, tx)
    for line in command.lines:
        yield ArticleRow, line.article_number
        if line.instead_of is not None:
            yield ArticleRow, line.instead_of
        article = tx.fetched(ArticleRow, line.article_number)
        if article is not None and article.supplier_id is not None:
            yield SupplierRow, supplier_key(article.supplier_id, tx)
        if line.application is not None:
            yield WorkOrderRow, line.application
    covering = payer_of(command.cover, tx.policy)
    for payer in (command.payer_id, covering, *(line.payer_id for line in command.lines)):
        if payer is not None:
            yield PayerRow, payer_key(payer, tx)
    yield from rows_of_recipient(command.recipient, tx)


async def articles_of(
    command: PlaceOrder | RegisterWithdrawal, tx: Transaction
) -> dict[ArticleNumber, Article]:
    """Returns the articles of a command's lines, by number, with those that were asked for first,
    once all payers named are known.

    Raises Refused naming the field: an unknown article (ORD-1) or payer (REF-4).
    """
    found = {}
    for number, line in enumerate(command.lines):
        row = await tx.get(
            ArticleRow, line.article_number, rule="ORD-1", field=f"lines.{number}.article_number"
        )
        found[line.article_number] = row.article()
        if line.instead_of is not None:
            field = f"lines.{number}.instead_of"
            asked = await tx.get(ArticleRow, line.instead_of, rule="ORD-1", field=field)
            found[line.instead_of] = asked.article()
        if line.payer_id is not None:
            await tx.get(
                PayerRow,
                payer_key(line.payer_id, tx),
                rule="REF-4",
                field=f"lines.{number}.payer_id",
            )
    if command.payer_id is not None:
        await tx.get(PayerRow, payer_key(command.payer_id, tx), rule="REF-4", field="payer_id")
    covering = payer_of(command.cover, tx.policy)
    if covering is not None:
        await tx.get(PayerRow, payer_key(covering, tx), rule="REF-4", field="cover")
    return found


async def suppliers_of(
    articles: Mapping[ArticleNumber, Article], tx: Transaction
) -> dict[SupplierId, Supplier]:
    """Returns the suppliers that articles name, by their ids, as far as they are known."""
    named = {one.supplier_id for one in articles.values() if one.supplier_id is not None}
    rows = [await tx.look_up(SupplierRow, supplier_key(one, tx)) for one in sorted(named)]
    return {row.supplier_id: row.state() for row in rows if row is not None}
