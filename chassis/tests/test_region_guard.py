"""A handler that changes another region's row is a fault, however it came by the row."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from kvitt_chassis.region_guard import ForeignRow
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import RegionCode
from kvitt_testkit.world import Given, ServiceUrls, World
from sqlalchemy import select

from chassis.tests import toy
from chassis.tests.toy import PaperRow, Status

AC, BD = RegionCode("ac"), RegionCode("bd")


@pytest.fixture
async def world(given: Given, toy_urls: ServiceUrls) -> AsyncIterator[World]:
    """The toy with a paper of each of two regions."""
    async with given(toy.service, urls=toy_urls) as world:
        async with world.worker.unit() as unit:
            unit.session.add_all([paper(AC), paper(BD)])
        yield world


def paper(region: RegionCode) -> PaperRow:
    """A paper of a region."""
    return PaperRow(
        region=region,
        paper_id=uuid4(),
        subject="before",
        number=1,
        is_odd=True,
        status=Status.UNREAD,
        tags=(),
        lines=(),
    )


async def found(tx: Transaction, region: RegionCode) -> PaperRow:
    """A region's paper by a query of its own, as a careless handler might write it."""
    row: PaperRow | None = await tx.session.scalar(
        select(PaperRow).where(PaperRow.region == region)
    )
    assert row is not None
    return row


async def subjects(world: World) -> set[tuple[str, str]]:
    """What is stored."""
    async with world.worker.reading() as session:
        rows = await session.scalars(select(PaperRow))
        return {(str(row.region), row.subject) for row in rows}


async def test_a_changed_row_of_another_region_takes_the_whole_transaction_back(
    world: World,
) -> None:
    async def work() -> None:
        async with world.worker.unit() as unit:
            tx = unit.begin(region=AC)
            (await found(tx, AC)).subject = "after"
            (await found(tx, BD)).subject = "after"

    with pytest.raises(ForeignRow, match="PaperRow of another region"):
        await work()

    assert await subjects(world) == {("ac", "before"), ("bd", "before")}


@pytest.mark.parametrize("act", ["add", "delete"])
async def test_a_new_or_deleted_row_of_another_region_is_refused_too(
    world: World, act: str
) -> None:
    async def work() -> None:
        async with world.worker.unit() as unit:
            tx = unit.begin(region=AC)
            if act == "add":
                tx.session.add(paper(BD))
            else:
                await tx.session.delete(await found(tx, BD))

    with pytest.raises(ForeignRow):
        await work()

    assert await subjects(world) == {("ac", "before"), ("bd", "before")}


async def test_a_batch_of_two_regions_changes_rows_of_both(world: World) -> None:
    async with world.worker.unit() as unit:
        for region in (AC, BD):
            (await found(unit.begin(region=region), region)).subject = "after"

    assert await subjects(world) == {("ac", "after"), ("bd", "after")}
