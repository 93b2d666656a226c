"""What we do about articles and prices that a region states."""

from collections.abc import Iterable
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import ArticlePriceStated, ArticleStated
from kvitt_contracts.types import ArticleNumber, identify

from inventory.articles import domain
from inventory.articles.models import ArticleRow

messages = Handlers()


def article_id(tx: Transaction, number: ArticleNumber) -> UUID:
    """The id of what the region calls by this article number."""
    return identify(tx.region, "article", number)


async def get_article(tx: Transaction, number: ArticleNumber) -> domain.Article:
    """An article as it stands now. One that nobody has stated: the message waits."""
    row = await tx.get(ArticleRow, article_id(tx, number))
    return row.state()


def _stated(fact: ArticleStated | ArticlePriceStated, tx: Transaction) -> Iterable[RowKey]:
    return [(ArticleRow, article_id(tx, fact.article_number))]


@messages.on(ArticleStated, loads=_stated)
async def list_article(fact: ArticleStated, tx: Transaction) -> None:
    """INV-2: take the article into the catalogue."""
    key = article_id(tx, fact.article_number)
    row = await tx.find(ArticleRow, key)
    event = domain.list_article(fact, known=row.state() if row else None)
    if row is None:
        tx.start(ArticleRow, key, event)
    elif domain.evolve(row.state(), event) != row.state():
        tx.record(row, event)


@messages.on(ArticlePriceStated, loads=_stated)
async def price_article(fact: ArticlePriceStated, tx: Transaction) -> None:
    """INV-2: note the price from its day on."""
    row = await tx.find(ArticleRow, article_id(tx, fact.article_number))
    event = domain.price_article(fact, known=row.state() if row else None)
    if row is not None and domain.evolve(row.state(), event) != row.state():
        tx.record(row, event)
