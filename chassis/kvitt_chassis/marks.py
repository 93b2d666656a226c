"""Marks and memory: how far each key has come, and what was seen from outside. Rows and statements;
verdicts are given elsewhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis import parking
from kvitt_chassis.incoming import Incoming
from kvitt_chassis.parking import Place
from kvitt_chassis.verdicts import ADVANCES, PARKS, REMEMBERED_IDS, Known, Verdict, judge

DDL: tuple[str, ...] = (
    """
    CREATE TABLE marks (
        topic text NOT NULL,
        key text NOT NULL,
        seq bigint NOT NULL,
        event_ids uuid[] NOT NULL DEFAULT '{}',
        moved_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (topic, key)
    ) WITH (fillfactor = 80)
    """,
    """
    CREATE TABLE inbound_seen (
        source text NOT NULL,
        id uuid NOT NULL,
        seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        PRIMARY KEY (source, id)
    )
    """,
    "CREATE INDEX ix_inbound_seen_seen_at ON inbound_seen (seen_at)",
    """
    CREATE TABLE inbound_versions (
        source text NOT NULL,
        type text NOT NULL,
        subject text NOT NULL,
        version bigint NOT NULL,
        PRIMARY KEY (source, type, subject)
    )
    """,
    "REVOKE ALL ON marks, inbound_seen, inbound_versions FROM {api}",
)
"""`marks.topic` is the catalogue's name. An inbound key's number counts its messages."""

MEMORY_DAYS = 30
"""How long ids from outside are remembered: longer than their topics keep them (14 days)."""


@dataclass(slots=True)
class Batch:
    """What is known of the keys of one transaction; moved along as its messages are settled."""

    known: dict[Place, Known]
    versions: dict[tuple[str, str, str], int]
    seen: set[tuple[str, UUID]]
    moved: set[Place] = field(default_factory=set)
    new_seen: list[tuple[str, UUID]] = field(default_factory=list)
    new_versions: dict[tuple[str, str, str], int] = field(default_factory=dict)

    def settle(self, incoming: Incoming) -> Verdict:
        """What becomes of a message, and with it of those that come after it. Pure."""
        verdict = judge(incoming.line, self.look(incoming))
        if verdict in ADVANCES:
            self.move(incoming, verdict)
        elif verdict in PARKS:
            self.park(incoming)
        return verdict

    def look(self, incoming: Incoming) -> Known:
        known = self.known[incoming.topic, incoming.key]
        if incoming.envelope is None:
            # what stood here was discarded by an operator
            is_seen = self.known[incoming.topic, incoming.place].sequence > 0
            return replace(known, is_seen=is_seen)
        if not incoming.is_inbound:
            return known
        envelope = incoming.envelope
        return replace(
            known,
            is_seen=(incoming.sender, envelope.id) in self.seen,
            version=self.versions.get((incoming.sender, envelope.type, envelope.subject)),
        )

    def park(self, incoming: Incoming) -> None:
        place = (incoming.topic, incoming.key)
        self.known[place] = replace(self.known[place], is_parked=True)

    def move(self, incoming: Incoming, verdict: Verdict) -> None:
        envelope, place = incoming.envelope, (incoming.topic, incoming.key)
        if envelope is None:
            return
        known = self.known[place]
        self.known[place] = replace(
            known,
            sequence=known.sequence + 1,
            event_ids=(*known.event_ids, envelope.id)[-REMEMBERED_IDS:],
        )
        self.moved.add(place)
        if not incoming.is_inbound:
            return
        self.seen.add((incoming.sender, envelope.id))
        self.new_seen.append((incoming.sender, envelope.id))
        if verdict is Verdict.APPLY and incoming.version is not None:
            fact = (incoming.sender, envelope.type, envelope.subject)
            self.versions[fact] = self.new_versions[fact] = incoming.version


async def lock_batch(
    session: AsyncSession, arrived: Sequence[Incoming], *, is_from_park: bool
) -> Batch:
    """Lock the marks of these messages, new ones too, in one order; then read what is known."""
    places = {(incoming.topic, incoming.key) for incoming in arrived}
    places |= {(incoming.topic, incoming.place) for incoming in arrived if not incoming.envelope}
    known = await lock_marks(session, places)
    # After the locks: a statement sees what was committed while it waited for them only if it
    # begins later.
    if not is_from_park:
        for place in await parking.parked_among(session, known):
            known[place] = replace(known[place], is_parked=True)
    seen, versions = await _memory(session, [one for one in arrived if one.is_inbound])
    return Batch(known, versions, seen)


async def lock_marks(session: AsyncSession, places: set[Place]) -> dict[Place, Known]:
    """Lock and read marks; a key that is met for the first time gets one that stands at 0."""
    known: dict[Place, Known] = {}
    while missing := sorted(places - set(known)):
        arrays = {"topic": [topic for topic, _ in missing], "key": [key for _, key in missing]}
        if known or (rows := (await session.execute(_LOCK, arrays)).all()) == []:
            await session.execute(_BEGIN, arrays)
            rows = (await session.execute(_LOCK, arrays)).all()
        for topic, key, seq, event_ids in rows:
            known[topic, key] = Known(sequence=seq, event_ids=tuple(event_ids))
    return known


async def advance_mark(
    session: AsyncSession, place: Place, *, sequence: int, event_id: UUID | None, known: Known
) -> None:
    """Put a locked mark on a number, as an operator who discards what stood there wants it."""
    skipped = (None,) * max(0, sequence - known.sequence - 1)
    moved = replace(
        known,
        sequence=sequence,
        event_ids=(*known.event_ids, *skipped[-REMEMBERED_IDS:], event_id)[-REMEMBERED_IDS:],
    )
    await write(session, Batch({place: moved}, {}, set(), moved={place}))


async def remember(session: AsyncSession, sender: str, event_id: UUID) -> None:
    """Remember a message from outside, so that it is a duplicate if it comes again."""
    await session.execute(_INSERT_SEEN, {"source": [sender], "id": [event_id]})


async def _memory(
    session: AsyncSession, inbound: Sequence[Incoming]
) -> tuple[set[tuple[str, UUID]], dict[tuple[str, str, str], int]]:
    known = [(one, one.envelope) for one in inbound if one.envelope is not None]
    if not known:
        return set(), {}
    arrays: dict[str, Any] = {
        "source": [one.sender for one, _ in known],
        "id": [envelope.id for _, envelope in known],
    }
    seen = {(source, id_) for source, id_ in (await session.execute(_SEEN, arrays)).all()}
    facts = [(one, envelope) for one, envelope in known if one.version is not None]
    if not facts:
        return seen, {}
    arrays = {
        "source": [one.sender for one, _ in facts],
        "type": [envelope.type for _, envelope in facts],
        "subject": [envelope.subject for _, envelope in facts],
    }
    rows = (await session.execute(_VERSIONS, arrays)).all()
    return seen, {(source, type_, subject): version for source, type_, subject, version in rows}


async def write(session: AsyncSession, batch: Batch) -> None:
    moved = sorted(batch.moved)
    if moved:
        marks = [batch.known[place] for place in moved]
        await session.execute(
            _MOVE,
            {
                "topic": [topic for topic, _ in moved],
                "key": [key for _, key in moved],
                "seq": [mark.sequence for mark in marks],
                "event_ids": [_array(mark.event_ids) for mark in marks],
            },
        )
    if batch.new_seen:
        await session.execute(
            _INSERT_SEEN,
            {
                "source": [source for source, _ in batch.new_seen],
                "id": [event_id for _, event_id in batch.new_seen],
            },
        )
    if batch.new_versions:
        facts = sorted(batch.new_versions)
        await session.execute(
            _INSERT_VERSIONS,
            {
                "source": [source for source, _, _ in facts],
                "type": [type_ for _, type_, _ in facts],
                "subject": [subject for _, _, subject in facts],
                "version": [batch.new_versions[fact] for fact in facts],
            },
        )


def _array(event_ids: Sequence[UUID | None]) -> str:
    # unnest flattens an array of arrays, so each goes as its text
    return "{" + ",".join("NULL" if one is None else str(one) for one in event_ids) + "}"


async def forget(session: AsyncSession) -> int:
    """Forget ids from outside that are older than their topics. Answers how many; at most 5 000."""
    gone = await session.execute(_FORGET, {"days": MEMORY_DAYS})
    return int(getattr(gone, "rowcount", 0))


_WANTED = "unnest(CAST(:topic AS text[]), CAST(:key AS text[])) AS wanted(topic, key)"
_LOCK = text(
    f"""
    SELECT marks.topic, marks.key, marks.seq, marks.event_ids
    FROM marks JOIN {_WANTED} ON marks.topic = wanted.topic AND marks.key = wanted.key
    ORDER BY marks.topic, marks.key FOR NO KEY UPDATE OF marks
    """
)
_BEGIN = text(
    f"INSERT INTO marks (topic, key, seq) SELECT topic, key, 0 FROM {_WANTED}"
    " ORDER BY topic, key ON CONFLICT DO NOTHING"
)
_MOVE = text(
    """
    UPDATE marks SET seq = moved.seq, event_ids = CAST(moved.event_ids AS uuid[]),
        moved_at = clock_timestamp()
    FROM unnest(CAST(:topic AS text[]), CAST(:key AS text[]), CAST(:seq AS bigint[]),
        CAST(:event_ids AS text[]))
         AS moved(topic, key, seq, event_ids)
    WHERE marks.topic = moved.topic AND marks.key = moved.key
    """
)
_SEEN = text(
    """
    SELECT seen.source, seen.id FROM inbound_seen seen
    JOIN (SELECT DISTINCT * FROM unnest(CAST(:source AS text[]), CAST(:id AS uuid[]))
        AS one(source, id)) wanted
      ON seen.source = wanted.source AND seen.id = wanted.id
    """
)
_VERSIONS = text(
    """
    SELECT known.source, known.type, known.subject, known.version FROM inbound_versions known
    JOIN (SELECT DISTINCT * FROM unnest(CAST(:source AS text[]), CAST(:type AS text[]),
        CAST(:subject AS text[]))
          AS one(source, type, subject)) wanted
      ON known.source = wanted.source AND known.type = wanted.type
          AND known.subject = wanted.subject
    """
)
_INSERT_SEEN = text(
    """
    INSERT INTO inbound_seen (source, id) SELECT * FROM unnest(CAST(:source AS text[]),
        CAST(:id AS uuid[]))
    ON CONFLICT DO NOTHING
    """
)
_INSERT_VERSIONS = text(
    """
    INSERT INTO inbound_versions (source, type, subject, version)
    SELECT * FROM unnest(CAST(:source AS text[]), CAST(:type AS text[]), CAST(:subject AS text[]),
        CAST(:version AS bigint[]))
    ON CONFLICT (source, type, subject) DO UPDATE SET version = excluded.version
    """
)


_FORGET = text(
    """
    DELETE FROM inbound_seen WHERE (source, id) IN (
        SELECT source, id FROM inbound_seen
        WHERE seen_at < clock_timestamp() - make_interval(days => :days) LIMIT 5000)
    """
)
