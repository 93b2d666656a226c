"""The service's event log, which is its outbox (transactional outbox): the table, and what an
operator reads and changes of it.

Rows are inserted by recording.py and published by relay.py. Nothing here inserts an event.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

DDL: tuple[str, ...] = (
    """
    CREATE TABLE events (
        id bigint GENERATED ALWAYS AS IDENTITY (CACHE 1) PRIMARY KEY,
        xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
        event_id uuid NOT NULL,
        region text NOT NULL,
        topic text NOT NULL,
        key text NOT NULL,
        seq bigint NOT NULL CONSTRAINT ck_events_seq CHECK (seq > 0),
        type text NOT NULL,
        time timestamptz NOT NULL,
        correlation_id text,
        causation_id text,
        actor text,
        traceparent text,
        payload text NOT NULL CONSTRAINT ck_events_contract_limit
            CHECK (octet_length(payload) <= 262144),
        recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        CONSTRAINT uq_events_topic_key_seq UNIQUE (topic, key, seq)
    )
    """,
    # The relay reads by the transaction that wrote, and sorts and cuts pages by id.
    "CREATE INDEX ix_events_xid_id ON events (xid, id)",
    "REVOKE UPDATE, DELETE ON events FROM {api}, {worker}",
    # To lock out writers while an operator re-bases the relay; permits no change of a row.
    "GRANT MAINTAIN ON events TO {worker}",
    """
    CREATE TABLE relay (
        single boolean PRIMARY KEY DEFAULT true CONSTRAINT ck_relay_only CHECK (single),
        epoch bigint NOT NULL DEFAULT 0,
        holder text NOT NULL DEFAULT '',
        leased_until timestamptz NOT NULL DEFAULT '-infinity',
        resent_id bigint NOT NULL DEFAULT 0,
        base_id bigint NOT NULL DEFAULT 0,
        s1 pg_snapshot NOT NULL DEFAULT '3:3:',
        s2 pg_snapshot,
        last_id bigint NOT NULL DEFAULT 0,
        system_identifier text,
        timeline text,
        cluster_id text
    )
    """,
    "INSERT INTO relay DEFAULT VALUES",
    "REVOKE ALL ON relay FROM {api}",
    "REVOKE INSERT, DELETE ON relay FROM {worker}",
)
"""`3:3:` is the snapshot in which nothing is visible: a new relay sends from the first row on."""


class OutboxRow(NamedTuple):
    """One row of `events`, as it is published. `time` is business time, `recorded_at` real time."""

    id: int
    event_id: UUID
    region: str
    topic: str
    key: str
    seq: int
    type: str
    time: datetime
    correlation_id: str | None
    causation_id: str | None
    actor: str | None
    traceparent: str | None
    payload: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxStatus:
    """How far the log is published. `unsent` is counted up to COUNTED; COUNTED + 1 means more."""

    unsent: int
    oldest_unsent_seconds: float
    holder: str
    lease_seconds_left: float
    last_id: int


COUNTED = 10_000


async def status(session: AsyncSession, *, region: RegionCode | None = None) -> OutboxStatus:
    """How far the relay has published, for the worker role; the stored cursor is at most
    0.1 s old. With a `region`, of what is unsent that region's is counted.
    """
    asked = {"limit": COUNTED + 1, "region": region}
    row = (await session.execute(_STATUS, asked)).one()
    return OutboxStatus(
        unsent=row.unsent,
        oldest_unsent_seconds=float(row.oldest_unsent_seconds),
        holder=row.holder,
        lease_seconds_left=float(row.lease_seconds_left),
        last_id=row.last_id,
    )


# decision 0260: the last numbers of a topic are answered in pages
async def last_numbers(
    session: AsyncSession, topic: str, *, after: str = "", limit: int
) -> list[tuple[str, int]]:
    """(key, last sequence) of the first `limit` keys of a topic after a key, in the database's
    order of keys: a reader that lost the last ones sees no gap by itself. A page costs what its
    keys are, however long the log and the story of each key.
    """
    page = {"topic": topic, "after": after, "limit": limit}
    found = await session.execute(_LAST_NUMBERS, page)
    return [(row.key, row.seq) for row in found]


async def of_key(
    session: AsyncSession,
    topic: str,
    key: str,
    *,
    from_seq: int = 1,
    limit: int = 1_000,
    region: RegionCode | None = None,
) -> list[OutboxRow]:
    """The events of one aggregate from a sequence on, in order: its history, or what to publish
    again. With a `region`, none of another's.
    """
    asked = {"topic": topic, "key": key, "from_seq": from_seq, "limit": limit, "region": region}
    found = await session.execute(_OF_KEY, asked)
    return [OutboxRow(*row) for row in found]


# decision 0003: an operator decides what is sent after a restore
async def rebase(session: AsyncSession, *, resend: Literal["nothing", "everything"] | int) -> int:
    """Let the relay go on from here, in this database and to the Kafka cluster that it finds.

    Decided by an operator after a restore, a promotion or a change of cluster. `resend`: which of
    the rows that are here are published (again): none, all, or those after an id. Consumers
    recognise by their marks what they have seen. Waits until no transaction is inserting an event.
    Answers how many rows will be published. The caller commits; a running relay loses its lease.
    """
    await session.execute(text("LOCK TABLE events IN SHARE MODE"))
    after = {"nothing": None, "everything": 0}[resend] if isinstance(resend, str) else resend
    rebased = (await session.execute(_REBASE, {"after": after})).one()
    return int(rebased.resent)


COLUMNS = (
    "id, event_id, region, topic, key, seq, type, time, correlation_id, causation_id, actor, "
    "traceparent, payload, recorded_at"
)
"""The fields of OutboxRow, in their order."""

_STATUS = text(
    """
    WITH cursor AS (
        SELECT *, ARRAY(SELECT pg_snapshot_xip(s1)) AS xip, pg_snapshot_xmax(s1) AS xmax FROM relay
    ), unsent AS (
        SELECT recorded_at FROM (
            SELECT e.id, e.xid, e.region, e.recorded_at FROM cursor c, events e
            WHERE e.xid = ANY (c.xip)
            UNION ALL
            SELECT e.id, e.xid, e.region, e.recorded_at FROM cursor c, events e
            WHERE e.xid >= c.xmax
        ) AS since, cursor c
        WHERE since.id > c.base_id
          AND (CAST(:region AS text) IS NULL OR since.region = :region)
          AND NOT (c.s2 IS NOT NULL AND since.id <= c.last_id
                   AND pg_visible_in_snapshot(since.xid, c.s2))
        UNION ALL
        SELECT e.recorded_at FROM cursor c, events e WHERE e.id > c.resent_id AND e.id <= c.base_id
          AND (CAST(:region AS text) IS NULL OR e.region = :region)
        LIMIT :limit
    )
    SELECT (SELECT count(*) FROM unsent) AS unsent,
           extract(epoch FROM coalesce(clock_timestamp() - (SELECT min(recorded_at) FROM unsent),
                                       '0'::interval)) AS oldest_unsent_seconds,
           holder, last_id,
           CASE WHEN leased_until = '-infinity' THEN 0
                ELSE greatest(extract(epoch FROM leased_until - clock_timestamp()), 0)
           END AS lease_seconds_left
    FROM cursor
    """.replace("::", "\\:\\:")
)
# from key to key and to the end of each: two steps down the index, whatever lies between
_LAST_NUMBERS = text(
    """
    WITH RECURSIVE keys AS (
        (SELECT key FROM events WHERE topic = :topic AND key > :after ORDER BY key LIMIT 1)
        UNION ALL
        SELECT (SELECT next.key FROM events next
                WHERE next.topic = :topic AND next.key > keys.key ORDER BY next.key LIMIT 1)
        FROM keys WHERE keys.key IS NOT NULL
    )
    SELECT key, (SELECT max(seq) FROM events last
                 WHERE last.topic = :topic AND last.key = keys.key) AS seq
    FROM keys WHERE key IS NOT NULL LIMIT :limit
    """
)
_OF_KEY = text(
    f"SELECT {COLUMNS} FROM events WHERE topic = :topic AND key = :key AND seq >= :from_seq "
    "AND (CAST(:region AS text) IS NULL OR region = :region) ORDER BY seq LIMIT :limit"
)
_REBASE = text(
    """
    UPDATE relay SET epoch = epoch + 1, holder = '', leased_until = '-infinity',
        s1 = pg_current_snapshot(), s2 = NULL, last_id = 0,
        base_id = (SELECT coalesce(max(id), 0) FROM events),
        resent_id = coalesce(CAST(:after AS bigint), (SELECT coalesce(max(id), 0) FROM events)),
        system_identifier = NULL, timeline = NULL, cluster_id = NULL
    RETURNING (SELECT count(*) FROM events
               WHERE id > coalesce(CAST(:after AS bigint), 9223372036854775807)) AS resent
    """
)
