"""A device's life by day, made from its table or from its events: the two say the same."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    DeviceEvent,
    DeviceRegistered,
    DeviceStatedOnLoan,
    DeviceStatusChanged,
)
from kvitt_contracts.types import OrderId, StoreHolder

from inventory.devices.domain import periods


class Cause(StrEnum):
    """What changed a device's custody."""

    REGISTERED = "registered"
    STATED = "stated"
    ORDER = "order"
    TRANSFER = "transfer"
    RETURN = "return"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A change of a device's custody: the number of its event among the device's own, and the order
    or the transfer that made it, where one did.
    """

    number: int
    custody: Custody
    order_id: OrderId | None = None
    transfer_id: UUID | None = None

    @property
    def cause(self) -> Cause:
        """What kind of change it was. The first one of a device is no return."""
        is_in_store = isinstance(self.custody.holder, StoreHolder)
        if self.transfer_id is not None:
            return Cause.TRANSFER
        if self.order_id is not None:
            return Cause.ORDER
        if self.number == 1:
            return Cause.REGISTERED if is_in_store else Cause.STATED
        return Cause.RETURN if is_in_store else Cause.CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The days [start, end) that a device was as one change made it; the last span is open."""

    start: date
    end: date | None
    entry: Entry


def entries_of(events: Iterable[tuple[int, DeviceEvent]]) -> Iterator[Entry]:
    """A device's changes of custody, replayed from its events with their numbers."""
    for number, event in events:
        match event:
            case DeviceRegistered():
                custody = Custody(holder=StoreHolder(store=event.store), since=event.registered_on)
                yield Entry(number=number, custody=custody)
            case DeviceStatedOnLoan():
                yield Entry(number=number, custody=event.custody)
            case CustodyChanged(cause=cause):
                yield Entry(
                    number=number,
                    custody=event.custody,
                    order_id=cause.order_id,
                    transfer_id=cause.transfer_id,
                )
            case DeviceStatusChanged():
                continue  # it stays where it is


def life(entries: Sequence[Entry]) -> tuple[Span, ...]:
    """A device's life from its changes in the order in which they were emitted: of several on one
    day the last one counts (BIL-1, INV-5).
    """
    by_day = {entry.custody.since: entry for entry in entries}
    return tuple(
        Span(start=period.start, end=period.end, entry=by_day[period.start])
        for period in periods([entry.custody for entry in entries])
    )


def on_day(spans: Iterable[Span], day: date) -> Span | None:
    """The span that a day lies in; None of a day before the device was known. A day that has not
    come is as the last span is now.
    """
    for span in spans:
        if span.start <= day and (span.end is None or day < span.end):
            return span
    return None


def differing(one: Sequence[Span], other: Sequence[Span]) -> tuple[str, ...]:
    """What two tellings of a device's life do not agree on, as `payer_id@2026-03-14`: the field,
    and each day from which it differs. Holds no value of either.
    """
    days = sorted({span.start for span in (*one, *other)})
    return tuple(
        f"{field}@{day}"
        for day in days
        for field in _differing(on_day(one, day), on_day(other, day))
    )


_FIELDS = ("holder", "payer_id", "customer_id", "prescriber", "since")


def _differing(one: Span | None, other: Span | None) -> Iterator[str]:
    if one is None or other is None:
        if one is not other:
            yield "custody"
        return
    for field in _FIELDS:
        if getattr(one.entry.custody, field) != getattr(other.entry.custody, field):
            yield field
    if _made_by(one.entry) != _made_by(other.entry):
        yield "cause"


def _made_by(entry: Entry) -> tuple[object, ...]:
    return entry.number, entry.cause, entry.order_id, entry.transfer_id
