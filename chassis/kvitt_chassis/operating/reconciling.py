"""Reconciliation: the checks of a service, run each night and on demand, and what they found as
operators see it: a metric, a list, and a line of the log for each key. It mends nothing.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

from kvitt_contracts.calendar import STOCKHOLM
from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import driver, metrics
from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.consuming.replaying import Topics
from kvitt_chassis.database import Database
from kvitt_chassis.metrics import NO_REGION
from kvitt_chassis.operating import audit
from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference

log = logging.getLogger(__name__)

DIFFERENCES = metrics.declare(
    "gauge",
    "reconciliation_differences",
    "Things of which two records differed when they were compared last, by region; - has those of"
    " none, and is 0 when all is well.",
    "Not 0: kvitt verify last names them; docs/runbooks/reconciliation.md says what follows.",
    ("region", "check"),
    silent="this process has compared nothing yet",
)
FAILED = metrics.declare(
    "gauge",
    "reconciliation_failed",
    "1 when a comparison could not be made the last time.",
    "1: the log names the error; run it again with kvitt verify once that is mended.",
    ("check",),
    silent="this process has compared nothing yet",
)
RAN_AT = metrics.declare(
    "gauge",
    "reconciliation_ran_at_seconds",
    "When a comparison was made last, in seconds since 1970; 0 when this process has made none.",
    "Older than a day at every replica: the log says why the night's comparison has not run.",
    ("check",),
    silent="this process has compared nothing yet",
)

SHOWN = 200
"""So many differences of a region are named; the others are counted."""
NIGHTLY = "nightly"
"""Who runs what nobody has asked for."""

_AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check found the last time that it ran; `at` is None when it never has. `differences`
    are all of those who ask, `shown` the first ones; `failed` says why it could not be made.
    """

    check: str
    what: str
    at: datetime | None = None
    who: str | None = None
    differences: int = 0
    shown: tuple[dict[str, Any], ...] = ()
    failed: str | None = None


class UnknownCheck(Exception):
    """The service has no check of this name."""


# decision 0326: what is found is kept in the audit, and found again the next night
class Reconciliation:
    """The checks of one service. `database` has the worker's role."""

    def __init__(
        self, service: str, checks: Sequence[Check], *, database: Database, topics: Topics
    ) -> None:
        self._service = service
        self._checks = tuple(checks)
        self._database = database
        self._topics = topics
        self._running = asyncio.Lock()
        self._shown: dict[str, set[str]] = {}  # regions that had differences, by check

    @property
    def names(self) -> tuple[str, ...]:
        """The checks that there are."""
        return tuple(check.name for check in self._checks)

    async def run(
        self,
        *,
        who: str,
        why: str,
        only: Collection[str] = (),
        region: RegionCode | None = None,
    ) -> list[Outcome]:
        """Run the checks, or `only` these, one after the other; answers what they found, of one
        `region` where it is named. A check that fails stops no other one. Raises UnknownCheck.
        """
        if unknown := set(only) - set(self.names):
            raise UnknownCheck(", ".join(sorted(unknown)))
        chosen = [check for check in self._checks if not only or check.name in only]
        async with self._running:
            for check in chosen:
                await self._run(check, who=who, why=why)
        found = await self.last(region)
        return [one for one in found if not only or one.check in only]

    async def last(self, region: RegionCode | None = None) -> list[Outcome]:
        """What each check found the last time, of all regions or of one."""
        async with self._database.reading() as session:
            acts = {act.what: act for act in await _last_acts(session)}
        return [
            _outcome(check, acts.get(_act_of(check.name)), region=region) for check in self._checks
        ]

    async def every_night(self, at: time) -> None:
        """Run all checks once a night, from a Stockholm time of day on, in one of the service's
        processes; at once where the night's run was missed. Runs until it is cancelled.
        """
        while True:
            now = datetime.now(UTC)
            try:
                if await self._takes(last_due(now, at)):
                    await self.run(who=NIGHTLY, why=NIGHTLY)
                seconds = (next_due(now, at) - datetime.now(UTC)).total_seconds()
            except Exception as error:
                log.warning("the night's reconciliation is tried again: %s", describe(error))
                seconds = _AGAIN_SECONDS
            await asyncio.sleep(max(seconds, 0))

    async def _takes(self, due: datetime) -> bool:
        """True for the one process that takes the run which was due then, where there was anything
        to compare by then.
        """
        async with self._database.unit() as unit:
            await unit.session.execute(_LOCK)
            return (await unit.session.execute(_TAKE, {"due": due})).first() is not None

    async def _run(self, check: Check, *, who: str, why: str) -> None:
        found: list[Difference] = []
        failed = None
        try:
            # It reads everything: longer than a handler may take, and it locks nothing.
            async with driver.transaction(self._database.engine, _BEGIN, end="ROLLBACK") as session:
                found = await check.find(Snapshot(session, self._topics))
        except Exception as error:
            failed = describe(error)
            log.error("the check %s could not be made: %s", check.name, failed)
        self._tell(check, found, failed)
        about = {**_share_of_each_region(found), "failed": failed}
        async with self._database.unit() as unit:
            await audit.record(
                unit.session, who=who, what=_act_of(check.name), why=why, about=about
            )

    def _tell(self, check: Check, found: Sequence[Difference], failed: str | None) -> None:
        for one in found[:SHOWN]:
            log.error(
                "%s differ: %s of %s in %s, %s",
                check.what,
                one.key,
                one.table,
                one.region,
                ", ".join(one.fields),
            )
        labels = (self._service, check.name)
        FAILED.labels(*labels).set(0 if failed is None else 1)
        RAN_AT.labels(*labels).set_to_current_time()
        if failed is None:
            self._show(check, Counter(one.region for one in found))

    def _show(self, check: Check, counts: Mapping[str, int]) -> None:
        before = self._shown.get(check.name, set())
        self._shown[check.name] = {*counts}
        for region in {*before, *counts, NO_REGION}:
            DIFFERENCES.labels(self._service, region, check.name).set(counts.get(region, 0))


def last_due(now: datetime, at: time) -> datetime:
    """The latest instant, not after `now`, when Stockholm's clocks showed `at`."""
    today = now.astimezone(STOCKHOLM).date()
    due = datetime.combine(today, at, STOCKHOLM)
    return due if due <= now else datetime.combine(today - timedelta(days=1), at, STOCKHOLM)


def next_due(now: datetime, at: time) -> datetime:
    """The first instant after `now` when Stockholm's clocks show `at`."""
    today = now.astimezone(STOCKHOLM).date()
    due = datetime.combine(today, at, STOCKHOLM)
    return due if due > now else datetime.combine(today + timedelta(days=1), at, STOCKHOLM)


def _share_of_each_region(found: Sequence[Difference]) -> dict[str, Any]:
    """How many differences each region has, and the first of them."""
    counted = Counter(one.region for one in found)
    shown = {
        region: [asdict(one) for one in found if one.region == region][:SHOWN] for region in counted
    }
    return {"differences": counted, "shown": shown}


def _outcome(check: Check, act: audit.Act | None, *, region: RegionCode | None) -> Outcome:
    if act is None:
        return Outcome(check=check.name, what=check.what)
    about: Any = act.about
    mine = [one for one in about["differences"] if region in (None, one)]
    return Outcome(
        check=check.name,
        what=check.what,
        at=act.at,
        who=act.who,
        differences=sum(about["differences"][one] for one in mine),
        shown=tuple(line for one in sorted(mine) for line in about["shown"][one]),
        failed=about["failed"],
    )


async def _last_acts(session: AsyncSession) -> list[audit.Act]:
    rows = (await session.execute(_LAST)).mappings()
    return [audit.Act(**row) for row in rows]


def _act_of(check: str) -> str:
    return f"reconciliation.{check}"


_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL transaction_timeout = 0; "
    "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0"
)
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('kvitt.reconciliation'))")
_TAKE = text(
    """
    INSERT INTO audit (who, what, why, about)
    SELECT 'nightly', 'reconciliation-taken', 'nightly', CAST('{}' AS jsonb)
    WHERE EXISTS (SELECT FROM (SELECT recorded_at FROM events ORDER BY id LIMIT 1) AS first
                  WHERE recorded_at < :due)
      AND NOT EXISTS (SELECT FROM audit WHERE what = 'reconciliation-taken' AND at >= :due)
    RETURNING id
    """
)
_LAST = text(
    """
    SELECT DISTINCT ON (what) id, at, who, what, why, about FROM audit
    WHERE what LIKE 'reconciliation.%' ORDER BY what, id DESC
    """
)
