"""When an order that is not confirmed yet would come, by what there is now. Nothing is locked."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReservationDeclined
from kvitt_contracts.orders import LineSupply
from kvitt_contracts.types import ArticleNumber, OrderLineId, Quantity

from inventory.articles.domain import Article
from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.order_previews import domain
from inventory.stock.models import BalanceRow
from inventory.stock.writes import balance_id

Asked = Sequence[tuple[ArticleNumber, Quantity, LineSupply]]
"""Of each line its article, how many, and from where."""


async def expected_of(
    asked: Asked, tx: Transaction
) -> tuple[domain.Expected, ...] | ReservationDeclined:
    """When each line would leave, in their order. Raises Refused (UNKNOWN_ARTICLE, ORD-1)."""
    articles = await _articles_of(asked, tx)
    lines = [
        domain.AskedLine(
            line_id=OrderLineId(UUID(int=place)),
            article_number=number,
            article_type=articles[number].type,
            quantity=quantity,
            supply=supply,
        )
        for place, (number, quantity, supply) in enumerate(asked)
    ]
    central = [number for number, _, supply in asked if supply is LineSupply.CENTRAL]
    ids = [balance_id(tx.region, tx.policy.stores.central, number) for number in set(central)]
    balances = await tx.look_up_all(BalanceRow, ids)
    available = {row.article_number: row.available for row in balances}
    return domain.expect(lines, articles=articles, available=available, today=tx.today)


async def _articles_of(asked: Asked, tx: Transaction) -> Mapping[ArticleNumber, Article]:
    found = {}
    for place, (number, _, _) in enumerate(asked):
        field = f"lines.{place}.article_number"
        row = await tx.get(ArticleRow, article_id(tx, number), rule="ORD-1", field=field)
        found[number] = row.state()
    return found
