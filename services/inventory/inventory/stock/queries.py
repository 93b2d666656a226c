"""Look-ups of balances, for views."""

from collections.abc import Mapping, Sequence

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import ArticleNumber
from sqlalchemy import func, select

from inventory.stock.models import BalanceRow


async def balances_of(reader: RegionReader, number: ArticleNumber) -> Sequence[BalanceRow]:
    """An article's balances, by store."""
    return await reader.all(
        select(BalanceRow).where(BalanceRow.article_number == number).order_by(BalanceRow.store)
    )


async def available_of(
    reader: RegionReader, numbers: Sequence[ArticleNumber]
) -> Mapping[ArticleNumber, int]:
    """How many of each article are available in all stores; one without a balance is left out."""
    sums = await reader.all(
        select(BalanceRow.article_number, func.sum(BalanceRow.available))
        .where(BalanceRow.article_number.in_(numbers))
        .group_by(BalanceRow.article_number)
    )
    return {number: int(total) for number, total in sums}
