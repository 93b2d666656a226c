"""A service for the tests of what a handler gets: a row by its message, projections, locks."""

from dataclasses import dataclass, replace
from uuid import UUID

from alembic.migration import MigrationContext
from alembic.operations import Operations
from kvitt_chassis import metrics
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from kvitt_chassis.models import TYPE_MAP, Aggregate, Regional, new_metadata
from kvitt_chassis.service import Service
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.access import acts_of
from kvitt_contracts.inventory import ReleaseRefused, ReservationReleased
from kvitt_contracts.orders import (
    OrderVoided,
    PayerRegistered,
    PersonInactivated,
    PersonRegistered,
    PersonsMerged,
    VoidOrder,
)
from kvitt_contracts.topics import ORDERS_CUSTOMER_ORDERS
from kvitt_contracts.types import OrderId, PayerId, PersonRef, UserId
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SERVICE = "orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """The state of a loan: how often it was changed."""

    id: UUID
    changes: int


def evolve(loan: Loan | None, event: OrderVoided) -> Loan:
    """The state after an event."""
    known = loan or Loan(id=event.order_id, changes=0)
    return replace(known, changes=known.changes + 1)


def change(loan: Loan, *, at_most: int) -> tuple[OrderVoided, ...]:
    """One change more, until there are enough; then nothing."""
    return (a_change(OrderId(loan.id)),) if loan.changes < at_most else ()


def a_change(order_id: OrderId) -> OrderVoided:
    """The event of a change."""
    return OrderVoided(order_id=order_id, prescriber=UserId("f101"))


class Base(DeclarativeBase):
    """The tables."""

    metadata = new_metadata()
    type_annotation_map = TYPE_MAP


class LoanRow(
    Aggregate[Loan], Base, noun="order", topic=ORDERS_CUSTOMER_ORDERS, state=Loan, evolve=evolve
):
    """A loan."""

    __tablename__ = "loans"

    changes: Mapped[int]


class BoxRow(Regional, Base):
    """What is locked before a loan, though its table comes first by name."""

    __tablename__ = "boxes"
    locked_when_loaded = True

    order_id: Mapped[UUID] = mapped_column(primary_key=True)


class PayerRow(Regional, Base):
    """A payer, as it was told last."""

    __tablename__ = "payers"

    payer_id: Mapped[PayerId] = mapped_column(primary_key=True)
    name: Mapped[str]
    note: Mapped[str | None]
    visits: Mapped[int] = mapped_column(default=0)


class PersonRow(Regional, Base):
    """A person, as they were told of last."""

    __tablename__ = "persons"

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    name: Mapped[str]
    active: Mapped[bool]
    merged_into: Mapped[PersonRef | None]


class UserRow(RegisteredUser, Base):
    """The register of users."""


CHANGES = metrics.declare(
    "counter", "loans_changes_total", "Changes of loans that are committed.", "None needed."
)
messages = Handlers()
messages.project(PayerRegistered, PayerRow)
messages.project(
    PersonRegistered,
    PersonRow,
    merged_into=None,
    name=lambda event: f"person {event.region_person_id}",
)
messages.amend(PersonInactivated, PersonRow, active=False)
messages.amend(PersonsMerged, PersonRow, active=False, merged_into=lambda event: event.into)


class Trouble(RuntimeError):
    """What a handler raises when a test wants it to fail."""


@messages.on(ReservationReleased, of=LoanRow)
async def on_reservation_released(
    row: LoanRow, event: ReservationReleased, tx: Transaction
) -> None:
    """A change more, of at most three."""
    tx.record(row, *change(row.state(), at_most=3))
    tx.after_commit(CHANGES.labels(SERVICE).inc)


@messages.on(ReleaseRefused, of=LoanRow)
async def on_release_refused(row: LoanRow, event: ReleaseRefused, tx: Transaction) -> None:
    """Counts, and fails or locks its box then, as the reason says."""
    tx.after_commit(CHANGES.labels(SERVICE).inc)
    if event.reason == "DELIVERED":
        raise Trouble
    if event.reason == "DECLINED":
        await tx.find(BoxRow, row.id)


@messages.command(VoidOrder, of=LoanRow, rule="ORD-14")
async def void_order(row: LoanRow, command: VoidOrder, tx: Transaction) -> None:
    """A change more."""
    tx.record(row, *change(row.state(), at_most=3))


def make_tables(owner_url: str) -> None:
    """What the service's first migration would do."""
    engine = create_engine(owner_url.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_chassis_tables(op, SERVICE)
        Base.metadata.create_all(connection)
        guard_regions(op, SERVICE)
    engine.dispose()


ACTS = [act for act in acts_of(SERVICE) if act.message and act.message.command is VoidOrder]


def a_service(*lock_order: type[Regional]) -> Service:
    """The service, with this order of locks."""
    return Service(
        SERVICE, handlers=messages, base=Base, users=UserRow, acts=ACTS, lock_order=lock_order
    )


service = a_service(LoanRow, BoxRow)
upside_down = a_service(BoxRow, LoanRow)
