"""BIL-10e: what is entered in a closed month never changes."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest
from billing.app import service
from billing.ledger.commands import CloseLedgerPeriod
from billing.ledger.domain import LedgerPeriod, PeriodRefused, close
from billing.ledger.models import LedgerPeriodRow
from billing.ledger.writes import first_open_day
from kvitt_contracts.billing import LedgerEntryPosted, LedgerPeriodClosed
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode, Role, UserId
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds, stockholm, wait_for
from sqlalchemy import text

from contracts.tests.builders.inventory import an_article_listed, an_article_priced
from contracts.tests.builders.orders import a_line, an_order_placed
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION
from services.billing.tests.builders import close_may, with_accounts

JUNE_1 = stockholm("2026-06-01 06:00")
MAY_1, TODAY = date(2026, 5, 1), date(2026, 6, 1)
BY = UserId("k082lno")


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region with accounts that sold one cushion in May, and has invoiced it."""
    async with given(service, at=JUNE_1, policies=with_accounts(policies)) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False), an_article_priced(CUSHION, 10_000)
        )
        await sell(world, "O-1", on="2026-05-10")
        await close_may(world, custody_changes=0)
        yield world


async def sell(world: World, order: str, *, on: str) -> None:
    """A cushion is delivered on a day, whenever that is told."""
    await world.handle_all(
        an_order_placed(a_line(CUSHION, order=order), reference=order),
        a_line_delivered(order, payer="20012", on=on),
    )


async def trial_balance(world: World, month: str) -> dict[str, object]:
    """What is shown of a month."""
    async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
        answer = await client.get(f"/ledger:trial-balance?month={month}")
    shown: dict[str, object] = answer.json()
    return shown


async def close_month(world: World, month: str) -> tuple[int, dict[str, str]]:
    """Customer service closes a month: the answer's status and body."""
    async with world.http(roles=[Role.CUSTOMER_SERVICE]) as client:
        answer = await client.post(f"/ledger-periods/{month}:close")
    return answer.status_code, answer.json()


@pytest.mark.rule("BIL-10e")
async def test_what_comes_after_the_closing_is_entered_in_the_next_month(world: World) -> None:
    assert await close_month(world, "2026-05") == (
        200,
        {"month": "2026-05", "closed_by": "k082lno"},
    )
    closed = await trial_balance(world, "2026-05")

    await sell(world, "O-2", on="2026-05-11")

    assert closed["is_closed"] is True
    assert await trial_balance(world, "2026-05") == closed
    posted = await world.events(LedgerEntryPosted)
    assert [str(one.entered_on) for one in posted] == ["2026-05-10", "2026-06-01", "2026-06-01"]
    assert posted[-1].source == "charge"
    await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-10e")
async def test_what_comes_before_the_closing_is_entered_on_its_own_day(world: World) -> None:
    await sell(world, "O-2", on="2026-05-11")

    posted = await world.events(LedgerEntryPosted)
    assert str(posted[-1].entered_on) == "2026-05-11"


async def test_a_month_is_closed_once(world: World) -> None:
    first = await close_month(world, "2026-05")
    again = await close_month(world, "2026-05")

    assert first == again
    assert len(await world.events(LedgerPeriodClosed)) == 1
    assert len(await world.rows(LedgerPeriodRow)) == 1


@pytest.mark.rule("BIL-10e")
@pytest.mark.parametrize(
    ("month", "reason"), [("2026-06", "MONTH_NOT_OVER"), ("2026-04", "RUN_NOT_FINISHED")]
)
async def test_a_month_that_is_not_over_or_not_invoiced_is_not_closed(
    world: World, month: str, reason: str
) -> None:
    status, problem = await close_month(world, month)

    assert (status, problem["reason"], problem["rule"]) == (422, reason, "BIL-10")
    assert problem["way_on"]
    assert await world.events(LedgerPeriodClosed) == []


def closed(
    first: date = MAY_1,
    *,
    period: LedgerPeriod | None = None,
    has_finished: bool = True,
    open_from: date = date.min,
) -> tuple[LedgerPeriodClosed, ...]:
    """What closing a month says on 1 June."""
    return close(period, first, has_finished=has_finished, open_from=open_from, today=TODAY, by=BY)


def test_the_first_month_that_is_closed_may_be_any_that_is_over() -> None:
    assert closed() == (LedgerPeriodClosed(month="2026-05", by=BY),)
    assert closed(open_from=MAY_1) == closed()


def test_a_closed_month_is_closed_already() -> None:
    assert closed(period=LedgerPeriod(month="2026-05", closed_by=BY), has_finished=False) == ()


@pytest.mark.rule("BIL-10e")
def test_months_are_closed_in_their_order() -> None:
    with pytest.raises(PeriodRefused) as refused:
        closed(open_from=date(2026, 4, 1))

    assert (refused.value.reason, refused.value.field) == ("EARLIER_MONTH_IS_OPEN", "month")
    assert "2026-04" in refused.value.way_on


@pytest.mark.rule("BIL-10e")
async def test_who_closes_waits_for_what_is_being_entered(world: World) -> None:
    async with world.worker.unit() as unit:
        entering = unit.begin(region=RegionCode(REGION), is_command=False)
        assert await first_open_day(entering) == date.min

        closing = asyncio.create_task(
            world.command(CloseLedgerPeriod(month="2026-05", by=BY), target=None)
        )
        await wait_for(lambda: somebody_waits(world))
        assert not closing.done()
    await closing

    async with world.worker.unit() as unit:
        assert (
            await first_open_day(unit.begin(region=RegionCode(REGION), is_command=False)) == TODAY
        )


async def somebody_waits(world: World) -> bool:
    """True while a transaction of this database waits for a row that another has locked."""
    async with world.worker.reading() as session:
        return bool(await session.scalar(text(_WAITING)))


_WAITING = """
    SELECT EXISTS (
        SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
        WHERE datname = current_database() AND locktype = 'tuple')
    """
