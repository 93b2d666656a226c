"""Look-ups of sales to other regions."""

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import StoreId
from sqlalchemy import select

from inventory.stores.domain import StoreKind
from inventory.stores.models import StoreRow


async def central_store(tx: Transaction) -> StoreId | None:
    """The region's central store, the first by its code; None where none is stated."""
    query = (
        select(StoreRow.store)
        .where(StoreRow.region == tx.region, StoreRow.kind == StoreKind.CENTRAL)
        .order_by(StoreRow.store)
        .limit(1)
    )
    with tx.session.no_autoflush:
        return (await tx.session.scalars(query)).first()
