"""The statements that write a unit of work's events and timers. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kvitt_chassis.driver import Part

TimerName = tuple[str, str, UUID]
"""A timer's name, the region and the key of its row."""


class Emitted(NamedTuple):
    """One row of the table `events` before it is written, its columns in the insert's order."""

    event_id: UUID
    region: str
    topic: str
    key: str
    seq: int
    type: str
    time: datetime
    correlation_id: str
    causation_id: str | None
    actor: str | None
    traceparent: str | None
    payload: str


def writing_events(rows: Sequence[Emitted]) -> Part:
    """The insert of events into the service's event log (the outbox), in their order."""
    return Part(_INSERT_EVENTS, tuple(zip(*rows, strict=True)))


def writing_timers(scheduled: Mapping[TimerName, datetime | None]) -> Iterator[Part]:
    """What sets timers to their instants, and deletes those without one (None). A timer that is
    set anew forgets its failed tries.
    """
    names = sorted(scheduled)
    gone = [name for name in names if scheduled[name] is None]
    due = [(name, instant) for name in names if (instant := scheduled[name]) is not None]
    if gone:
        yield Part(_DELETE_TIMERS, tuple(zip(*gone, strict=True)))
    if due:
        timers, regions, keys = zip(*(name for name, _ in due), strict=True)
        yield Part(_SET_TIMERS, (timers, regions, keys, [instant for _, instant in due]))


_INSERT_EVENTS = """
    INSERT INTO events (event_id, region, topic, key, seq, type, time,
                        correlation_id, causation_id, actor, traceparent, payload)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[],
                         $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::text[],
                         $12::text[])
    """
_DELETE_TIMERS = """
    DELETE FROM timers USING unnest($1::text[], $2::text[], $3::uuid[]) AS gone(timer, region, key)
    WHERE timers.timer = gone.timer AND timers.region = gone.region AND timers.key = gone.key
    """
_SET_TIMERS = """
    INSERT INTO timers (timer, region, key, due)
    SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::timestamptz[])
    ON CONFLICT (timer, region, key)
    DO UPDATE SET due = excluded.due, attempts = 0, not_before = NULL
    """
