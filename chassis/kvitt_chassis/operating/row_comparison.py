"""Compares each aggregate's row with the fold of its events: for tests, and for `POST
/admin/reconcile`.

Reads only. What follows from a difference is an operator's decision.
"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, fields
from typing import Any

from kvitt_contracts.envelope import Event, message_class
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.inspection import inspect
from sqlalchemy.orm import DeclarativeBase

from kvitt_chassis.models import Aggregate

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """An aggregate whose row is not the fold of its events. Holds no value of either."""

    table: str
    region: str
    key: str
    fields: tuple[str, ...]


def aggregates(base: type[DeclarativeBase]) -> list[type[Aggregate[Any]]]:
    """Every aggregate row class of a service, by table name."""
    found = (m.class_ for m in base.registry.mappers if issubclass(m.class_, Aggregate))
    return sorted(found, key=table_of)


def table_of(row_type: type[Aggregate[Any]]) -> str:
    """The name of an aggregate's table."""
    return str(inspect(row_type).local_table.name)


async def differences(session: AsyncSession, base: type[DeclarativeBase]) -> list[Difference]:
    """Every aggregate of a service whose row differs from its events replayed, and every one that
    has events and no row. Works in chunks; one snapshot when the session's isolation gives it.
    """
    found: list[Difference] = []
    for row_type in aggregates(base):
        async for rows in _chunks(session, row_type):
            found += await _compare(session, row_type, rows)
    for row_types in _by_topic(base):
        found += await _without_row(session, row_types)
    return found


async def _chunks(
    session: AsyncSession, row_type: type[Aggregate[Any]]
) -> AsyncIterator[list[Aggregate[Any]]]:
    place: tuple[Any, Any] | None = None
    order = (row_type.region, row_type.id)
    while True:
        query = select(row_type).order_by(*order).limit(_CHUNK)
        if place is not None:
            query = query.where(func.row(*order) > func.row(str(place[0]), place[1]))
        rows = list((await session.scalars(query)).all())
        if not rows:
            return
        yield rows
        place = (rows[-1].region, rows[-1].id)
        session.expunge_all()


async def _compare(
    session: AsyncSession, row_type: type[Aggregate[Any]], rows: list[Aggregate[Any]]
) -> list[Difference]:
    by_key: dict[tuple[str, str], list[Any]] = {}
    topics = sorted({row.topic_in(row.region) for row in rows})
    keys = sorted({str(row.id) for row in rows})
    for event in await session.execute(_EVENTS, {"topics": topics, "keys": keys}):
        by_key.setdefault((event.topic, event.key), []).append(event)
    found = []
    for row in rows:
        story = by_key.get((row.topic_in(row.region), str(row.id)), [])
        wrong = tuple(_wrong_fields(row_type, row, story))
        if wrong:
            found.append(
                Difference(
                    table=table_of(row_type),
                    region=str(row.region),
                    key=str(row.id),
                    fields=wrong,
                )
            )
    return found


def _wrong_fields(
    row_type: type[Aggregate[Any]], row: Aggregate[Any], story: list[Any]
) -> Iterator[str]:
    if [event.seq for event in story] != list(range(1, row.seq + 1)) or not story:
        yield "seq"
        return
    folded = row_type.fold([read_event(event.type, event.payload) for event in story])
    state = row.state()
    for field in fields(state):
        if getattr(folded, field.name) != getattr(state, field.name):
            yield field.name


def _by_topic(base: type[DeclarativeBase]) -> list[list[type[Aggregate[Any]]]]:
    """A topic may have several kinds of aggregate: each of its keys has a row in one of their
    tables.
    """
    found: dict[str, list[type[Aggregate[Any]]]] = {}
    for row_type in aggregates(base):
        found.setdefault(row_type.topic.name, []).append(row_type)
    return list(found.values())


async def _without_row(
    session: AsyncSession, row_types: list[type[Aggregate[Any]]]
) -> list[Difference]:
    regions = (await session.scalars(_REGIONS)).all()
    tables = " or ".join(table_of(row_type) for row_type in row_types)
    found = []
    for region in regions:
        topic = row_types[0].topic_in(region)
        keys = (await session.scalars(_KEYS, {"topic": topic, "region": region})).all()
        for start in range(0, len(keys), _CHUNK):
            part = list(keys[start : start + _CHUNK])
            there: set[str] = set()
            for row_type in row_types:
                query = select(row_type.id).where(row_type.region == region, row_type.id.in_(part))
                there |= {str(key) for key in await session.scalars(query)}
            found += [
                Difference(table=tables, region=str(region), key=key, fields=("row",))
                for key in part
                if key not in there
            ]
    return found


def read_event(wire_type: str, payload: str) -> Event:
    """An event of the log as its contract's class. Raises LookupError for a type that is not
    declared.
    """
    kind = message_class(wire_type)
    if kind is None or not issubclass(kind, Event):
        raise LookupError(f"{wire_type} is not an event that this version knows")
    return kind.model_validate_json(payload)


_EVENTS = text(
    """
    SELECT topic, key, seq, type, payload FROM events
    WHERE topic = ANY(:topics) AND key = ANY(:keys) ORDER BY topic, key, seq
    """
)
_REGIONS = text("SELECT DISTINCT region FROM events ORDER BY region")
_KEYS = text("SELECT key FROM events WHERE topic = :topic AND region = :region AND seq = 1")
