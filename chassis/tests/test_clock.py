from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from kvitt_chassis.operating import clock
from kvitt_contracts.types import RegionCode
from kvitt_testkit.platform import Platform
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from chassis.tests.outbox_parts import Log, a_log, record

AC = RegionCode("ac")


@pytest.fixture
async def log(platform: Platform) -> AsyncIterator[Log]:
    async with a_log(platform, kafka=False) as made:
        yield made


async def test_business_time_is_real_time_until_it_is_moved(log: Log) -> None:
    database = log.database()
    async with database.unit() as unit:
        assert abs(unit.now - datetime.now(UTC)) < timedelta(seconds=5)
        assert unit.now.tzinfo is not None


async def test_business_time_is_moved_forward_and_runs_on_for_both_roles(log: Log) -> None:
    database, api = log.database(), log.database("api")
    async with database.unit() as unit:
        to = unit.now + timedelta(days=300)
        ahead = await clock.advance(unit.session, to)

    first, second = await database.now(), await api.now(AC)
    assert to <= first <= second < to + timedelta(seconds=30)
    async with database.reading() as session:
        assert await clock.offset(session) == ahead
        assert first <= await clock.now(session)


async def test_business_time_never_goes_back_once_something_is_recorded(log: Log) -> None:
    database = log.database()
    async with database.unit() as unit:
        ahead = await clock.advance(unit.session, unit.now + timedelta(days=2))
    await record(database, "key")

    with pytest.raises(clock.ClockGoesBack):
        async with database.unit() as unit:
            await clock.advance(unit.session, unit.now - timedelta(days=1))
    with pytest.raises(clock.ClockGoesBack):
        async with database.unit() as unit:
            await clock.set_offset(unit.session, timedelta(days=1))

    async with database.reading() as session:
        assert await clock.offset(session) == ahead


async def test_several_services_share_one_offset(log: Log) -> None:
    database = log.database()
    async with database.unit() as unit:
        await clock.set_offset(unit.session, timedelta(days=10))
        assert await clock.set_offset(unit.session, timedelta(days=10)) == timedelta(days=10)


@pytest.mark.parametrize(
    "to",
    [
        datetime.max.replace(tzinfo=UTC),
        clock.LONGEST_STEP + timedelta(hours=1),
        datetime(1999, 12, 31, tzinfo=UTC),
        datetime.min.replace(tzinfo=UTC),
    ],
)
async def test_business_time_goes_a_year_ahead_at_a_time_and_never_out_of_its_bounds(
    log: Log, to: datetime | timedelta
) -> None:
    database = log.database()
    to = datetime.now(UTC) + to if isinstance(to, timedelta) else to
    with pytest.raises(clock.ClockGoesTooFar):
        async with database.unit() as unit:
            await clock.advance(unit.session, to)
    with pytest.raises(clock.ClockGoesTooFar):
        async with database.unit() as unit:
            await clock.set_offset(unit.session, clock.LONGEST_STEP + timedelta(hours=1))

    async with database.reading() as session:
        assert await clock.offset(session) == timedelta()


async def test_business_time_comes_far_by_several_steps_and_stops_at_its_end(log: Log) -> None:
    database = log.database()
    await log.as_owner("UPDATE clock SET \"offset\" = '2100-11-01'::timestamptz - now()")

    async with database.unit() as unit:
        await clock.advance(unit.session, clock.LATEST)
    with pytest.raises(clock.ClockGoesTooFar):
        async with database.unit() as unit:
            await clock.advance(unit.session, clock.LATEST + timedelta(days=1))


async def test_an_instant_without_a_time_zone_is_refused(log: Log) -> None:
    database = log.database()
    with pytest.raises(ValueError, match="time zone"):
        async with database.unit() as unit:
            await clock.advance(unit.session, datetime(2031, 3, 1))  # noqa: DTZ001 the point


async def test_the_api_role_cannot_move_business_time(log: Log) -> None:
    api = log.database("api")
    with pytest.raises(DBAPIError, match="permission denied"):
        async with api.unit(AC) as unit:
            await unit.session.execute(text("UPDATE clock SET \"offset\" = '1 day'"))
