"""What an order that is not confirmed yet would cost, by the prices that are known now."""

from collections.abc import Sequence

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber

from billing.models import ArticleRow
from billing.order_previews import domain


async def costs_of(
    asked: Sequence[tuple[ArticleNumber, domain.AskedLine]], tx: Transaction
) -> list[domain.LineCost]:
    """What each line costs, in their order. Raises Refused (UNKNOWN_ARTICLE, ORD-1)."""
    costs = []
    for place, (number, line) in enumerate(asked):
        field = f"lines.{place}.article_number"
        row = await tx.get(ArticleRow, number, rule="ORD-1", field=field)
        listed = domain.Listed(charging=row.charging, is_free=row.is_free, prices=row.prices)
        costs.append(domain.cost_of(line, listed))
    return costs
