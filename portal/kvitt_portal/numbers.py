"""Personal numbers as people write them, and where they must not stand: in no address."""

import re
from typing import Final

from kvitt_chassis.operating.masking import holds_personal_number

_HYPHENS: Final = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))
"""What editors and records put in a hyphen's place."""
_NUMBER: Final = re.compile(r"(\d{8})\s*[-+]?\s*(\d{4})", re.ASCII)


def personal_number(text: str) -> str:
    """The twelve digits of a personal or coordination number, with or without a hyphen; empty for
    any other text.
    """
    found = _NUMBER.fullmatch(text.translate(_HYPHENS))
    return found[1] + found[2] if found else ""


def holds_number(text: str) -> bool:
    """True where what looks like such a number stands anywhere in a text."""
    return holds_personal_number(text.translate(_HYPHENS))
