"""The rules of the feed: nothing is said twice in a row. No clock, no database."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kvitt_contracts.regions import (
    MessageRefused,
    MessageSettled,
    OrderReported,
    Reported,
    ReportEvent,
    TransferReported,
)

Told = ReportEvent | Reported
"""What a region is told, also of things of any kind."""
Content = Mapping[str, Any]
"""What a message of the feed said, as JSON has it, but when it was said."""

_WHEN = {"occurred_at"}
_WHEN_AND_THE_DAY = {"occurred_at", "business_day"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The last reports to the region about one subject: an order, a device, a refused message.
    `said`: what the last one of each type said of it; where it has several, it has no one `status`.
    """

    thing: str
    status: str
    said: Content = field(default_factory=dict)


# decision 0072: the feed says each status once, keyed by the thing's id
# decision 0543: and anything else of a thing when it has changed
def report(last: Report | None, reported: Told) -> tuple[Told, ...]:
    """Emit the report, unless the region's last one of its type about the subject says the same."""
    return () if last == evolve(last, reported) else (reported,)


def evolve(report: Report | None, event: Told) -> Report:
    """Returns the state after an event; every type of the feed is handled."""
    match event:
        case OrderReported():
            said = _content(event, but=_WHEN_AND_THE_DAY)
            return Report(thing=event.order, status=event.status, said={event.wire_type: said})
        case TransferReported():
            said = _content(event, but=_WHEN_AND_THE_DAY)
            return Report(thing=event.transfer, status=event.status, said={event.wire_type: said})
        case MessageRefused():
            return Report(thing=event.message_id, status=event.reason)
        case MessageSettled():
            place = f"{event.topic} {event.partition} {event.offset}"
            status = f"{event.outcome} {event.reason or ''}".rstrip()
            return Report(thing=event.message_id or place, status=status)
        case Reported():
            said = {event.wire_type: _content(event, but=_WHEN)}
            if report is None:
                return Report(thing=event.wire_type, status="", said=said)
            return replace(report, said={**report.said, **said})


def _content(event: Told, *, but: set[str]) -> Content:
    return event.model_dump(mode="json", exclude=but, exclude_none=True)
