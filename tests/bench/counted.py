"""A service of one rule, to measure the chassis by: an order counts, and says so."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from alembic.migration import MigrationContext
from alembic.operations import Operations
from kvitt_chassis.handlers import Handlers, Timer
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from kvitt_chassis.models import TYPE_MAP, Aggregate, new_metadata
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.topics import INVENTORY_RESERVATIONS, ORDERS_CUSTOMER_ORDERS
from kvitt_contracts.types import OrderId, RegionCode, UserId
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped

SERVICE = "orders"
CONSUMED, EMITTED = INVENTORY_RESERVATIONS, ORDERS_CUSTOMER_ORDERS
AC = RegionCode("ac")
_PRESCRIBER = UserId("f101")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """The state of an order that counts."""

    id: UUID
    changes: int


def evolve(counted: Counted | None, event: OrderVoided) -> Counted:
    """The state after an event."""
    known = counted or Counted(id=event.order_id, changes=0)
    return replace(known, changes=known.changes + 1)


class Base(DeclarativeBase):
    """The tables."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class CountedRow(
    Aggregate[Counted], Base, noun="order", topic=EMITTED, state=Counted, evolve=evolve
):
    """An order that counts."""

    __tablename__ = "counted"

    changes: Mapped[int]


messages = Handlers()
RINGS = Timer("counted_rings", CountedRow)


@messages.on(ReservationReleased, loads=lambda event, _: [(CountedRow, event.order_id)])
async def count_one(event: ReservationReleased, tx: Transaction) -> None:
    """One more, and say so."""
    row = await tx.find(CountedRow, event.order_id)
    said = OrderVoided(order_id=event.order_id, prescriber=_PRESCRIBER)
    if row is None:
        tx.start(CountedRow, event.order_id, said)
    else:
        tx.record(row, said)


@messages.timer(RINGS)
async def ring(row: CountedRow, due: datetime, tx: Transaction) -> None:
    """One more, since its time has come."""
    tx.record(row, OrderVoided(order_id=OrderId(row.id), prescriber=_PRESCRIBER))


def make_tables(owner_url: str) -> None:
    """What the service's first migration would do."""
    engine = create_engine(owner_url.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_chassis_tables(op, SERVICE)
        Base.metadata.create_all(connection)
        guard_regions(op, SERVICE)
    engine.dispose()
