"""The rules of days: each Stockholm day is closed once, in order, with the count of changes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import DayClosed, DayEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """The latest day that was closed, and how many custody changes were emitted by then."""

    closed: date
    custody_changes_so_far: int


def day_to_close(days: Days | None, *, first_day: date) -> date:
    """The day that is closed next: the first one, or the one after the latest closed."""
    return first_day if days is None else days.closed + timedelta(days=1)


def ends_at(day: date) -> datetime:
    """The instant at which a day is over: the next one begins."""
    return start_of_day(day + timedelta(days=1))


def close(day: date, *, custody_changes_so_far: int) -> DayClosed:
    """The day is over."""
    return DayClosed(day=day, custody_changes_so_far=custody_changes_so_far)


def evolve(days: Days | None, event: DayEvent) -> Days:
    """The state after a day was closed."""
    return Days(closed=event.day, custody_changes_so_far=event.custody_changes_so_far)
