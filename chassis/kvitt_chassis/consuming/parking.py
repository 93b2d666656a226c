"""The park (a dead-letter store per key): keys whose first message could not be settled, and what
came for them since, encrypted. Tables and statements; the loop is in drain.py.

Whoever appends, drains or discards holds the lock of the key's mark.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import RETRY_POLICIES, State, when_parked, when_tried
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.driver import Part, fetch, fetch_together
from kvitt_chassis.sealing import Sealer

BY_REGION = """
    CREATE INDEX IF NOT EXISTS ix_parked_keys_region ON parked_keys (coalesce(region, ''), next_at)
    WHERE state = 'waiting'
    """
DDL: tuple[str, ...] = (
    """
    CREATE TABLE parked_keys (
        id bigint GENERATED ALWAYS AS IDENTITY,
        topic text NOT NULL,
        key text NOT NULL,
        region text,
        state text NOT NULL,
        cause text NOT NULL,
        reason text NOT NULL,
        field text,
        tries integer NOT NULL DEFAULT 0,
        parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        next_at timestamptz,
        untold boolean NOT NULL DEFAULT false,
        CONSTRAINT pk_parked_keys PRIMARY KEY (topic, key),
        CONSTRAINT ck_parked_keys_state CHECK (state IN ('waiting', 'quarantined'))
    )
    """,
    "CREATE UNIQUE INDEX ux_parked_keys_id ON parked_keys (id)",
    "CREATE INDEX ix_parked_keys_next_at ON parked_keys (next_at) WHERE state = 'waiting'",
    "CREATE INDEX ix_parked_keys_untold ON parked_keys (id) WHERE untold",
    BY_REGION,
    """
    CREATE TABLE parked_messages (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        topic text NOT NULL,
        key text NOT NULL,
        seq bigint,
        event_id uuid,
        type text,
        source text,
        partition integer NOT NULL,
        position bigint NOT NULL,
        sealed bytea NOT NULL,
        told text,
        arrived_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_parked_messages_place UNIQUE (topic, partition, position)
    )
    """,
    "CREATE INDEX ix_parked_messages_key ON parked_messages (topic, key, seq, id)",
    "CREATE INDEX ix_parked_messages_untold ON parked_messages (topic, key, id) WHERE told IS NULL",
    "REVOKE ALL ON parked_keys, parked_messages FROM {api}",
)
"""`parked_messages.told` is what the message's sender has been told: `waiting`, or the cause and
the field of its quarantine. `parked_keys.untold` is set where somebody is to be told of a key that
is quarantined (telling.py).
"""
CHANGES: tuple[str, ...] = (
    "ALTER TABLE parked_messages ADD COLUMN IF NOT EXISTS told text",
    "ALTER TABLE parked_keys ADD COLUMN IF NOT EXISTS untold boolean NOT NULL DEFAULT false",
    # what was quarantined before is told as well
    "UPDATE parked_keys SET untold = true WHERE state = 'quarantined'",
    "CREATE INDEX IF NOT EXISTS ix_parked_keys_untold ON parked_keys (id) WHERE untold",
    """
    CREATE INDEX IF NOT EXISTS ix_parked_messages_untold
        ON parked_messages (topic, key, id) WHERE told IS NULL
    """,
)
"""What a database of an earlier release lacks."""

TopicKey = tuple[str, str]
"""A topic of the catalogue and a key."""


class HeadGone(Exception):
    """Another process, or an operator, has settled this message meanwhile: this transaction is
    rolled back.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first message of a parked key."""

    entry_id: int
    message_id: int
    topic: str
    key: str
    state: State
    cause: Cause
    tries: int
    age: float  # seconds of real time since the key was parked
    sequence: int | None
    event_id: UUID | None
    source: str | None
    sealed: bytes
    told: str | None = None  # what its sender has been told

    @property
    def place(self) -> TopicKey:
        return (self.topic, self.key)


async def append(
    session: AsyncSession,
    new: Sequence[tuple[Incoming, Cause, str, str | None]],
    *,
    sealer: Sealer,
) -> None:
    """Park messages behind those of their keys that are parked already; `(incoming, cause, reason,
    field)` of a key's first one is stored with the key. The keys' marks must be locked.
    """
    first: dict[TopicKey, tuple[Incoming, Cause, str, str | None]] = {}
    for one in new:
        first.setdefault((one[0].topic, one[0].key), one)
    await session.execute(_PARK_KEY, [_key_row(*first[place]) for place in sorted(first)])
    messages = [one[0] for one in new]
    envelopes = [one.envelope for one in messages]
    await session.execute(
        _PARK_MESSAGES,
        {
            "topic": [one.topic for one in messages],
            "key": [one.key for one in messages],
            "seq": [one.facts.sequence for one in messages],
            "event_id": [one.id if one else None for one in envelopes],
            "type": [one.type if one else None for one in envelopes],
            "source": [one.source if one else None for one in envelopes],
            "partition": [one.record.partition for one in messages],
            "position": [one.record.offset for one in messages],
            "sealed": [sealer.seal(one.record) for one in messages],
        },
    )


def _key_row(incoming: Incoming, cause: Cause, reason: str, field: str | None) -> dict[str, object]:
    next_try = when_parked(cause)
    return {
        "topic": incoming.topic,
        "key": incoming.key,
        "region": str(incoming.region) if incoming.region else None,
        "state": next_try.state,
        "cause": cause,
        "reason": reason,
        "field": field,
        "wait": next_try.wait,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A waiting key whose next try is due. `region` is empty where it is unknown."""

    place: TopicKey
    region: str
    cause: Cause
    age: float  # seconds of real time since it was parked

    @property
    def may_wait(self) -> bool:
        """True while it waits for what is not known, and that may still come."""
        is_over = RETRY_POLICIES[Cause.NOT_YET_KNOWN].is_over(tries=0, age=self.age)
        return self.cause is Cause.NOT_YET_KNOWN and not is_over


async def due(session: AsyncSession, *, limit: int) -> list[Due]:
    """Waiting keys whose next try is due: one of each region in turn, each region's longest overdue
    first. A region costs `limit` rows at most, however many wait.
    """
    rows = await session.execute(_DUE, {"limit": limit})
    return [
        Due(place=(row.topic, row.key), region=row.region, cause=Cause(row.cause), age=row.age)
        for row in rows.all()
    ]


async def seconds_to_next(session: AsyncSession) -> float | None:
    """Seconds until the next waiting key is due; None when none waits."""
    seconds = (await session.execute(_NEXT)).scalar_one_or_none()
    return None if seconds is None else max(0.0, float(seconds))


async def head_of(session: AsyncSession, place: TopicKey) -> Head | None:
    """A parked key's first message: the lowest sequence, else the first that came. None when
    nothing is parked.
    """
    return next(iter(await heads_of(session, [place])), None)


async def heads_of(session: AsyncSession, places: Sequence[TopicKey]) -> list[Head]:
    """The first message of each of these keys, in any order; none of a key that is not parked."""
    rows = await fetch(session, _HEADS, [one[0] for one in places], [one[1] for one in places])
    return [
        Head(
            entry_id=row["entry_id"],
            message_id=row["message_id"],
            topic=row["topic"],
            key=row["key"],
            state=State(row["state"]),
            cause=Cause(row["cause"]),
            tries=row["tries"],
            age=float(row["age"]),
            sequence=row["seq"],
            event_id=row["event_id"],
            source=row["source"],
            sealed=row["sealed"],
            told=row["told"],
        )
        for row in rows
    ]


async def remove(session: AsyncSession, *heads: Head) -> None:
    """Take settled first messages of different keys out of the park; the next one of each key is
    due now. Raises HeadGone.
    """
    ids = [head.message_id for head in heads]
    at = ([head.topic for head in heads], [head.key for head in heads])
    gone = await fetch_together(
        session,
        [
            Part(_NEXT_HEADS, (*at, ids, Cause.BEHIND)),
            Part(_DELETE_KEYS, (*at, ids)),
            Part(_DELETE_MESSAGES, (ids,)),
        ],
    )
    if len(gone) < len(ids):
        raise HeadGone


async def reschedule(
    session: AsyncSession, head: Head, cause: Cause, reason: str, field: str | None
) -> State:
    """The first message has failed again: store when it is tried next, or that the key is
    quarantined. Answers the key's new state.
    """
    next_try = when_tried(cause, before=head.cause, tries=head.tries, age=head.age)
    await session.execute(
        _RESCHEDULE,
        {
            "topic": head.topic,
            "key": head.key,
            "state": next_try.state,
            "cause": cause,
            "reason": reason,
            "field": field,
            "tries": next_try.tries,
            "wait": next_try.wait,
        },
    )
    return next_try.state


async def postpone(session: AsyncSession, places: Sequence[TopicKey], seconds: float) -> None:
    """Try waiting keys `seconds` later, without counting it as a try. Needs no lock of
    the marks.
    """
    at = sorted(places)
    values = {"topics": [one[0] for one in at], "keys": [one[1] for one in at], "seconds": seconds}
    await session.execute(_POSTPONE, values)


async def try_now(session: AsyncSession, place: TopicKey) -> None:
    """Let a parked key be tried at once, its tries counted anew."""
    await session.execute(_TRY_NOW, {"topic": place[0], "key": place[1]})


async def try_again(
    session: AsyncSession, causes: Collection[Cause], *, except_for: Iterable[RegionCode] = ()
) -> int:
    """Let every key that is quarantined with one of `causes` be tried at once, except for those of
    some regions. Answers how many.
    """
    values = {"causes": [str(one) for one in causes], "out": [str(one) for one in except_for]}
    found = await session.execute(_TRY_AGAIN, values)
    return int(getattr(found, "rowcount", 0))


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedCounts:
    """How many keys and messages are parked, since when the oldest is, and of how many quarantined
    keys somebody is still to be told.
    """

    waiting_keys: int
    quarantined_keys: int
    messages: int
    oldest: datetime | None
    untold: int


async def count_parked(session: AsyncSession, *, region: RegionCode | None = None) -> ParkedCounts:
    """Count what is parked: all of it, or one region's."""
    row = (await session.execute(_COUNT_PARKED, {"region": region})).one()
    return ParkedCounts(
        waiting_keys=row.waiting,
        quarantined_keys=row.quarantined,
        messages=row.messages,
        oldest=row.oldest,
        untold=row.untold,
    )


_PARK_KEY = text(
    """
    INSERT INTO parked_keys AS known
        (topic, key, region, state, cause, reason, field, next_at, untold)
    VALUES (:topic, :key, :region, :state, :cause, :reason, :field,
            clock_timestamp() + make_interval(secs => CAST(:wait AS double precision)),
            :state = 'quarantined')
    ON CONFLICT (topic, key) DO UPDATE
       -- a missing number may have come: a key that waits for one looks again
       SET state = CASE known.cause WHEN 'gap' THEN 'waiting' ELSE known.state END,
           next_at = CASE known.cause WHEN 'gap' THEN clock_timestamp() ELSE known.next_at END,
           untold = known.state = 'quarantined'
       WHERE known.cause = 'gap' OR known.state = 'quarantined' AND NOT known.untold
    """
)
_PARK_MESSAGES = text(
    """
    INSERT INTO parked_messages (topic, key, seq, event_id, type, source, partition, position,
        sealed)
    SELECT * FROM unnest(
        CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:seq AS bigint[]),
            CAST(:event_id AS uuid[]), CAST(:type AS text[]),
        CAST(:source AS text[]), CAST(:partition AS integer[]), CAST(:position AS bigint[]),
            CAST(:sealed AS bytea[]))
    ON CONFLICT (topic, partition, position) DO NOTHING
    """
)
_DUE = text(
    """
    WITH RECURSIVE regions (region) AS (
        (SELECT coalesce(region, '') FROM parked_keys WHERE state = 'waiting' ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (SELECT coalesce(p.region, '') FROM parked_keys p
                WHERE p.state = 'waiting' AND coalesce(p.region, '') > regions.region
                ORDER BY 1 LIMIT 1)
        FROM regions WHERE regions.region IS NOT NULL
    )
    SELECT topic, key, regions.region, cause,
           extract(epoch FROM clock_timestamp() - parked_at)::float8 AS age
    FROM regions CROSS JOIN LATERAL (
        SELECT *, row_number() OVER (ORDER BY next_at) AS turn FROM (
            (SELECT * FROM parked_keys p
             WHERE p.state = 'waiting' AND coalesce(p.region, '') = regions.region
               AND next_at <= clock_timestamp() ORDER BY next_at LIMIT :limit)
            UNION ALL
            -- no wait is that long: the clock has gone back since
            (SELECT * FROM parked_keys p
             WHERE p.state = 'waiting' AND coalesce(p.region, '') = regions.region
               AND next_at > clock_timestamp() + interval '3 minutes' LIMIT :limit)
        ) AS of_the_region
    ) AS found
    ORDER BY turn, next_at LIMIT :limit
    """
)
_NEXT = text(
    """
    SELECT CASE WHEN max(next_at) > clock_timestamp() + interval '3 minutes' THEN 0
                ELSE extract(epoch FROM min(next_at) - clock_timestamp()) END
    FROM parked_keys WHERE state = 'waiting'
    """
)
_HEADS = """
    SELECT k.id AS entry_id, m.id AS message_id, k.topic, k.key, k.state, k.cause, k.tries,
           extract(epoch FROM clock_timestamp() - k.parked_at) AS age, m.seq, m.event_id,
               m.source, m.sealed, m.told
    FROM unnest($1::text[], $2::text[]) AS wanted(topic, key)
    JOIN parked_keys k USING (topic, key)
    CROSS JOIN LATERAL (
        SELECT * FROM parked_messages m WHERE m.topic = k.topic AND m.key = k.key
        -- what has no number that can be read came before what stands behind it
        ORDER BY m.seq NULLS FIRST, m.id LIMIT 1
    ) AS m
    """
_NEXT_HEADS = """
    UPDATE parked_keys k SET state = 'waiting', cause = $4,
        reason = 'stood behind a parked message', field = NULL,
           tries = 0, next_at = clock_timestamp()
    FROM unnest($1::text[], $2::text[]) AS settled(topic, key)
    WHERE k.topic = settled.topic AND k.key = settled.key
      AND EXISTS (SELECT 1 FROM parked_messages m
                  WHERE m.topic = k.topic AND m.key = k.key AND m.id <> ALL($3::bigint[]))
    """
_DELETE_KEYS = """
    DELETE FROM parked_keys k USING unnest($1::text[], $2::text[]) AS settled(topic, key)
    WHERE k.topic = settled.topic AND k.key = settled.key
      AND NOT EXISTS (SELECT 1 FROM parked_messages m
                      WHERE m.topic = k.topic AND m.key = k.key AND m.id <> ALL($3::bigint[]))
    """
_DELETE_MESSAGES = "DELETE FROM parked_messages WHERE id = ANY($1::bigint[]) RETURNING id"
_RESCHEDULE = text(
    """
    UPDATE parked_keys SET state = :state, cause = :cause, reason = :reason, field = :field,
        tries = :tries, untold = untold OR :state = 'quarantined',
           parked_at = CASE WHEN cause = 'behind' THEN clock_timestamp() ELSE parked_at END,
           next_at = clock_timestamp() + make_interval(secs => CAST(:wait AS double precision))
    WHERE topic = :topic AND key = :key
    """
)
_POSTPONE = text(
    """
    UPDATE parked_keys SET next_at = clock_timestamp() + make_interval(secs => :seconds)
    WHERE (topic, key) IN (SELECT * FROM unnest(CAST(:topics AS text[]), CAST(:keys AS text[])))
      AND state = 'waiting'
    """
)
_TRY_NOW = text(
    """
    UPDATE parked_keys SET state = 'waiting', cause = 'behind', tries = 0,
        next_at = clock_timestamp()
    WHERE topic = :topic AND key = :key
    """
)
_TRY_AGAIN = text(
    """
    UPDATE parked_keys SET state = 'waiting', cause = 'behind', tries = 0,
        next_at = clock_timestamp()
    WHERE state = 'quarantined' AND cause = ANY(CAST(:causes AS text[]))
      AND (region IS NULL OR region <> ALL(CAST(:out AS text[])))
    """
)
_COUNT_PARKED = text(
    """
    SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting,
        count(*) FILTER (WHERE state = 'quarantined') AS quarantined,
        count(*) FILTER (WHERE untold AND state = 'quarantined') AS untold,
           (SELECT count(*) FROM parked_messages
            WHERE CAST(:region AS text) IS NULL OR (topic, key) IN
                  (SELECT topic, key FROM parked_keys WHERE region = :region)) AS messages,
           min(parked_at) AS oldest
    FROM parked_keys
    WHERE CAST(:region AS text) IS NULL OR region = :region
    """
)
