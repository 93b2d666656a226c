"""Rows that the driver fetches are the session's own, as those that the ORM selects."""

from uuid import UUID

import pytest
from kvitt_chassis.rows import reader_of
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.types import RegionCode, UserId
from kvitt_testkit.world import World
from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from chassis.tests.letters import posted
from chassis.tests.toy import LetterRow

AC = RegionCode("ac")


async def fetched(unit: UnitOfWork, letter: UUID, *, locks: bool) -> LetterRow:
    """The letter's row, by the driver."""
    reader = reader_of(LetterRow, LetterRow.id)
    (row,) = await reader.fetch(unit.session, AC, [letter], locks=locks)
    assert isinstance(row, LetterRow)
    return row


async def test_a_row_that_the_session_has_is_given_as_it_is_there(world: World) -> None:
    letter = await posted(world)
    async with world.worker.unit() as unit:
        by_orm = (await unit.session.scalars(select(LetterRow))).one()
        async with world.worker.unit() as other:
            (await other.session.scalars(select(LetterRow))).one().reader = UserId("other")

        assert await fetched(unit, letter, locks=False) is by_orm
        assert by_orm.reader == "k082lno"


async def test_a_row_that_is_locked_is_read_anew_into_the_sessions_own(world: World) -> None:
    letter = await posted(world)
    async with world.worker.unit() as unit:
        by_orm = (await unit.session.scalars(select(LetterRow))).one()
        async with world.worker.unit() as other:
            (await other.session.scalars(select(LetterRow))).one().reader = UserId("other")

        assert await fetched(unit, letter, locks=True) is by_orm
        assert by_orm.reader == "other"
        assert by_orm not in unit.session.dirty


async def test_what_was_changed_before_is_written_before_it_is_read_anew(world: World) -> None:
    letter = await posted(world)
    async with world.worker.unit() as unit:
        row = await fetched(unit, letter, locks=False)
        row.reader = UserId("changed")
        again = await fetched(unit, letter, locks=True)

    assert again is row
    assert [one.reader for one in await world.rows(LetterRow)] == ["changed"]


async def test_a_change_of_a_row_that_the_driver_fetched_is_written(world: World) -> None:
    letter = await posted(world)
    async with world.worker.unit() as unit:
        (await fetched(unit, letter, locks=True)).reader = UserId("changed")

    assert [one.reader for one in await world.rows(LetterRow)] == ["changed"]


def test_a_class_that_is_more_than_its_columns_is_an_error() -> None:
    class Base(DeclarativeBase):
        """Tables that no service has."""

    class Whole(Base):
        """It has parts."""

        __tablename__ = "wholes"
        region: Mapped[str] = mapped_column(primary_key=True)
        id: Mapped[int] = mapped_column(primary_key=True)
        parts: Mapped[list["Part"]] = relationship()

    class Part(Base):
        """A part."""

        __tablename__ = "parts"
        id: Mapped[int] = mapped_column(primary_key=True)
        whole: Mapped[int] = mapped_column(ForeignKey("wholes.id"))

    Base.registry.configure()
    with pytest.raises(TypeError, match="Whole is more than the columns of its table"):
        reader_of(Whole, Whole.id)
