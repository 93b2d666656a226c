"""The digits of a personal number (personnummer) and of a coordination number (samordningsnummer).

Pure; no clock.
"""

import re
from calendar import monthrange
from datetime import date

from kvitt_contracts.types.check_digits import luhn_holds

EARLIEST_BIRTH = date(1880, 1, 1)
"""Nobody alive was born before; Skatteverket's test numbers begin in 1890."""

_TO_COORDINATION = 60
_NUMBER = re.compile("[0-9]{8}(?!000)[0-9]{4}")  # the three digits after the date begin at 001


# decision 0207: a coordination number may leave month or day unsaid
def possible_births(digits: str) -> tuple[date, date] | None:
    """The first and the last day on which the person of these 12 digits can have been born, or None
    where the date or the check digit is wrong.

    They differ only for a coordination number with month 00 or day 60, whose date nobody knows.
    """
    if not (_NUMBER.fullmatch(digits) and luhn_holds(digits[2:])):
        return None
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    if day >= _TO_COORDINATION:
        first_month, last_month = (1, 12) if month == 0 else (month, month)
        first = _date(year, first_month, day - _TO_COORDINATION or 1)
        last = _date(year, last_month, day - _TO_COORDINATION or _days(year, last_month))
    else:
        first = last = _date(year, month, day)
    return None if first is None or last is None or first < EARLIEST_BIRTH else (first, last)


def is_coordination(digits: str) -> bool:
    """True when 60 is added to the day of these 12 digits."""
    return int(digits[6:8]) >= _TO_COORDINATION


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days(year: int, month: int) -> int:
    return monthrange(year, month)[1] if 1 <= month <= 12 and year else 0
