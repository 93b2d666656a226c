"""Look-ups of what is on its way to a unit's own store. Nothing is locked."""

from collections.abc import Mapping
from typing import Any

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, RegionCode, StoreId
from sqlalchemy import Select, select

from inventory.replenishments import domain
from inventory.reservations.domain import OPEN
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import with_reservation


async def incoming_to(tx: Transaction, store: StoreId) -> Mapping[ArticleNumber, int]:
    """How many of each article are to come into a store by its open replenishments (INV-4)."""
    with tx.session.no_autoflush:
        rows = (await tx.session.scalars(_open_to(store, tx.region))).all()
    return domain.incoming(row.state() for row in rows)


async def incoming_shown(reader: RegionReader, store: StoreId) -> Mapping[ArticleNumber, int]:
    """The same, for a view."""
    rows = await reader.all(_open_to(store, reader.region))
    return domain.incoming(row.state() for row in rows)


def _open_to(store: StoreId, region: RegionCode) -> Select[Any]:
    return with_reservation(select(ReservationRow).select_from(PlacedOrderRow)).where(
        PlacedOrderRow.region == region,
        PlacedOrderRow.to_store == store,
        ReservationRow.status.in_(OPEN),
    )
