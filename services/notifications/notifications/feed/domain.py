"""The rules of the feed: each status is reported once. No clock, no database."""

from dataclasses import dataclass

from kvitt_contracts.regions import (
    MessageRefused,
    MessageSettled,
    OrderReported,
    ReportEvent,
    TransferReported,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The last report to the region about one subject: an order, a transfer, a refused message."""

    thing: str
    status: str


# decision 0072: the feed says each status once, keyed by the thing's id
def report(last: Report | None, reported: ReportEvent) -> tuple[ReportEvent, ...]:
    """Emit the report, unless the region's last one about the subject is the same."""
    return () if last == evolve(last, reported) else (reported,)


def evolve(report: Report | None, event: ReportEvent) -> Report:
    """Returns the state after an event; every type of the feed is handled."""
    match event:
        case OrderReported():
            return Report(thing=event.order, status=event.status)
        case TransferReported():
            return Report(thing=event.transfer, status=event.status)
        case MessageRefused():
            return Report(thing=event.message_id, status=event.reason)
        case MessageSettled():
            place = f"{event.topic} {event.partition} {event.offset}"
            status = f"{event.outcome} {event.reason or ''}".rstrip()
            return Report(thing=event.message_id or place, status=status)
