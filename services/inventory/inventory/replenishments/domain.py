"""The rules of goods that fill up a unit's own store. No clock, no database."""

from collections import Counter
from collections.abc import Iterable, Mapping

from kvitt_contracts.orders import LineSupply, ReplenishmentPlaced
from kvitt_contracts.types import ArticleNumber, StoreId

from inventory.reservations.domain import Reservation


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


def incoming(replenishments: Iterable[Reservation]) -> Mapping[ArticleNumber, int]:
    """How many of each article are to come into a store by its replenishments: set aside for it,
    waited for, and on the way (INV-4).
    """
    found: Counter[ArticleNumber] = Counter()
    for reservation in replenishments:
        articles = {line.line_id: line.article_number for line in reservation.lines}
        for line in reservation.lines:
            found[line.article_number] += line.reserved + line.missing
        for shipment in reservation.in_transit:
            for sent in shipment.lines:
                found[articles[sent.line_id]] += sent.quantity
    return found
