"""Timers: rows that become due on business time, handled in transactions like messages.

Which timers there are, and what they do, is declared in the services.
"""

import asyncio
import logging
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import Database, is_lock_trouble
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.handlers import Fault, Handlers
from kvitt_chassis.metrics import declare
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.unit_of_work import UnitOfWork

DDL: tuple[str, ...] = (
    """
    CREATE TABLE timers (
        timer text NOT NULL,
        region text NOT NULL,
        key uuid NOT NULL,
        due timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        not_before timestamptz,
        PRIMARY KEY (timer, region, key)
    )
    """,
    "CREATE INDEX ix_timers_due ON timers (due)",
)
"""`due` is business time; `not_before` is real time: when one whose handler failed is tried again.
"""

# decision 0005: timers fire in batches, and a refusal is a fault there
BATCH = 200
POLL_SECONDS = 0.5
_SOON = timedelta(seconds=10)  # what is due later is seen by the poll in time
HANDLER_SECONDS = 3.5
"""Shorter than the server lets a transaction idle: so the handler is named, not the connection."""
BACK_OFF_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0, 60.0)

_log = logging.getLogger(__name__)


class TimerTooSlow(Exception):
    """A timer's handler did not end within its seconds."""


class NobodyHandles(Exception):
    """A timer is due that no handler of this service is registered for, or whose row is not there
    though it is not set ahead.
    """


class Due(NamedTuple):
    """One row of `timers` that may be due; `wait`: seconds until it is, negative when late."""

    timer: str
    region: str
    key: UUID
    due: datetime
    wait: float


async def due(
    session: AsyncSession, names: Sequence[str], *, region: RegionCode, keys: Sequence[UUID]
) -> dict[str, datetime]:
    """When those of these timers become due that are set for one of these keys, the first first."""
    asked = {"names": list(names), "region": region, "keys": list(keys)}
    return {row.timer: row.due for row in await session.execute(_DUE_OF, asked)}


class TimerLoop:
    """Fires a service's timers. Several processes may run it: the lock of the aggregate's row
    decides which one fires.

    `database` has the worker role. A timer's row is deleted in the transaction of its effects; none
    is fired early, twice or after it was cancelled; none of a region that is out of service
    is fired before the region is in service again. A refusal is a fault here, since there is no
    sender to answer: a handler checks the state and returns when nothing is to be done.

    Slow ones are fired beside the others, one at a time: nobody waits for them.
    """

    def __init__(
        self,
        database: Database,
        handlers: Handlers,
        *,
        batch: int = BATCH,
        handler_seconds: float = HANDLER_SECONDS,
    ) -> None:
        self._database = database
        self._handlers = handlers
        self._batch = batch
        self._handler_seconds = handler_seconds
        self._quick = [name for name, (timer, _) in handlers.timers.items() if not timer.slow]
        self._service = database.service
        self._woken = {is_slow: asyncio.Event() for is_slow in (False, True)}
        self._ended = asyncio.Event()
        self._ended.set()
        self._is_stopping = False
        database.committed.append(self._after_commit)

    def wake(self) -> None:
        """Look for due timers at once: one was set, or business time was advanced."""
        for woken in self._woken.values():
            woken.set()

    def _after_commit(self, unit: UnitOfWork) -> None:
        if unit.soonest is not None and unit.soonest - unit.now < _SOON:
            self.wake()

    async def run(self) -> None:
        """Fire what becomes due until `stop` or cancellation. While the database is unavailable,
        tries again.
        """
        self._ended.clear()
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._go_on())
                both.create_task(self._go_on(slow=True))
        finally:
            self._ended.set()

    async def _go_on(self, *, slow: bool = False) -> None:
        while not self._is_stopping:
            pause = await self._round(slow=slow)
            if pause > 0:
                with suppress(TimeoutError):
                    async with asyncio.timeout(pause):
                        await self._woken[slow].wait()

    async def stop(self) -> None:
        """Finish the running transactions and let `run` return."""
        self._is_stopping = True
        self.wake()
        await self._ended.wait()

    async def due_count(self) -> int:
        """How many timers are due now, including those that wait for another try, without those of
        regions that are out of service.
        """
        async with self._database.reading() as session:
            return int((await session.execute(_COUNT, {"out": self._out()})).scalar_one())

    def _out(self) -> list[str]:
        return [str(region) for region in self._database.policies.out]

    # decision 0481: what is slow is fired beside what somebody waits for
    async def _round(self, *, slow: bool = False) -> float:
        """Fire one batch of the slow ones or of the others; answer how many seconds to wait."""
        self._woken[slow].clear()
        try:
            async with self._database.reading() as session:
                wanted = {
                    "limit": self._batch,
                    "ahead": POLL_SECONDS,
                    "out": self._out(),
                    "quick": self._quick,
                    "slow": slow,
                }
                found = await session.execute(_DUE, wanted)
                rows = [Due(*row) for row in found]
            due = [row for row in rows if row.wait <= 0]
            if not due:
                return max(min((row.wait for row in rows), default=POLL_SECONDS), 0.001)
            return await (self._fire_slow(due) if slow else self._fire(due))
        except Exception as error:
            _log.warning("%s: timers could not be read: %s", self._service, describe(error))
            return POLL_SECONDS

    async def _fire(self, due: Sequence[Due]) -> float:
        """All in one transaction; if that fails, each in its own, so that one does not affect the
        others.
        """
        try:
            await self._fire_together(due)
        except Exception as error:
            if is_lock_trouble(error):
                return random.uniform(0.05, 0.25)
            for one in due:
                await self._fire_alone(one)
        return 0.0

    async def _fire_slow(self, due: Sequence[Due]) -> float:
        """Each in its own transaction, for as long as what was read of them is fresh: whose region
        goes out of service meanwhile is not fired.
        """
        began = monotonic()
        for one in due:
            await self._fire_alone(one)
            if monotonic() - began > POLL_SECONDS:
                break
        return 0.0

    async def _fire_alone(self, one: Due) -> None:
        if self._is_stopping:
            return
        try:
            await self._fire_together([one])
        except Exception as error:
            if not is_lock_trouble(error) and not await self._is_mended(one, error):
                await self._back_off(one)

    async def _fire_together(self, due: Sequence[Due]) -> None:
        fired: list[Due] = []
        async with self._database.unit() as unit:
            begun = {one: _begin(unit, one) for one in due}
            # The aggregates first, then the timers' own rows: in the same order as who cancels one.
            await unit.load_ahead(
                [
                    (self._handlers.timers[one.timer][0].route, one.key, begun[one])
                    for one in due
                    if one.timer in self._handlers.timers
                ]
            )
            for one in await _remove(unit, due):
                # A handler before in this transaction may have cancelled it, or set it anew.
                if (one.timer, one.region, one.key) not in unit.scheduled:
                    await self._handle(begun[one], one)
                    fired.append(one)
            failpoint("timers.before_commit")
        failpoint("timers.after_commit")
        for one in fired:
            _FIRED.labels(self._service, one.timer).inc()
            _LATE.labels(self._service).observe(max(-one.wait, 0.0))

    async def _handle(self, tx: Transaction, one: Due) -> None:
        if one.timer not in self._handlers.timers:
            raise NobodyHandles(one.timer)
        timer, handler = self._handlers.timers[one.timer]
        row = await tx.find(timer.locks, one.key)
        if row is None and timer.set_ahead:
            return
        if row is None:
            raise NobodyHandles(f"{one.timer} of a {timer.locks.__name__} that is not there")
        try:
            async with asyncio.timeout(self._handler_seconds) as budget:
                await handler(row, one.due, tx)
        except TimeoutError as error:
            if budget.expired():
                raise TimerTooSlow(one.timer) from error
            raise

    async def _is_mended(self, one: Due, error: Exception) -> bool:
        """Count a failure, and let the service change what its timer is to do next: True when the
        timer may be fired at once.
        """
        _FAILED.labels(self._service, one.timer).inc()
        reason = describe(error)  # its text may hold what a person wrote
        _log.error("%s: timer %s of %s failed: %s", self._service, one.timer, one.key, reason)
        if one.timer not in self._handlers.faults:
            return False
        try:
            async with self._database.unit() as unit, asyncio.timeout(self._handler_seconds):
                return await self._mend(unit, one, reason)
        except Exception as fault:
            _log.error("%s: timer %s: %s", self._service, one.timer, describe(fault))
            return False

    async def _mend(self, unit: UnitOfWork, one: Due, reason: str) -> bool:
        timer, tx = self._handlers.timers[one.timer][0], _begin(unit, one)
        row = await tx.find(timer.locks, one.key)
        attempts = (await unit.session.execute(_ATTEMPTS, _named(one))).scalar_one_or_none()
        if row is None or attempts is None:  # gone; fired, cancelled or set anew meanwhile
            return False
        fault = Fault(reason, attempts=attempts + 1)
        is_mended = await self._handlers.faults[one.timer](row, fault, tx)
        if is_mended:
            await unit.session.execute(_TRY_ANEW, _named(one))
        return is_mended

    async def _back_off(self, one: Due) -> None:
        """Store when a failed timer is tried again: after a restart, too, not earlier."""
        with suppress(Exception):  # a database that is gone meanwhile: then it is due as before
            async with self._database.unit() as unit:
                pauses = {"pauses": list(BACK_OFF_SECONDS)}
                await unit.session.execute(_BACK_OFF, _named(one) | pauses)


def _begin(unit: UnitOfWork, one: Due) -> Transaction:
    return unit.begin(region=RegionCode(one.region), subject=str(one.key), target=one.key)


def _named(one: Due) -> dict[str, object]:
    """What finds its row, unless that was set to another instant since."""
    return {"timer": one.timer, "region": one.region, "key": one.key, "due": one.due}


async def _remove(unit: UnitOfWork, due: Sequence[Due]) -> list[Due]:
    """Delete timers; answers those that were still set to that instant, in the order of their
    instants.
    """
    removed = await unit.session.execute(
        _REMOVE,
        {
            "timer": [one.timer for one in due],
            "region": [one.region for one in due],
            "key": [one.key for one in due],
            "due": [one.due for one in due],
        },
    )
    still_set = {tuple(row) for row in removed}
    return [one for one in due if (one.timer, one.region, one.key) in still_set]


_FIRED = declare(
    "counter",
    "timers_fired",
    "Timers whose effects are committed.",
    "None needed.",
    ["timer"],
    silent="nothing was due since the process began",
)
_LATE = declare(
    "histogram",
    "timers_late_seconds",
    "How late on business time a timer was fired; large after a move of business time.",
    "Look at timers_failed and at the database's locks.",
    silent="nothing was due since the process began",
)
_FAILED = declare(
    "counter",
    "timers_failed",
    "How often a timer's handler failed. It is tried again, at last once a minute.",
    "The log names the timer and the aggregate: mend the handler or the state.",
    ["timer"],
    silent="no timer failed since the process began",
)

_COUNT = text(
    """
    SELECT count(*) FROM timers WHERE due <= clock_timestamp() + (SELECT "offset" FROM clock)
       AND region <> ALL(CAST(:out AS text[]))
    """
)
_DUE_OF = text(
    """
    SELECT timer, due FROM timers
    WHERE timer = ANY(CAST(:names AS text[])) AND region = :region
      AND key = ANY(CAST(:keys AS uuid[]))
    ORDER BY due
    """
)
# what is slow or unknown here, however much of it is due, is in nobody's way
_DUE = text(
    """
    WITH business AS (SELECT clock_timestamp() + "offset" AS now FROM clock)
    SELECT timer, region, key, due,
           CAST(extract(epoch FROM due - (SELECT now FROM business)) AS float) AS wait
    FROM timers
    WHERE due <= (SELECT now FROM business) + make_interval(secs => :ahead)
      AND region <> ALL(CAST(:out AS text[]))
      AND (not_before IS NULL OR not_before <= clock_timestamp()
           -- no wait is that long: the clock has gone back since
           OR not_before > clock_timestamp() + interval '3 minutes')
      AND (timer = ANY(CAST(:quick AS text[]))) <> CAST(:slow AS boolean)
    ORDER BY due, timer, region, key
    LIMIT :limit
    """
)
_REMOVE = text(
    """
    DELETE FROM timers
    USING unnest(CAST(:timer AS text[]), CAST(:region AS text[]), CAST(:key AS uuid[]),
                 CAST(:due AS timestamptz[])) AS fired(timer, region, key, due)
    WHERE timers.timer = fired.timer AND timers.region = fired.region
      AND timers.key = fired.key AND timers.due = fired.due
    RETURNING timers.timer, timers.region, timers.key
    """
)
_ATTEMPTS = text(
    """
    SELECT attempts FROM timers
    WHERE timer = :timer AND region = :region AND key = :key AND due = :due
    """
)
_TRY_ANEW = text(
    """
    UPDATE timers SET attempts = 0, not_before = NULL
    WHERE timer = :timer AND region = :region AND key = :key AND due = :due
    """
)
_BACK_OFF = text(
    """
    UPDATE timers SET attempts = attempts + 1,
        not_before = clock_timestamp() + make_interval(secs =>
            (CAST(:pauses AS float[]))[least(attempts + 1, cardinality(CAST(:pauses AS float[])))]
            * (0.8 + 0.4 * random()))
    WHERE timer = :timer AND region = :region AND key = :key AND due = :due
    """
)
