"""What is to come into a unit's own store by its replenishments. Nothing is locked."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, RegionCode, StoreId
from sqlalchemy import Select, select

from inventory.reservations.domain import OPEN, Reservation
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import with_reservation


async def incoming_to(tx: Transaction, store: StoreId) -> Mapping[ArticleNumber, int]:
    """How many of each article are to come into a store by its open replenishments (INV-4)."""
    with tx.session.no_autoflush:
        rows = (await tx.session.scalars(_open_to(store, tx.region))).all()
    return incoming(row.state() for row in rows)


async def incoming_shown(reader: RegionReader, store: StoreId) -> Mapping[ArticleNumber, int]:
    """The same, for a view."""
    rows = await reader.all(_open_to(store, reader.region))
    return incoming(row.state() for row in rows)


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


def _open_to(store: StoreId, region: RegionCode) -> Select[Any]:
    return with_reservation(select(ReservationRow).select_from(PlacedOrderRow)).where(
        PlacedOrderRow.region == region,
        PlacedOrderRow.to_store == store,
        ReservationRow.status.in_(OPEN),
    )
