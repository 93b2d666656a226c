"""How a number is written (ORD-2). No clock, no database."""

from datetime import date
from enum import StrEnum

from kvitt_contracts.types import OrderNumber


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
