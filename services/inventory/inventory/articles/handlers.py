"""Handlers of the articles and prices that a region states."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.regions import ArticlePriceStated, ArticleStated

from inventory.articles import domain
from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id

messages = Handlers()


def _stated(fact: ArticleStated | ArticlePriceStated, tx: Transaction) -> Iterable[RowKey]:
    return [(ArticleRow, article_id(tx, fact.article_number))]


def _with_its_gtin(fact: ArticleStated, tx: Transaction) -> Iterable[RowKey]:
    return [] if fact.gtin is None else [(ArticleRow.gtin, fact.gtin)]


@messages.on(ArticleStated, loads=_stated, reads=_with_its_gtin)
async def list_article(fact: ArticleStated, tx: Transaction) -> None:
    """INV-2: take the article into the catalogue.

    Refused: SERVICE_IS_NEVER_MARKED (INV-5), CONTRIBUTION_IS_NEVER_RENTED,
    CONTRIBUTION_IS_NEVER_MARKED (INV-16), WAY_OF_COUNTING_IS_FIXED (INV-4), UNKNOWN_PRODUCT_AREA
    (REF-11), GTIN_TAKEN (INV-2).
    """
    if fact.gtin is not None:
        other = await tx.search(ArticleRow, ArticleRow.gtin, fact.gtin)
        named = other.article_number if other else None
        domain.check_gtin(fact.gtin, of=fact.article_number, other=named)
    key = article_id(tx, fact.article_number)
    row = await tx.find(ArticleRow, key)
    if row is None:
        tx.start(ArticleRow, key, *domain.list_article(fact, known=None, policy=tx.policy))
    else:
        tx.record(row, *domain.list_article(fact, known=row.state(), policy=tx.policy))


@messages.on(ArticlePriceStated, loads=_stated)
async def price_article(fact: ArticlePriceStated, tx: Transaction) -> None:
    """INV-2: record the price from its day on.

    Refused: UNKNOWN_ARTICLE (INV-2), a price before its article.
    """
    row = await tx.find(ArticleRow, article_id(tx, fact.article_number))
    events = domain.price_article(fact, known=row.state() if row else None)
    if row is not None:
        tx.record(row, *events)
