"""What an operator does about parked keys: list, show, retry, edit, discard. Masked, audited, and
in order: each is one transaction under the lock of the key's mark.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from kvitt_contracts.types import RegionCode
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.causes import Group, groups
from kvitt_chassis.consuming.drain import Drain
from kvitt_chassis.consuming.incoming import Incoming, Reader
from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.marks import advance_mark, lock_marks, remember
from kvitt_chassis.consuming.mending import mended, with_fields
from kvitt_chassis.consuming.outcomes import Outcome
from kvitt_chassis.consuming.parking import Head, TopicKey
from kvitt_chassis.consuming.refusals import load_answers, record_settled
from kvitt_chassis.consuming.verdicts import Cause, KeyState
from kvitt_chassis.database import Database
from kvitt_chassis.operating import audit
from kvitt_chassis.operating.masking import mask
from kvitt_chassis.sealing import Sealer

MASKED = "•••"
MOST_BEHIND = 50
"""So many of what stands behind a message are shown."""

Also = Callable[[AsyncSession, Head], Awaitable[None]]
"""What is done first in the transaction of an act, with the message that it is about."""


class NoSuchEntry(LookupError):
    """Nothing is parked under this id: it was settled meanwhile, never existed, or is not the
    region's.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One parked key in a list, without any value of its messages. Times are real time, in UTC.

    `messages` counts what is parked of the key; the other fields describe the first of them.
    """

    id: int
    topic: str
    key: str
    region: str | None
    state: State
    cause: Cause
    reason: str
    field: str | None
    tries: int
    parked_at: datetime
    next_at: datetime | None
    messages: int
    event_id: UUID | None
    type: str | None
    source: str | None
    sequence: int | None
    partition: int
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """One message that stands behind a parked one."""

    type: str | None
    sequence: int | None
    event_id: UUID | None
    arrived_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A parked key's first message with its values masked, and the first of what stands behind."""

    entry: Entry
    headers: Mapping[str, str]
    body: Any
    body_bytes: int
    behind: tuple[Behind, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A parked key's first message as it can be read: `known` is the number that its key's mark
    has, `is_personal` that its topic holds personal data.
    """

    entry: Entry
    head: Head
    incoming: Incoming
    known: int
    is_personal: bool


class Quarantine:
    """The operator's actions on the park of one service. `who` is a user's id, `why` a reason; both
    are audited. With a `region`, what is not parked of that region is as if it were not there.
    """

    def __init__(self, *, database: Database, reader: Reader, sealer: Sealer, drain: Drain) -> None:
        self._database = database
        self._reader = reader
        self._sealer = sealer
        self._drain = drain

    async def entries(
        self,
        *,
        state: State | None = None,
        cause: Cause | None = None,
        region: RegionCode | None = None,
        topic: str | None = None,
        reason: str | None = None,
        limit: int = 100,
        after: int = 0,
    ) -> list[Entry]:
        """Parked keys by id, oldest first; `after` is the last id of the page before."""
        wanted = {**_ANY, "state": state, "cause": cause, "region": region}
        wanted |= {"topic": topic, "reason": reason, "limit": limit, "after": after}
        async with self._database.reading() as session:
            rows = (await session.execute(_ENTRIES, wanted)).mappings()
            return [_shown(_entry(row)) for row in rows]

    async def counts(self, *, region: RegionCode | None = None) -> dict[tuple[State, Cause], int]:
        """How many keys are parked, by state and cause."""
        async with self._database.reading() as session:
            rows = await session.execute(_COUNTS, {"region": region})
        return {(State(state), Cause(cause)): keys for state, cause, keys in rows.all()}

    async def groups(self, *, region: RegionCode | None = None) -> list[Group]:
        """What is parked by what is wrong with it, the largest group first."""
        async with self._database.reading() as session:
            return await groups(session, region=region)

    async def opened(self, entry_id: int, *, region: RegionCode | None = None) -> Opened:
        """A key's first message, to say what an act would do. Raises NoSuchEntry."""
        async with self._database.reading() as session:
            entry = await _find(session, entry_id, region)
            head = await self._head(session, entry)
            at = {"topic": entry.topic, "key": entry.key}
            known = await session.scalar(_KNOWN, at)
        incoming = self._reader.read(self._sealer.unseal(head.sealed))
        return Opened(
            entry=entry,
            head=head,
            incoming=incoming,
            known=int(known or 0),
            is_personal=self._reader.is_personal(incoming.record),
        )

    def mended(
        self,
        before: Incoming,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Incoming:
        """What a message would be after an edit. Raises NotEditable, NoSuchField."""
        new = with_fields(body or before.record.value, fields) if fields else body
        return self._reader.read(mended(before, new, headers or {}))

    async def show(self, entry_id: int, *, region: RegionCode | None = None) -> Shown:
        """A key's first message, masked. Raises NoSuchEntry."""
        async with self._database.reading() as session:
            entry = await _find(session, entry_id, region)
            head = await self._head(session, entry)
            at = {"topic": entry.topic, "key": entry.key}
            rows = await session.execute(_BEHIND, {**at, "id": head.message_id})
            behind = tuple(Behind(**row) for row in rows.mappings())
        record = self._sealer.unseal(head.sealed)
        return Shown(
            behind=behind,
            entry=_shown(entry),
            headers={name: _masked_header(name, value) for name, value in record.headers},
            body=masked_body(record.value),
            body_bytes=len(record.value or b""),
        )

    async def retry(
        self, entry_id: int, *, who: str, why: str, region: RegionCode | None = None
    ) -> Entry:
        """Let a key be tried at once, its tries counted anew. Raises NoSuchEntry."""
        async with self._database.unit() as unit:
            entry, _ = await self._locked(unit.session, entry_id, region)
            await parking.try_now(unit.session, (entry.topic, entry.key))
            await self._audit(unit.session, "retry", entry, who=who, why=why)
        self._drain.wake()
        return _shown(entry)

    async def edit(
        self,
        entry_id: int,
        *,
        who: str,
        why: str,
        body: bytes | None = None,
        headers: Mapping[str, str | None] | None = None,
        fields: Mapping[str, Any] | None = None,
        region: RegionCode | None = None,
        also: Also | None = None,
        told: Mapping[str, object] | None = None,
    ) -> Entry:
        """Correct a key's first message and let it be tried: a new body, or fields of it by path,
        headers set or (None) removed. `also` is done in the same transaction, `told` is audited
        besides.

        The audit stores which headers and fields were changed and whether the body was, never the
        values. Raises NoSuchEntry, NoSuchField; NotEditable where it would be another message.
        """
        changes = dict(headers or {})
        async with self._database.unit() as unit:
            entry, _ = await self._locked(unit.session, entry_id, region)
            head = await self._head(unit.session, entry)
            if also is not None:
                await also(unit.session, head)
            before = self._reader.read(self._sealer.unseal(head.sealed))
            incoming = self.mended(before, body=body, headers=changes, fields=fields)
            await lock_marks(unit.session, {(incoming.topic, incoming.key)})
            await self._replace(unit.session, head, incoming)
            await parking.try_now(unit.session, (incoming.topic, incoming.key))
            about = {"headers": sorted(changes), "body": body is not None, **(told or {})}
            if fields:
                about["fields"] = sorted(map(mask, fields))
            await self._audit(unit.session, "edit", entry, who=who, why=why, **about)
        self._drain.wake()
        return _shown(entry)

    async def discard(
        self,
        entry_id: int,
        *,
        who: str,
        why: str,
        region: RegionCode | None = None,
        also: Also | None = None,
        told: Mapping[str, object] | None = None,
    ) -> Entry:
        """Delete a key's first message; the next one of the key is tried. `also` and `told` as of
        an edit. Raises NoSuchEntry.

        The mark advances past it, so that it is a duplicate when it comes again. Where numbers are
        missing before it, they are skipped as well.
        """
        async with self._database.unit() as unit:
            entry, known = await self._locked(unit.session, entry_id, region)
            head = await self._head(unit.session, entry)
            if also is not None:
                await also(unit.session, head)
            incoming = self._reader.read(self._sealer.unseal(head.sealed))
            await self._skip(unit.session, incoming, known)
            await parking.remove(unit.session, head)
            if incoming.is_inbound:
                await load_answers(unit, incoming)
                record_settled(unit, incoming, Outcome.DISCARDED)
            await self._audit(unit.session, "discard", entry, who=who, why=why, **(told or {}))
        self._drain.wake()
        return _shown(entry)

    async def _locked(
        self, session: AsyncSession, entry_id: int, region: RegionCode | None
    ) -> tuple[Entry, KeyState]:
        """Lock the mark of an entry's key and read the entry again, since it may have been settled
        meanwhile.
        """
        entry = await _find(session, entry_id, region)
        place = (entry.topic, entry.key)
        known = await lock_marks(session, {place})
        return await _find(session, entry_id, region), known[place]

    async def _head(self, session: AsyncSession, entry: Entry) -> Head:
        head = await parking.head_of(session, (entry.topic, entry.key))
        if head is None:
            raise NoSuchEntry(f"nothing is parked under {entry.id}")
        return head

    async def _skip(self, session: AsyncSession, incoming: Incoming, known: KeyState) -> None:
        place: TopicKey = (incoming.topic, incoming.key)
        envelope = incoming.envelope
        if envelope is None:
            here = (incoming.topic, incoming.position_key)
            blank = (await lock_marks(session, {here}))[here]
            if here != place and await self._fills_the_gap(session, place, known):
                after = known.sequence + 1
                await advance_mark(session, place, sequence=after, event_id=None, known=known)
            await advance_mark(session, here, sequence=1, event_id=None, known=blank)
        elif incoming.is_inbound:
            await remember(session, incoming)
        elif envelope.sequence is not None and envelope.sequence > known.sequence:
            await advance_mark(
                session, place, sequence=envelope.sequence, event_id=envelope.id, known=known
            )

    # decision 0008: doing too little shows as a gap, doing too much loses an event
    async def _fills_the_gap(self, session: AsyncSession, place: TopicKey, known: KeyState) -> bool:
        """True when a message without a number came where the next number is missing: the one after
        it has come.
        """
        at = {"topic": place[0], "key": place[1]}
        following = (await session.execute(_FIRST_NUMBER, at)).scalar_one_or_none()
        return following == known.sequence + 2

    async def _replace(self, session: AsyncSession, head: Head, incoming: Incoming) -> None:
        envelope = incoming.envelope
        await session.execute(
            _REPLACE,
            {
                "id": head.message_id,
                "key": incoming.key,
                "seq": incoming.facts.sequence,
                "event_id": envelope.id if envelope else None,
                "type": envelope.type if envelope else None,
                "source": envelope.source if envelope else None,
                "sealed": self._sealer.seal(incoming.record),
            },
        )
        if incoming.key != head.key:
            await _move_key(session, head, incoming.key)

    async def _audit(
        self, session: AsyncSession, what: str, entry: Entry, *, who: str, why: str, **about: object
    ) -> None:
        told = {
            "entry": entry.id,
            "topic": entry.topic,
            "key": mask(entry.key),
            "region": entry.region,
            "event_id": entry.event_id,
            "cause": entry.cause,
            "partition": entry.partition,
            "offset": entry.offset,
        }
        await audit.record(
            session, who=who, what=f"quarantine.{what}", why=why, about={**told, **about}
        )


def masked_body(value: bytes | None) -> Any:
    """A JSON body's structure: names and numbers, with texts and personal numbers masked; None when
    it is not JSON.
    """
    try:
        return _masked(json.loads(value or b""))
    except (ValueError, RecursionError):
        return None


def _masked(value: Any) -> Any:
    match value:
        case dict():
            return {_masked_name(str(name)): _masked(inner) for name, inner in value.items()}
        case list():
            return [_masked(inner) for inner in value]
        case str():
            return MASKED
        case int() | float() if not isinstance(value, bool):
            return value if mask(str(value)) == str(value) else MASKED
        case _:
            return value


def _masked_name(name: str) -> str:
    return name if re.fullmatch(r"[a-z][a-z_]{0,39}", name) else MASKED


_OPEN_HEADERS = ("content-type", "traceparent")


def _masked_header(name: str, value: bytes) -> str:
    if not (name.startswith("ce_") or name in _OPEN_HEADERS):
        return MASKED
    try:
        return mask((value or b"").decode())
    except UnicodeDecodeError:
        return MASKED


def _entry(row: Any) -> Entry:
    values = dict(row)
    typed = {"state": State(values["state"]), "cause": Cause(values["cause"])}
    return Entry(**values | typed)


def _shown(entry: Entry) -> Entry:
    return replace(entry, key=mask(entry.key), source=mask(entry.source or "") or None)


async def _find(session: AsyncSession, entry_id: int, region: RegionCode | None) -> Entry:
    wanted = {**_ANY, "region": region, "id": entry_id}
    row = (await session.execute(_ENTRIES, wanted)).mappings().one_or_none()
    if row is None:
        raise NoSuchEntry(f"nothing is parked under {entry_id}")
    return _entry(row)


async def _move_key(session: AsyncSession, head: Head, key: str) -> None:
    """The edited message belongs to another key: it goes behind what is parked of that one, if
    anything.
    """
    names = {"topic": head.topic, "old": head.key, "new": key}
    await session.execute(_PARK_ITS_KEY, names)
    await session.execute(_DROP_EMPTY_KEY, names)
    await session.execute(_TRY_WHAT_IS_LEFT, names)


_ANY: Mapping[str, Any] = {
    **dict.fromkeys(("state", "cause", "region", "topic", "reason", "id")),
    "limit": 1,
    "after": 0,
}
_KNOWN = text(
    """
    SELECT seq FROM marks WHERE topic = :topic AND key = :key
      AND key_digest(topic, key) = key_digest(:topic, :key)
    """
)
_BEHIND = text(
    f"""
    SELECT type, seq AS sequence, event_id, arrived_at FROM parked_messages
    WHERE topic = :topic AND key = :key AND id <> :id
    ORDER BY seq NULLS FIRST, id LIMIT {MOST_BEHIND}
    """
)
_ENTRIES = text(
    """
    SELECT k.id, k.topic, k.key, k.region, k.state, k.cause, k.reason, k.field, k.tries,
           k.parked_at, k.next_at, head.event_id, head.type, head.source, head.seq AS sequence,
           head.partition, head.position AS "offset",
           (SELECT count(*) FROM parked_messages m WHERE m.topic = k.topic AND m.key = k.key)
               AS messages
    FROM parked_keys k CROSS JOIN LATERAL (
        SELECT * FROM parked_messages m WHERE m.topic = k.topic AND m.key = k.key
        ORDER BY m.seq NULLS FIRST, m.id LIMIT 1) head
    WHERE (CAST(:state AS text) IS NULL OR k.state = :state)
      AND (CAST(:cause AS text) IS NULL OR k.cause = :cause)
      AND (CAST(:region AS text) IS NULL OR k.region = :region)
      AND (CAST(:topic AS text) IS NULL OR k.topic = :topic)
      AND (CAST(:reason AS text) IS NULL OR k.reason = :reason)
      AND (CAST(:id AS bigint) IS NULL OR k.id = :id)
      AND k.id > :after
    ORDER BY k.id LIMIT :limit
    """
)
_COUNTS = text(
    """
    SELECT state, cause, count(*) FROM parked_keys
    WHERE CAST(:region AS text) IS NULL OR region = :region
    GROUP BY state, cause
    """
)
_FIRST_NUMBER = text(
    "SELECT min(seq) FROM parked_messages WHERE topic = :topic AND key = :key AND seq IS NOT NULL"
)
_REPLACE = text(
    """
    UPDATE parked_messages SET key = :key, seq = :seq, event_id = :event_id, type = :type,
           source = :source, sealed = :sealed
    WHERE id = :id
    """
)
_PARK_ITS_KEY = text(
    """
    INSERT INTO parked_keys (topic, key, region, state, cause, reason, next_at)
    SELECT topic, :new, region, 'waiting', 'behind', 'was mended', clock_timestamp()
    FROM parked_keys WHERE topic = :topic AND key = :old
    ON CONFLICT (topic, key) DO NOTHING
    """
)
_TRY_WHAT_IS_LEFT = text(
    """
    UPDATE parked_keys SET state = 'waiting', cause = 'behind', tries = 0,
           next_at = clock_timestamp()
    WHERE topic = :topic AND key = :old
    """
)
_DROP_EMPTY_KEY = text(
    """
    DELETE FROM parked_keys k WHERE topic = :topic AND key = :old
      AND NOT EXISTS (SELECT 1 FROM parked_messages m WHERE m.topic = :topic AND m.key = :old)
    """
)
