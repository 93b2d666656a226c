"""Business time: the database's clock plus one stored offset, which only grows.

Until the service has recorded its first event it may be set to any instant, also a past one, so
that a story or a training day can begin at any date. Leases and back-off do not use business time.
"""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DDL: tuple[str, ...] = (
    """
    CREATE TABLE clock (
        single boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_clock_only CHECK (single),
        "offset" interval NOT NULL DEFAULT '0'
    )
    """,
    "INSERT INTO clock DEFAULT VALUES",
    "REVOKE INSERT, UPDATE, DELETE ON clock FROM {api}",
    "REVOKE INSERT, DELETE ON clock FROM {worker}",
)


LONGEST_STEP = timedelta(days=366)
"""So far ahead one call moves business time at most: a slip of a digit is not taken back."""
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2101, 1, 1, tzinfo=UTC)
"""Business time is between these."""


class ClockGoesBack(ValueError):
    """Business time would go back, which it never does."""


class ClockGoesTooFar(ValueError):
    """Business time would leave its bounds, or go further ahead than one step."""


async def now(session: AsyncSession) -> datetime:
    """Business time at this moment: an aware datetime in UTC."""
    instant: datetime = (await session.execute(_NOW)).scalar_one()
    return instant


async def offset(session: AsyncSession) -> timedelta:
    """How far business time is ahead of real time."""
    ahead: timedelta = (await session.execute(_OFFSET)).scalar_one()
    return ahead


async def advance(session: AsyncSession, to: datetime) -> timedelta:
    """Advance business time to an aware datetime; from there it runs on. Answers the new offset.

    For several services: advance one, then `set_offset` the others to its answer, at a barrier (lag
    0, logs published, due timers fired). Raises ClockGoesBack, ClockGoesTooFar. The caller commits.
    """
    if to.tzinfo is None:
        raise ValueError("an instant has a time zone")
    await _require_near(session, to)
    moved = (await session.execute(_ADVANCE, {"to": to})).scalar_one_or_none()
    return _moved(moved, f"business time has passed {to.isoformat()} already")


async def set_offset(session: AsyncSession, ahead: timedelta) -> timedelta:
    """Set how far business time is ahead of real time. Raises ClockGoesBack, ClockGoesTooFar. The
    caller commits.
    """
    await _require_near(session, await now(session) - await offset(session) + ahead)
    moved = (await session.execute(_SET_OFFSET, {"ahead": ahead})).scalar_one_or_none()
    return _moved(moved, f"business time is further ahead than {ahead} already")


# decision 0274: business time moves in the local profile alone, a year at a time
async def _require_near(session: AsyncSession, to: datetime) -> None:
    latest = min(LATEST, await now(session) + LONGEST_STEP)
    if not EARLIEST <= to <= latest:
        raise ClockGoesTooFar(f"business time goes to {latest.isoformat()} at most, not to {to}")


def _moved(ahead: timedelta | None, refusal: str) -> timedelta:
    if ahead is None:
        raise ClockGoesBack(refusal)
    return ahead


_NOW = text('SELECT clock_timestamp() + "offset" FROM clock')
_OFFSET = text('SELECT "offset" FROM clock')
_ADVANCE = text(
    """
    UPDATE clock SET "offset" = CAST(:to AS timestamptz) - now()
    WHERE CAST(:to AS timestamptz) - now() >= "offset" OR NOT EXISTS (SELECT FROM events)
    RETURNING "offset"
    """
)
_SET_OFFSET = text(
    """
    UPDATE clock SET "offset" = CAST(:ahead AS interval)
    WHERE CAST(:ahead AS interval) >= "offset" OR NOT EXISTS (SELECT FROM events)
    RETURNING "offset"
    """
)
