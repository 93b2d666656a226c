"""Look-ups of stores that other nouns use: whether goods may be put into one."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CustomerId, StoreId

from inventory.stores import domain
from inventory.stores.models import CustomerRow, StoreRow


def rows_of_store(store: StoreId, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `refusal_of_store` reads, as far as they are known by now."""
    yield StoreRow, store
    row = tx.fetched(StoreRow, store)
    if row is not None and row.service_point is not None:
        yield CustomerRow, row.service_point


async def check_store_holds_stock(tx: Transaction, store: StoreId) -> None:
    """Check that goods may be put into a store (INV-4, REF-7).

    Raises StoreRefused. A store that nobody has stated: the message waits.
    """
    refusal = await refusal_of_store(tx, store)
    if refusal is not None:
        raise refusal


async def refusal_of_store(tx: Transaction, store: StoreId) -> domain.StoreRefused | None:
    """Why no goods may be put into a store, or None (INV-4, REF-7).

    A store that nobody has stated: the message waits.
    """
    row = await tx.get(StoreRow, store)
    owner = None
    if row.service_point is not None:
        owner = await tx.look_up(CustomerRow, CustomerId(row.service_point))
    return domain.refusal_to_hold_stock(
        domain.Store(kind=row.kind, of_private_clinic=owner is not None and owner.private_clinic),
        private_clinics_hold_stock=tx.policy.private_clinics_hold_stock,
    )
