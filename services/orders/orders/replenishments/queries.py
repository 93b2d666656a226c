"""Look-ups for replenishing: the rows that a command names, and the values that its rules read."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PlaceReplenishment
from kvitt_contracts.types import ArticleNumber

from orders.articles.domain import Article
from orders.articles.models import ArticleRow
from orders.replenishments.domain import Unit
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, place_named, user_key, user_named


def rows_to_read(command: PlaceReplenishment, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that the command's handler reads: fetched before it runs, not locked."""
    yield CustomerRow, customer_key(command.service_point, tx)
    yield UserRow, user_key(command.requester, tx)
    for line in command.lines:
        yield ArticleRow, line.article_number


async def unit_of(command: PlaceReplenishment, tx: Transaction) -> Unit:
    """Returns requester and service point of a command. Raises Refused: unknown (REF-3)."""
    return Unit(
        requester=await user_named(command.requester, tx, field="requester"),
        service_point=await place_named(command.service_point, tx),
    )


async def articles_of(command: PlaceReplenishment, tx: Transaction) -> dict[ArticleNumber, Article]:
    """Returns the articles of a command's lines, by number. Raises Refused: unknown (ORD-9)."""
    found = {}
    for number, line in enumerate(command.lines):
        row = await tx.get(
            ArticleRow, line.article_number, rule="ORD-9", field=f"lines.{number}.article_number"
        )
        found[line.article_number] = row.article()
    return found
