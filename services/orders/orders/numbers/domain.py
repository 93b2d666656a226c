"""How a number is written (ORD-2). No clock, no database."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kvitt_contracts.types import OrderNumber

_TOLD_BY_TWO_DIGITS: Final = range(2000, 2100)


class Series(StrEnum):
    """What is numbered by itself."""

    ORDER = "order"
    PICKUP = "pickup"
    PURCHASE_ORDER = "purchase_order"
    WORK_ORDER = "work_order"


def week_of(day: date) -> str:
    """Two digits of the ISO year and two of the ISO week of a Stockholm day."""
    year, week, _ = day.isocalendar()
    return f"{year % 100:02}{week:02}"


def number_in(week: str, running: int) -> OrderNumber:
    """The number: at least four running digits, a fifth after 9999 (ORD-2)."""
    return OrderNumber(f"{week}{running:04}")


def begins_at(day: date) -> str | None:
    """What no number is before that is given from a day on; None where two digits do not tell the
    year: every number may be of such a day.
    """
    return week_of(day) if day.isocalendar().year in _TOLD_BY_TWO_DIGITS else None


def ends_before(day: date) -> str | None:
    """What every number is before that is given until a day; None as for `begins_at`."""
    if day.isocalendar().year not in _TOLD_BY_TWO_DIGITS:
        return None
    return begins_at(day + timedelta(weeks=1))
