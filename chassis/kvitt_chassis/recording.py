"""The statements that write a unit of work's events and timers. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from kvitt_chassis import metrics
from kvitt_chassis.driver import Part
from kvitt_chassis.metrics import child

# decision 0580: what happens in the business is counted by the events that say it
RECORDED = metrics.declare(
    "counter",
    "events_recorded_total",
    "What has happened in the business: events that were committed, by region and type.",
    "None: a business counter. A step of a flow that stops while the one before it goes on is"
    " where to look; kvitt explain says why one thing waits.",
    ("region", "type"),
    silent="nothing has happened in the service's part of the business since the process began",
)

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


def count(service: str, recorded: Mapping[tuple[str, str], int]) -> None:
    """Count committed events, by region and type."""
    for (region, wire_type), events in recorded.items():
        child(RECORDED, service, region, wire_type).inc(events)


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
