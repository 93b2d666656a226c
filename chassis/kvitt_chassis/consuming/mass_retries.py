"""Retries of many quarantined keys at once: let go a page at a time, in the background, with
progress; what has not been let go when one is stopped stays where it is.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.marks import lock_marks
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.database import Database
from kvitt_chassis.operating import audit

log = logging.getLogger(__name__)

DDL: tuple[str, ...] = (
    """
    CREATE TABLE mass_retries (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        region text,
        cause text,
        topic text,
        reason text,
        who text NOT NULL,
        begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        ended_at timestamptz,
        is_stopped boolean NOT NULL DEFAULT false,
        last_entry bigint NOT NULL,
        after_entry bigint NOT NULL DEFAULT 0,
        total bigint NOT NULL,
        released bigint NOT NULL DEFAULT 0
    )
    """,
    "CREATE INDEX ix_mass_retries_moved_at ON mass_retries (moved_at) WHERE ended_at IS NULL",
    "REVOKE ALL ON mass_retries FROM {api}",
    "ALTER TABLE parked_keys ADD COLUMN IF NOT EXISTS retried_in bigint",
    """
    CREATE INDEX IF NOT EXISTS ix_parked_keys_retried_in ON parked_keys (retried_in, state)
    WHERE retried_in IS NOT NULL
    """,
    "CREATE INDEX IF NOT EXISTS ix_parked_keys_cause ON parked_keys (state, cause, id)",
)
"""`last_entry` is the newest key that was there when it began, `after_entry` how far it has come.
`parked_keys.retried_in` is the last retry that let a key go. Times are real ones.
"""

PAGE: Final = 200
"""So many keys are let go in one transaction."""
AHEAD: Final = 400
"""So many of one retry are let go and not yet tried: those of other regions have their turn."""
MOST_AT_ONCE: Final = 10
"""So many may be under way for one region, or for whoever operates all."""
_IDLE_SECONDS: Final = 2.0
_WAIT_SECONDS: Final = 0.2
_PACE_SECONDS: Final = 0.02


class NoSuchRetry(LookupError):
    """There is no retry with this number, or it is another region's."""


class TooManyRetries(Exception):
    """As many as may be are under way: one of them ends first, or is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which quarantined keys: all where nothing is said, else those with this cause, topic, and
    reason.
    """

    region: RegionCode | None = None
    cause: Cause | None = None
    topic: str | None = None
    reason: str | None = None

    def plain(self) -> dict[str, str | None]:
        """As values of statements, and of the audit."""
        return {
            "region": self.region,
            "cause": self.cause,
            "topic": self.topic,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a retry has come. Of `released`, `settled` have left the park (or had somebody
    else's hand on them), `waiting` are being tried, `failed` are in quarantine again.
    """

    id: int
    region: str | None
    cause: str | None
    topic: str | None
    reason: str | None
    who: str
    begun_at: datetime
    ended_at: datetime | None
    is_stopped: bool
    total: int
    released: int
    waiting: int
    failed: int
    settled: int


# decision 0602: a retry of many lets go a page at a time
class MassRetries:
    """The retries of one service, and the job that keeps at them. `wake` lets the park be looked at
    at once. Several processes may work: each page is let go once.
    """

    name = "retries"

    def __init__(self, database: Database, *, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake

    async def begin(self, selection: Selection, *, who: str, why: str) -> Progress:
        """Begin to retry what is selected and in quarantine now. Raises TooManyRetries."""
        asked = selection.plain()
        async with self._database.unit() as unit:
            running = await unit.session.scalar(_RUNNING, {"region": selection.region})
            if int(running or 0) >= MOST_AT_ONCE:
                raise TooManyRetries
            row = (await unit.session.execute(_BEGIN, {**asked, "who": who})).one()
            about = {**asked, "retry": row.id, "keys": row.total}
            await audit.record(
                unit.session, who=who, what="quarantine.retry-many", why=why, about=about
            )
        return await self._one(row.id)

    async def stop(
        self, retry_id: int, *, who: str, why: str, region: RegionCode | None = None
    ) -> Progress:
        """Let no more of it go; one that has ended stays as it is. Raises NoSuchRetry."""
        async with self._database.unit() as unit:
            asked = {"id": retry_id, "region": region}
            found = (await unit.session.execute(_STOP, asked)).one_or_none()
            if found is not None:
                about = {"retry": retry_id, "released": found.released}
                await audit.record(
                    unit.session, who=who, what="quarantine.retry-stopped", why=why, about=about
                )
        return await self._one(retry_id, region=region)

    async def last(self, *, region: RegionCode | None = None, limit: int = 10) -> list[Progress]:
        """The latest retries, those that are under way first."""
        async with self._database.reading() as session:
            return await _progress(session, region=region, limit=limit)

    async def work(self) -> float:
        """Let a page of the retry go that has waited longest; answers how many seconds there is
        nothing to do.
        """
        async with self._database.unit() as unit:
            session = unit.session
            row = (await session.execute(_NEXT)).one_or_none()
            if row is None:
                return _IDLE_SECONDS
            ahead = int(await session.scalar(_AHEAD, {"id": row.id, "limit": AHEAD}) or 0)
            if ahead >= AHEAD:
                await session.execute(_TOUCH, {"id": row.id})
                return _WAIT_SECONDS
            released = await _let_go(session, row)
        self._wake()
        return _PACE_SECONDS if released else 0.0

    def remark(self) -> str | None:
        """Nothing that concerns who is ready."""
        return None

    async def _one(self, retry_id: int, *, region: RegionCode | None = None) -> Progress:
        async with self._database.reading() as session:
            found = await _progress(session, region=region, limit=1, retry_id=retry_id)
        if not found:
            raise NoSuchRetry(f"there is no retry {retry_id}")
        return found[0]


async def _let_go(session: AsyncSession, row: Any) -> int:
    selected = {"region": row.region, "cause": row.cause, "topic": row.topic, "reason": row.reason}
    here = {"after": row.after_entry, "last": row.last_entry, "limit": PAGE}
    found = (await session.execute(_PAGE, {**selected, **here})).all()
    if not found:
        await session.execute(_END, {"id": row.id})
        return 0
    await lock_marks(session, {(one.topic, one.key) for one in found})
    ids = [one.id for one in found]
    let_go = (await session.execute(_RELEASE, {"retry": row.id, "ids": ids})).all()
    moved = {"id": row.id, "after": ids[-1], "released": len(let_go)}
    await session.execute(_MOVE, moved)
    return len(let_go)


async def _progress(
    session: AsyncSession, *, region: RegionCode | None, limit: int, retry_id: int | None = None
) -> list[Progress]:
    asked = {"region": region, "limit": limit, "id": retry_id}
    rows = (await session.execute(_PROGRESS, asked)).mappings()
    return [
        Progress(**row, settled=row["released"] - row["waiting"] - row["failed"]) for row in rows
    ]


_SELECTED = """
      AND (CAST(:region AS text) IS NULL OR region = :region)
      AND (CAST(:cause AS text) IS NULL OR cause = :cause)
      AND (CAST(:topic AS text) IS NULL OR topic = :topic)
      AND (CAST(:reason AS text) IS NULL OR reason = :reason)
    """
_RUNNING = text(
    "SELECT count(*) FROM mass_retries WHERE ended_at IS NULL"
    " AND region IS NOT DISTINCT FROM CAST(:region AS text)"
)
_BEGIN = text(
    f"""
    INSERT INTO mass_retries (region, cause, topic, reason, who, last_entry, total, ended_at)
    SELECT CAST(:region AS text), CAST(:cause AS text), CAST(:topic AS text),
           CAST(:reason AS text), :who, coalesce(max(id), 0), count(*),
           CASE WHEN count(*) = 0 THEN clock_timestamp() END
    FROM parked_keys WHERE state = 'quarantined' {_SELECTED}
    RETURNING id, total
    """
)
_STOP = text(
    """
    UPDATE mass_retries SET ended_at = clock_timestamp(), is_stopped = true
    WHERE id = :id AND ended_at IS NULL AND (CAST(:region AS text) IS NULL OR region = :region)
    RETURNING released
    """
)
_NEXT = text(
    """
    SELECT id, region, cause, topic, reason, after_entry, last_entry FROM mass_retries
    WHERE ended_at IS NULL ORDER BY moved_at LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
    """
)
_AHEAD = text(
    """
    SELECT count(*) FROM (
        SELECT FROM parked_keys WHERE retried_in = :id AND state = 'waiting'
          AND next_at <= clock_timestamp() LIMIT :limit) AS ahead
    """
)
_PAGE = text(
    f"""
    SELECT id, topic, key FROM parked_keys
    WHERE state = 'quarantined' AND id > :after AND id <= :last {_SELECTED}
    ORDER BY id LIMIT :limit
    """
)
_RELEASE = text(
    """
    UPDATE parked_keys SET state = 'waiting', cause = 'behind', tries = 0,
        next_at = clock_timestamp(), retried_in = :retry
    WHERE id = ANY(CAST(:ids AS bigint[])) AND state = 'quarantined' RETURNING id
    """
)
_MOVE = text(
    """
    UPDATE mass_retries SET after_entry = :after, released = released + :released,
        moved_at = clock_timestamp()
    WHERE id = :id
    """
)
_TOUCH = text("UPDATE mass_retries SET moved_at = clock_timestamp() WHERE id = :id")
_END = text("UPDATE mass_retries SET ended_at = clock_timestamp() WHERE id = :id")
_PROGRESS = text(
    """
    SELECT id, region, cause, topic, reason, who, begun_at, ended_at, is_stopped, total, released,
           (SELECT count(*) FROM parked_keys k WHERE k.retried_in = r.id AND k.state = 'waiting')
               AS waiting,
           (SELECT count(*) FROM parked_keys k
            WHERE k.retried_in = r.id AND k.state = 'quarantined') AS failed
    FROM mass_retries r
    WHERE (CAST(:region AS text) IS NULL OR region = :region)
      AND (CAST(:id AS bigint) IS NULL OR id = :id)
    ORDER BY ended_at IS NOT NULL, id DESC LIMIT :limit
    """
)
