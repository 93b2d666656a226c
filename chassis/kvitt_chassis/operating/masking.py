"""Finds and masks what looks like a personal number in a text: in URLs, logs and whatever is shown.

Wider than the contract's check: a wrong check digit, a coordination number, any hyphen count too.
"""

import re

MASK = "************"

# A UUID's groups can be all digits, and so can a count: only what has a date's form counts (month
# 1-12, day 1-31, or month 0-12, day 60-91 of a coordination number), and no longer row of digits.
_UUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
# decision 0082: a wrong check digit does not excuse a number
_NUMBER = (
    r"(?<!\d)(?:1[89]|20)?\d\d"
    r"(?:(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0\d|1[0-2])(?:[678]\d|9[01]))"
    r"[-+ ]?\d{4}(?!\d)"
)
_EITHER = re.compile(f"(?P<uuid>{_UUID})|(?P<number>{_NUMBER})")


def holds_personal_number(text: str) -> bool:
    """True when a text holds what looks like a personal or coordination number, 10 or 12 digits."""
    return any(found["number"] for found in _EITHER.finditer(text))


def mask(text: str) -> str:
    """The text with every such number replaced by asterisks. Ids (UUIDs) stay."""
    return _EITHER.sub(lambda found: found["uuid"] or MASK, text)
