"""The statements that write a unit of work's events and timers. Decides nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from kvitt_contracts.envelope import Envelope

from kvitt_chassis.driver import Part

TimerName = tuple[str, str, UUID]
"""A timer's name, the region and the key of its row."""


@dataclass(frozen=True, slots=True)
class Emitted:
    """One row of the table `events` before it is written."""

    topic: str
    key: str
    envelope: Envelope
    payload: str


def writing_events(rows: Sequence[Emitted]) -> Part:
    """The insert of events into the service's event log (the outbox), in their order."""
    envelopes = [row.envelope for row in rows]
    columns = (
        [one.id for one in envelopes],
        [one.region for one in envelopes],
        [row.topic for row in rows],
        [row.key for row in rows],
        [one.sequence for one in envelopes],
        [one.type for one in envelopes],
        [one.time for one in envelopes],
        [one.correlation_id for one in envelopes],
        [one.causation_id for one in envelopes],
        [one.actor for one in envelopes],
        [one.traceparent for one in envelopes],
        [row.payload for row in rows],
    )
    return Part(_INSERT_EVENTS, columns)


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
