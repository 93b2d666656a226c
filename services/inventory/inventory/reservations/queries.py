"""Look-ups of placed orders and of what waits for goods. Nothing is locked."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.wishes import Concerning
from kvitt_contracts.calendar import stockholm_day
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    OrderId,
    PersonRef,
    Reference,
    RegionCode,
    StoreId,
)
from sqlalchemy import ColumnElement, Select, Text, and_, any_, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import aliased

from inventory.arrivals.domain import sent_on
from inventory.people.queries import protected_references
from inventory.reservations import domain
from inventory.reservations.models import BackorderRow, PlacedOrderRow, ReservationRow
from inventory.tables import is_among


async def order_id_numbered(tx: Transaction, number: Reference) -> OrderId | None:
    """The id of the order that has this number, or None."""
    query = select(PlacedOrderRow.order_id).where(
        PlacedOrderRow.region == tx.region, PlacedOrderRow.order_number == str(number)
    )
    return await tx.session.scalar(query)


async def device_sent_on(tx: Transaction, order_id: UUID, device_id: DeviceId) -> date | None:
    """The day on which an order sent a device that is on its way, or None where it is not known.

    The device is locked: what is read of it is still true then.
    """
    query = select(ReservationRow.in_transit).where(
        ReservationRow.region == tx.region, ReservationRow.id == order_id
    )
    return sent_on(await tx.session.scalar(query) or (), device_id)


# decision 0043: goods that become free go to who has waited longest
async def waiting_lines(
    tx: Transaction, store: StoreId, number: ArticleNumber
) -> Sequence[BackorderRow]:
    """The lines that wait for an article in a store, who has waited longest first (ORD-4)."""
    query = (
        select(BackorderRow)
        .where(
            BackorderRow.region == tx.region,
            BackorderRow.store == store,
            BackorderRow.article_number == number,
            BackorderRow.missing > 0,
        )
        .order_by(
            BackorderRow.placed_at,
            # a fifth running digit comes after four (ORD-2)
            func.length(BackorderRow.order_number),
            BackorderRow.order_number,
            BackorderRow.line_number,
        )
    )
    return (await tx.session.scalars(query)).all()


def with_reservation(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Of each placed order what it has in the stores too."""
    return query.join(
        ReservationRow,
        and_(
            ReservationRow.region == PlacedOrderRow.region,
            ReservationRow.id == PlacedOrderRow.order_id,
        ),
    )


def is_for_person(references: Iterable[PersonRef]) -> ColumnElement[bool]:
    """An order is for the patient who has one of these references."""
    return _person_of(PlacedOrderRow).in_(sorted(str(one) for one in references))


def is_for_protected() -> ColumnElement[bool]:
    """An order is for a patient whose identity is protected (REF-19)."""
    return func.coalesce(_person_of(PlacedOrderRow), "").in_(protected_references())


def _person_of(row: type[PlacedOrderRow]) -> ColumnElement[str]:
    person: ColumnElement[str] = cast(row.recipient, JSONB)["person"].astext
    return person


def _is_for_some(refs: ColumnElement[Any]) -> ColumnElement[bool]:
    """An order is for one of some persons."""
    # under row security no index of JSON is used (decision 0342): orders are searched through for
    # these persons once, before those of the list, and not at all where there are none
    theirs = aliased(PlacedOrderRow)
    found = select(theirs.order_id).where(
        func.cardinality(refs) > 0, _person_of(theirs) == any_(cast(refs, ARRAY(Text)))
    )
    return is_among(PlacedOrderRow.order_id, found)


RECIPIENT: Final = Concerning(
    one=lambda ref: _person_of(PlacedOrderRow) == cast(ref, Text), some=_is_for_some
)
"""Whom an order is about."""


async def incoming_to(tx: Transaction, store: StoreId, *, on: date) -> Mapping[ArticleNumber, int]:
    """How many of each article are to come into a store by its open replenishments, on a Stockholm
    day (INV-4).
    """
    with tx.session.no_autoflush:
        rows = (await tx.session.scalars(_open_to(store, tx.region))).all()
    return domain.incoming((row.state() for row in rows), today=on)


async def incoming_shown(reader: RegionReader, store: StoreId) -> Mapping[ArticleNumber, int]:
    """The same, for a view."""
    rows = await reader.all(_open_to(store, reader.region))
    today = stockholm_day(await reader.now())
    return domain.incoming((row.state() for row in rows), today=today)


def _open_to(store: StoreId, region: RegionCode) -> Select[Any]:
    return with_reservation(select(ReservationRow).select_from(PlacedOrderRow)).where(
        PlacedOrderRow.region == region,
        PlacedOrderRow.to_store == store,
        ReservationRow.status.in_(domain.OPEN),
    )
