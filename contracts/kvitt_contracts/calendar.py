"""Days and instants: calendar days are days in Europe/Stockholm (domain §8).

Takes days and instants, never a clock.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

STOCKHOLM = ZoneInfo("Europe/Stockholm")

StockholmDay = date
"""A calendar day in Europe/Stockholm."""


_MONTHS = (
    *("januari", "februari", "mars", "april", "maj", "juni"),
    *("juli", "augusti", "september", "oktober", "november", "december"),
)


def in_swedish(day: date) -> str:
    """A day as Swedes write it: 2 mars 2026."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def stockholm_day(instant: datetime) -> date:
    """Returns the Stockholm day of an aware instant, in any time zone."""
    return instant.astimezone(STOCKHOLM).date()


def start_of_day(day: date) -> datetime:
    """The instant (UTC) at which a Stockholm day begins."""
    return datetime.combine(day, time(), STOCKHOLM).astimezone(UTC)


def deadline_after(instant: datetime, *, days: int) -> datetime:
    """The instant after the last of `days` calendar days that follow the day of `instant` (BMB-7).

    Sent on 1 May with six days: the start of 8 May. The last day is the 7th; its end is the
    deadline.
    """
    return start_of_day(stockholm_day(instant) + timedelta(days=days + 1))


def is_working_day(day: date) -> bool:
    """False on Saturdays, Sundays and Swedish public holidays (the eves are no public holidays)."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def working_days_after(day: date, count: int) -> date:
    """Returns the `count`-th working day after `day`; `count` 0 gives `day` itself, or the next
    working day if it is free.

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError("count must not be negative")
    while count == 0 and not is_working_day(day):
        day += timedelta(days=1)
    while count:
        day += timedelta(days=1)
        count -= is_working_day(day)
    return day


def months_after(day: date, count: int) -> date:
    """The day `count` months after `day`: of the same number, or that month's last.

    >>> months_after(date(2026, 8, 31), 6)
    datetime.date(2027, 2, 28)
    """
    years, month = divmod(day.month - 1 + count, 12)
    first = date(day.year + years, month + 1, 1)
    last = first_of_next_month(first) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def first_of_next_month(day: date) -> date:
    """The first day of the month after the one that `day` is in."""
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


@lru_cache(maxsize=64)
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("SE", years=year))
