"""The comparison of rows with their events sees every kind of difference."""

from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest
from kvitt_chassis.operating.row_comparison import Difference, differences
from kvitt_contracts.types import UserId
from kvitt_testkit.world import Given, ServiceUrls, World, assert_rows_are_folds
from sqlalchemy import text

from chassis.tests import toy


@pytest.fixture
async def world(given: Given, toy_urls: ServiceUrls) -> AsyncIterator[World]:
    async with given(toy.service, urls=toy_urls) as world:
        for reader in ("anna", "bert"):
            await world.command(toy.PostLetter(reader=UserId(reader), about=uuid4()))
        yield world


async def found(world: World) -> list[Difference]:
    async with world.worker.reading() as session:
        return await differences(session, toy.Base)


async def change(world: World, statement: str) -> None:
    async with world.worker.unit() as unit:
        await unit.session.execute(text(statement))


async def key_of(world: World, reader: str) -> UUID:
    rows = await world.rows(toy.LetterRow)
    return next(row.id for row in rows if row.reader == reader)


async def test_rows_that_were_made_by_events_equal_them(world: World) -> None:
    await world.command(toy.ReadLetter(), target=await key_of(world, "anna"))

    await assert_rows_are_folds(world)


async def test_a_row_that_was_changed_by_hand_is_found_with_its_field(world: World) -> None:
    key = await key_of(world, "anna")
    await change(world, "UPDATE letters SET status = 'read' WHERE reader = 'anna'")

    assert await found(world) == [
        Difference(table="letters", region="ac", key=str(key), fields=("status",))
    ]


async def test_a_row_whose_number_is_ahead_of_its_events_is_found(world: World) -> None:
    await change(world, "UPDATE letters SET seq = 2 WHERE reader = 'bert'")

    assert [one.fields for one in await found(world)] == [("seq",)]


async def test_a_row_that_is_gone_is_found(world: World) -> None:
    key = await key_of(world, "bert")
    await change(world, "DELETE FROM letters WHERE reader = 'bert'")

    assert [(one.key, one.fields) for one in await found(world)] == [(str(key), ("row",))]


async def test_a_row_that_no_event_made_is_found(world: World) -> None:
    await change(
        world,
        "INSERT INTO letters (region, id, seq, reader, about, status)"
        " VALUES ('ac', gen_random_uuid(), 1, 'eve', gen_random_uuid(), 'unread')",
    )

    assert [one.fields for one in await found(world)] == [("seq",)]
