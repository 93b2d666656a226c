"""Look-ups of a store's safety levels and of its proposal. Nothing is locked."""

from collections.abc import Sequence
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import StoreId, identify
from sqlalchemy import and_, select

from inventory.articles.models import ArticleRow
from inventory.refills.domain import Status
from inventory.refills.models import RefillRow
from inventory.stock.models import BalanceRow


def refilled_store_id(tx: Transaction, store: StoreId) -> UUID:
    """The id of the row by which a store is looked at in the night."""
    return identify(tx.region, "refilled-store", store)


async def levels_in(tx: Transaction, store: StoreId) -> Sequence[tuple[BalanceRow, ArticleRow]]:
    """The balances of a store that have a safety level, each with its article."""
    query = (
        select(BalanceRow, ArticleRow)
        .join(
            ArticleRow,
            and_(
                ArticleRow.region == BalanceRow.region,
                ArticleRow.article_number == BalanceRow.article_number,
            ),
        )
        .where(
            BalanceRow.region == tx.region, BalanceRow.store == store, BalanceRow.safety_level > 0
        )
    )
    with tx.session.no_autoflush:
        return [(row[0], row[1]) for row in await tx.session.execute(query)]


async def open_proposals(tx: Transaction, store: StoreId) -> Sequence[UUID]:
    """The ids of the proposals of a store that nobody has answered."""
    query = select(RefillRow.id).where(
        RefillRow.region == tx.region,
        RefillRow.store == store,
        RefillRow.status == Status.PROPOSED,
    )
    with tx.session.no_autoflush:
        return (await tx.session.scalars(query)).all()
