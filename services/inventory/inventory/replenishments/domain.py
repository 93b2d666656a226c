"""The rules of goods that fill up a unit's own store. No clock, no database."""

from kvitt_contracts.orders import LineSupply, ReplenishmentPlaced
from kvitt_contracts.types import StoreId


def source_of(placed: ReplenishmentPlaced) -> StoreId:
    """The store that a replenishment's goods leave (ORD-9).

    Raises ValueError: a line that no store delivers, or lines of several stores.
    """
    sources = {line.store for line in placed.lines}
    is_central = all(line.supply is LineSupply.CENTRAL for line in placed.lines)
    if not is_central or len(sources) != 1:
        raise ValueError(f"replenishment {placed.order_id} is not of one central store")
    (store,) = sources
    return store
