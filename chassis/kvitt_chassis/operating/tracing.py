"""The story of one thing as a service has it, for who operates: what it has said of the thing, what
it has heard, what waits. Types and times, who and because of what; never a value of a message.
"""

import json
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.topics import CATALOGUE
from kvitt_contracts.types import RegionCode
from sqlalchemy import Column, Index, Text, UniqueConstraint, cast, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis.models import Aggregate
from kvitt_chassis.operating.operations import Operations
from kvitt_chassis.operating.operators import Operates
from kvitt_chassis.parameters import Text as Words

MOST_EVENTS: Final = 500
MOST_NAMED: Final = 40
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_NUMBERS: Final = frozenset({"order_number", "device_number", "number", "reference"})
_NUMBER: Final = re.compile(r"^(?!article_|organisation_|vat_|supplier_article_|line_)\w+_number$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One event of the thing. `at` is business time, `recorded_at` real time; `trace` names the
    request or message that it came of, `because` the message.
    """

    at: datetime
    recorded_at: datetime
    topic: str
    key: str
    seq: int
    type: str
    event_id: UUID
    actor: str | None
    because: str | None
    of: str | None
    trace: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What a service has of one thing. `heard`: up to which number of whose; `parked`: what of it
    rests; `awaited`: which timers are set; `names`: the ids that its events name, by field.
    """

    said: list[Said]
    heard: list[dict[str, Any]]
    parked: list[dict[str, Any]]
    awaited: list[dict[str, Any]]
    names: list[dict[str, str]]


def story_routes(router: APIRouter, operations: Operations) -> None:
    """The routes of stories under `/admin`."""

    @router.get("/story/{key}")
    async def story(
        key: UUID, who: Operates, about: UUID | None = None, region: RegionCode | None = None
    ) -> dict[str, Any]:
        """What the service has of one thing, by its id: what it has said, heard, parked and set
        timers for; with `about`, only what names that. A thing that it knows nothing of has an
        empty story.
        """
        timers = list(operations.service.handlers.timers)
        read = operations.consumers.shared.topics
        async with operations.database.reading() as session:
            found = await story_of(
                session,
                operations.service.name,
                str(key),
                about=str(about) if about else "",
                region=who.region or region,
                read=read,
                timers=timers,
            )
        return asdict(found)

    @router.get("/find")
    async def find(
        named: Words, who: Operates, region: RegionCode | None = None
    ) -> list[dict[str, str]]:
        """The things that are called so: an order's, a device's or an invoice's number, or the
        reference that the region gave it.
        """
        base, database = operations.service.base, operations.database
        share = who.region or region
        regions = database.policies.regions if share is None else (share,)
        async with database.reading() as session:
            return [one async for one in _named(session, base, named, regions)]


# decision 0604: the story for who operates is the log's, of types and times
async def story_of(
    session: AsyncSession,
    service: str,
    key: str,
    *,
    about: str,
    region: RegionCode | None,
    read: Iterable[str],
    timers: Iterable[str],
) -> Story:
    """The story of a key. `read` are the topics that the service reads, `timers` its timers."""
    own = [one.name for one in CATALOGUE if one.name.startswith(f"{service}.")]
    asked = {"key": key, "region": region, "about": f"%{about}%", "limit": MOST_EVENTS}
    rows = (await session.execute(_SAID, {**asked, "topics": own})).all()
    of_key = {"key": key, "region": region, "topics": list(read)}
    heard = await session.execute(_HEARD, {"key": key, "topics": list(read)})
    parked = await session.execute(_PARKED, of_key)
    awaited = await session.execute(
        _AWAITED, {"key": UUID(key), "region": region, "timers": list(timers)}
    )
    # whose mark it is is known by who has said something of it
    is_seen = region is None or bool(rows)
    return Story(
        said=[
            Said(
                at=row.time,
                recorded_at=row.recorded_at,
                topic=row.topic,
                key=row.key,
                seq=row.seq,
                type=row.type,
                event_id=row.event_id,
                actor=row.actor,
                because=row.causation_id,
                of=row.correlation_id,
                trace=_trace(row.traceparent),
            )
            for row in rows
        ],
        heard=[dict(row) for row in heard.mappings()] if is_seen or about == "" else [],
        parked=[dict(row) for row in parked.mappings()],
        awaited=[dict(row) for row in awaited.mappings()],
        names=_ids_in(key, (row.payload for row in rows)),
    )


def _trace(traceparent: str | None) -> str | None:
    parts = (traceparent or "").split("-")
    return parts[1] if len(parts) == 4 else None


def _ids_in(key: str, payloads: Iterable[str]) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for payload in payloads:
        for path, value in _texts(json.loads(payload)):
            if _ID.fullmatch(value) and value != key:
                found.setdefault(value, path)
    return [{"field": path, "id": one} for one, path in list(found.items())[:MOST_NAMED]]


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, str(name))
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one, path)
    elif isinstance(value, str):
        yield path, value


async def _named(
    session: AsyncSession, base: type[DeclarativeBase], named: str, regions: Sequence[RegionCode]
) -> AsyncIterator[dict[str, str]]:
    for row_type, column in numbered(base):
        table = column.table
        # as a text: what cannot be such a number is none's
        here = (table.c.region.in_(regions), cast(column, Text) == named)
        rows = await session.execute(select(table.c.region, table.c.id).where(*here).limit(10))
        for row in rows:
            yield {
                "noun": row_type.noun,
                "topic": row_type.topic.name,
                "id": str(row.id),
                "region": str(row.region),
            }


def numbered(base: type[DeclarativeBase]) -> list[tuple[type[Aggregate[Any]], Column[Any]]]:
    """The kinds of things that people name by a number or a reference, with its column: of those
    that have an index by region and it.
    """
    found: list[tuple[type[Aggregate[Any]], Column[Any]]] = []
    for mapper in sorted(base.registry.mappers, key=lambda one: str(one.class_.__name__)):
        if issubclass(mapper.class_, Aggregate):
            table: Any = mapper.local_table
            found += [(mapper.class_, one) for one in table.columns if _is_name(table, one.name)]
    return found


def _is_name(table: Any, column: str) -> bool:
    if not (column in _NUMBERS or _NUMBER.match(column)):
        return False
    indexes = [
        [one.name for one in made.columns]
        for made in (*table.indexes, *table.constraints)
        if isinstance(made, Index | UniqueConstraint)
    ]
    return any(made[:2] == ["region", column] for made in indexes)


_SAID = text(
    """
    SELECT topic, key, seq, type, event_id, time, recorded_at, actor, causation_id, correlation_id,
           traceparent, payload
    FROM events WHERE topic = ANY(CAST(:topics AS text[])) AND key = :key
      AND (CAST(:region AS text) IS NULL OR region = :region) AND payload LIKE :about
    ORDER BY topic, seq DESC LIMIT :limit
    """
)
_HEARD = text(
    """
    SELECT m.topic, m.seq, m.moved_at FROM unnest(CAST(:topics AS text[])) AS wanted (topic)
    JOIN marks m ON key_digest(m.topic, m.key) = key_digest(wanted.topic, :key)
     AND m.topic = wanted.topic AND m.key = :key
    ORDER BY m.topic
    """
)
_PARKED = text(
    """
    SELECT id, topic, state, cause, reason, parked_at FROM parked_keys
    WHERE topic = ANY(CAST(:topics AS text[])) AND key = :key
      AND (CAST(:region AS text) IS NULL OR region = :region)
    """
)
_AWAITED = text(
    """
    SELECT timer, due FROM timers
    WHERE timer = ANY(CAST(:timers AS text[])) AND key = :key
      AND (CAST(:region AS text) IS NULL OR region = :region)
    ORDER BY due
    """
)
