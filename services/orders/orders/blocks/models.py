"""The tables of blocks, and of who has opened one."""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import ORDERS_BLOCKS
from kvitt_contracts.types import BlockId, BlockOpeningId, PersonRef, ServicePointId, UserId
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.blocks import domain
from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import ERASED, Sealed, SealedForPerson


class BlockRow(
    AboutPersons,
    Aggregate[domain.Block],
    Base,
    noun="block",
    topic=ORDERS_BLOCKS,
    state=domain.Block,
    evolve=domain.evolve,
):
    """A block. Who asked for it and when is in no event; `lifted_at` is for queries."""

    __tablename__ = "blocks"
    __table_args__ = (
        Index("ix_blocks_person", "region", "person"),
        Index(
            "uq_one_block_per_person_and_unit",
            "region",
            "person",
            "service_point",
            unique=True,
            postgresql_where=text("status = 'stands'"),
        ),
    )

    status: Mapped[domain.Status]
    person: Mapped[PersonRef]
    service_point: Mapped[ServicePointId]
    registered_by: Mapped[UserId]
    openings: Mapped[tuple[BlockOpeningId, ...]] = mapped_column(Json(tuple[BlockOpeningId, ...]))
    asked_by: Mapped[domain.AskedBy | None]
    asked_on: Mapped[date | None]
    lifted_at: Mapped[datetime | None]

    def concerned(self) -> tuple[PersonRef, ...]:
        """The person who asked for it."""
        return (self.person,)


class BlockOpeningRow(SealedForPerson, Regional, Base):
    """Who opened a block in an emergency, until when, and why, which is sealed."""

    __tablename__ = "block_openings"
    locked_when_loaded = True
    __table_args__ = (
        Index("ix_block_openings_block", "region", "block_id"),
        Index("ix_block_openings_person", "region", "person"),
    )

    opening_id: Mapped[BlockOpeningId] = mapped_column(primary_key=True)
    block_id: Mapped[BlockId]
    person: Mapped[PersonRef]
    user_id: Mapped[UserId]
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    is_over: Mapped[bool]
    reason = Sealed[str | None](str | None, erased=ERASED)
