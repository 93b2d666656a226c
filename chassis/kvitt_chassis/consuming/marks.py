"""Marks (high-water marks per topic and key) and the seen ids and versions of inbound messages:
rows and statements. What they mean for a message is decided in settling.py and verdicts.py.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import key_digests
from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.parking import TopicKey
from kvitt_chassis.consuming.settling import Batch, FactKey, Sent, Stated, fact_key
from kvitt_chassis.consuming.verdicts import REMEMBERED_IDS, KeyState
from kvitt_chassis.driver import Part, fetch, fetch_together

DDL: tuple[str, ...] = (
    """
    CREATE TABLE marks (
        topic text NOT NULL,
        key text NOT NULL,
        seq bigint NOT NULL,
        event_ids uuid[] NOT NULL DEFAULT '{}',
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp()
    ) WITH (fillfactor = 80)
    """,
    key_digests.FUNCTION,
    key_digests.INDEX.format(concurrently=""),
    # who copies the database by logical replication has no other key to find a row by
    "ALTER TABLE marks REPLICA IDENTITY FULL",
    """
    CREATE TABLE inbound_seen (
        source text NOT NULL,
        id uuid NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        content text,
        PRIMARY KEY (source, id)
    )
    """,
    "CREATE INDEX ix_inbound_seen_seen_at ON inbound_seen (seen_at)",
    """
    CREATE TABLE inbound_facts (
        source text NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        thing text NOT NULL,
        version bigint NOT NULL,
        statement text,
        PRIMARY KEY (source, type, subject, thing)
    )
    """,
    "REVOKE ALL ON marks, inbound_seen, inbound_facts FROM {api}",
)
"""`marks.topic` is the catalogue's name. An inbound key has no sequence from its sender: its mark
counts messages. `content` and `statement` are keyed hashes.
"""
CHANGES: tuple[str, ...] = (
    "ALTER TABLE inbound_seen ADD COLUMN IF NOT EXISTS content text",
    """
    CREATE TABLE IF NOT EXISTS inbound_facts (
        source text NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        thing text NOT NULL,
        version bigint NOT NULL,
        statement text,
        PRIMARY KEY (source, type, subject, thing)
    )
    """,
    "REVOKE ALL ON inbound_facts FROM {api}",
    # what was known of a subject as a whole is known of each thing of it
    """
    DO $$
    BEGIN
        IF to_regclass('inbound_versions') IS NOT NULL THEN
            INSERT INTO inbound_facts (source, type, subject, thing, version)
            SELECT source, type, subject, '', version FROM inbound_versions
            ON CONFLICT DO NOTHING;
        END IF;
    END $$
    """,
)
"""What a database of an earlier release lacks."""

# decision 0161: marks are locked by a function of the database
_WANTED = """
    marks JOIN unnest(topics, keys) AS wanted (topic, key) USING (topic, key)
    WHERE key_digest(marks.topic, marks.key) = key_digest(wanted.topic, wanted.key)
    """
FUNCTIONS: tuple[str, ...] = (
    f"""
    CREATE OR REPLACE FUNCTION lock_marks(topics text[], keys text[])
    RETURNS TABLE (topic text, key text, seq bigint, event_ids uuid[], is_parked boolean)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    DECLARE
        locked bigint;
    BEGIN
        PERFORM FROM {_WANTED} ORDER BY topic, key FOR NO KEY UPDATE OF marks;
        GET DIAGNOSTICS locked = ROW_COUNT;
        IF locked < cardinality(keys) THEN
            INSERT INTO marks (topic, key, seq)
            SELECT topic, key, 0 FROM unnest(topics, keys) AS wanted (topic, key)
            ORDER BY topic, key ON CONFLICT DO NOTHING;
            PERFORM FROM {_WANTED} ORDER BY topic, key FOR NO KEY UPDATE OF marks;
        END IF;
        RETURN QUERY
        SELECT topic, key, marks.seq, marks.event_ids,
               EXISTS (SELECT FROM parked_keys p WHERE p.topic = marks.topic AND p.key = marks.key)
        FROM {_WANTED};
    END
    $$
    """,
    f"""
    CREATE OR REPLACE FUNCTION lock_known_marks(topics text[], keys text[])
    RETURNS TABLE (topic text, key text, seq bigint, event_ids uuid[], is_parked boolean)
    LANGUAGE plpgsql AS $$
    #variable_conflict use_column
    BEGIN
        RETURN QUERY
        SELECT topic, key, marks.seq, marks.event_ids, false
        FROM {_WANTED} ORDER BY topic, key FOR NO KEY UPDATE OF marks;
        RETURN QUERY
        SELECT topic, key, NULL::bigint, NULL::uuid[], true
        FROM parked_keys JOIN unnest(topics, keys) AS wanted (topic, key) USING (topic, key);
    END
    $$
    """,
)
"""`lock_marks` locks the marks of different keys, inserting new ones, in one order; then reads
them, and which keys are parked. `lock_known_marks` locks and reads those that there are, in one
pass, and adds a row without a number for each parked key. One round trip; each statement inside
sees what was committed while the one before it waited. A migration that changes one creates it
anew.
"""

MEMORY_DAYS = 30
"""How many days seen ids of inbound messages are stored: longer than their topics retain
them (14).
"""


# decision 0261: a fresh mark is inserted once, at the end
class MarkTaken(Exception):
    """Another transaction has begun the mark of a key that had none: roll back and try again."""

    sqlstate = "40001"
    """A serialization failure, as the database itself names it (see `is_lock_trouble`)."""


@dataclass(slots=True)
class Opening:
    """The first statement of a transaction that settles these messages: locks their marks, reads
    their keys' state and business time. Afterwards `batch` is set. The transaction must end with
    `writing`.
    """

    arrived: Sequence[Incoming]
    is_from_park: bool
    batch: Batch = field(init=False, default_factory=lambda: Batch({}))

    async def __call__(self, session: AsyncSession) -> datetime:
        places = {(one.topic, one.key) for one in self.arrived}
        places |= {(one.topic, one.position_key) for one in self.arrived if not one.envelope}
        known, fresh, now = await _lock_known(session, places)
        if self.is_from_park:  # what is parked is the message itself
            known = {place: replace(mark, is_parked=False) for place, mark in known.items()}
        self.batch = Batch(known, *await _memory(session, self.arrived), fresh=fresh)
        return now


async def lock_marks(session: AsyncSession, places: set[TopicKey]) -> dict[TopicKey, KeyState]:
    """Lock and read marks; a key without one gets a mark at 0."""
    rows = (await session.execute(_LOCK, _arrays(places))).all()
    return {
        (topic, key): KeyState(sequence=seq, event_ids=tuple(event_ids), is_parked=is_parked)
        for topic, key, seq, event_ids, is_parked in rows
    }


async def have_begun(session: AsyncSession, places: AbstractSet[TopicKey]) -> bool:
    """True when one of these keys has a mark."""
    return bool(await fetch(session, _BEGUN, *_arrays(places).values()))


async def _lock_known(
    session: AsyncSession, places: set[TopicKey]
) -> tuple[dict[TopicKey, KeyState], frozenset[TopicKey], datetime]:
    """The state of each key, which of them have no mark yet, and business time."""
    rows = await fetch(session, _LOCK_KNOWN, *_arrays(places).values())
    marked = {
        (topic, key): KeyState(sequence=seq, event_ids=tuple(event_ids))
        for _, topic, key, seq, event_ids, _ in rows
        if seq is not None
    }
    known = {place: marked.get(place, _FRESH) for place in places}
    for place in ((topic, key) for _, topic, key, _, _, is_parked in rows if is_parked):
        known[place] = replace(known[place], is_parked=True)
    return known, frozenset(places - marked.keys()), rows[0]["now"]


def _arrays(places: AbstractSet[TopicKey]) -> dict[str, list[str]]:
    wanted = sorted(places)
    return {"topic": [topic for topic, _ in wanted], "key": [key for _, key in wanted]}


async def advance_mark(
    session: AsyncSession, place: TopicKey, *, sequence: int, event_id: UUID | None, known: KeyState
) -> None:
    """Set a locked mark to a number, as when an operator discards the message with that number."""
    skipped = (None,) * max(0, sequence - known.sequence - 1)
    moved = replace(
        known,
        sequence=sequence,
        event_ids=(*known.event_ids, *skipped[-REMEMBERED_IDS:], event_id)[-REMEMBERED_IDS:],
    )
    await fetch_together(session, writing(Batch({place: moved}, moved={place})))


async def remember(session: AsyncSession, incoming: Incoming) -> None:
    """Store the id of an inbound message as seen, so that it is a duplicate when it comes again."""
    assert incoming.envelope is not None
    values = {
        "source": incoming.sender,
        "id": incoming.envelope.id,
        "content": incoming.content,
    }
    await session.execute(_INSERT_SEEN, values)


async def _memory(
    session: AsyncSession, arrived: Sequence[Incoming]
) -> tuple[dict[FactKey, Stated], dict[Sent, str | None]]:
    inbound = [one for one in arrived if one.is_inbound and one.envelope]
    if not inbound:
        return {}, {}
    keys = [fact_key(one) for one in inbound]
    rows = await fetch(
        session,
        _MEMORY,
        [one.sender for one in inbound],
        [one.envelope.id for one in inbound if one.envelope],
        [type_ for _, type_, _, _ in keys],
        [subject for _, _, subject, _ in keys],
        [thing for _, _, _, thing in keys],
    )
    versions: dict[FactKey, Stated] = {}
    seen: dict[Sent, str | None] = {}
    for source, id_, type_, subject, thing, is_seen, content, version, statement in rows:
        if is_seen:
            seen[source, id_] = content
        if version is not None:
            versions[source, type_, subject, thing] = (version, statement)
    return versions, seen


def writing(batch: Batch) -> list[Part]:
    """What writes the marks that advanced, those of fresh keys, and the new seen ids and versions;
    fails by a unique key of `marks` where another process has begun a fresh key.
    """
    if not batch.moved and not batch.fresh:
        return []
    parts = []
    if moved := batch.moved - batch.fresh:
        parts.append(Part(_MOVE, _columns(batch, moved)))
    if batch.fresh:
        parts.append(Part(_BEGIN, _columns(batch, batch.fresh)))
    if batch.new_seen:
        sources, ids = zip(*batch.new_seen, strict=True)
        parts.append(Part(_REMEMBER, (sources, ids, list(batch.new_seen.values()))))
    if batch.new_versions:
        facts = sorted(batch.new_versions)
        stated = [batch.new_versions[fact] for fact in facts]
        columns = (*zip(*facts, strict=True), *zip(*stated, strict=True))
        parts.append(Part(_STATE, columns))
    return parts


def _columns(batch: Batch, places: AbstractSet[TopicKey]) -> list[list[object]]:
    at = sorted(places)
    marks = [batch.known[place] for place in at]
    return [
        [topic for topic, _ in at],
        [key for _, key in at],
        [mark.sequence for mark in marks],
        [_array(mark.event_ids) for mark in marks],
    ]


def _array(event_ids: Sequence[UUID | None]) -> str:
    # unnest flattens an array of arrays, so each goes as its text
    return "{" + ",".join("NULL" if one is None else str(one) for one in event_ids) + "}"


async def forget(session: AsyncSession) -> int:
    """Delete seen ids that are older than MEMORY_DAYS, at most 5 000. Answers how many."""
    gone = await session.execute(_FORGET, {"days": MEMORY_DAYS})
    return int(getattr(gone, "rowcount", 0))


_FRESH = KeyState()
_LOCK = text("SELECT * FROM lock_marks(CAST(:topic AS text[]), CAST(:key AS text[]))")
_LOCK_KNOWN = """
    SELECT now() + "offset" AS now, mark.*
    FROM clock LEFT JOIN lock_known_marks($1::text[], $2::text[]) AS mark ON true
    """
_BEGUN = """
    SELECT FROM unnest($1::text[], $2::text[]) AS fresh (topic, key) JOIN marks USING (topic, key)
    WHERE key_digest(marks.topic, marks.key) = key_digest(fresh.topic, fresh.key) LIMIT 1
    """
_MEMORY = """
    SELECT wanted.*, seen.id IS NOT NULL, seen.content,
           coalesce(fact.version, whole.version), fact.statement
    FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[])
        AS wanted(source, id, type, subject, thing)
    LEFT JOIN inbound_seen seen ON seen.source = wanted.source AND seen.id = wanted.id
    LEFT JOIN inbound_facts fact ON fact.source = wanted.source
        AND fact.type = wanted.type AND fact.subject = wanted.subject AND fact.thing = wanted.thing
    LEFT JOIN inbound_facts whole ON whole.source = wanted.source
        AND whole.type = wanted.type AND whole.subject = wanted.subject AND whole.thing = ''
    """
_MOVE = """
    UPDATE marks SET seq = moved.seq, event_ids = moved.event_ids::uuid[],
        moved_at = clock_timestamp()
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
        AS moved(topic, key, seq, event_ids)
    WHERE key_digest(marks.topic, marks.key) = key_digest(moved.topic, moved.key)
        AND marks.topic = moved.topic AND marks.key = moved.key
    """
_BEGIN = """
    INSERT INTO marks (topic, key, seq, event_ids)
    SELECT topic, key, seq, event_ids::uuid[]
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
        AS fresh(topic, key, seq, event_ids)
    ORDER BY fresh.topic, fresh.key
    """
_REMEMBER = """
    INSERT INTO inbound_seen (source, id, content)
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::text[]) ON CONFLICT DO NOTHING
    """
_STATE = """
    INSERT INTO inbound_facts (source, type, subject, thing, version, statement)
    SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
    ON CONFLICT (source, type, subject, thing)
        DO UPDATE SET version = excluded.version, statement = excluded.statement
    """
_INSERT_SEEN = text(
    """
    INSERT INTO inbound_seen (source, id, content) VALUES (:source, :id, :content)
    ON CONFLICT DO NOTHING
    """
)
_FORGET = text(
    """
    DELETE FROM inbound_seen WHERE (source, id) IN (
        SELECT source, id FROM inbound_seen
        WHERE seen_at < clock_timestamp() - make_interval(days => :days) LIMIT 5000)
    """
)
