"""Look-ups for what is proposed instead of an article. Nothing is locked."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import ArticleNumber, StoreId
from sqlalchemy import ColumnElement, or_, select

from inventory.articles.models import ArticleRow
from inventory.people.queries import may_draw_from
from inventory.stock.models import BalanceRow
from inventory.stores.models import CustomerRow, StoreRow


async def own_store_of(reader: RegionReader, unit: CustomerRow) -> StoreId | None:
    """The store that a unit draws from; None where it has none, or who reads is not connected to it
    (REF-11).
    """
    query = select(StoreRow.store).where(
        StoreRow.store == unit.store, may_draw_from(reader.caller, StoreRow.store)
    )
    found = await reader.all(query)
    return found[0] if found else None


async def with_their_groups(
    reader: RegionReader, numbers: Collection[ArticleNumber], *within: ColumnElement[bool]
) -> Sequence[ArticleRow]:
    """These articles and all of their replacement groups, in the order of their numbers."""
    groups = select(ArticleRow.replacement_group).where(ArticleRow.article_number.in_(numbers))
    query = select(ArticleRow).where(
        or_(ArticleRow.article_number.in_(numbers), ArticleRow.replacement_group.in_(groups)),
        *within,
    )
    found: Sequence[ArticleRow] = await reader.all(query.order_by(ArticleRow.article_number))
    return found


async def available_in(
    reader: RegionReader, store: StoreId | None, numbers: Collection[ArticleNumber]
) -> Mapping[ArticleNumber, int]:
    """How many of each article are available in a store; 0 of what it has not."""
    query = select(BalanceRow.article_number, BalanceRow.available).where(
        BalanceRow.store == store, BalanceRow.article_number.in_(numbers)
    )
    found = await reader.all(query) if store is not None else []
    return Counter(dict(found))
