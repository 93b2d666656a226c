"""Amounts of money as people write them in a form."""

import re
from typing import Final

_KRONOR: Final = re.compile(r"(\d{1,9})(?:[,.](\d{1,2}))?", re.ASCII)
_LEFT_OUT: Final = re.compile(r"\s|kr$")


def ore_of(written: str) -> int | None:
    """An amount in kronor, `1 290,50 kr`, in öre; None of what is none."""
    found = _KRONOR.fullmatch(_LEFT_OUT.sub("", written))
    if found is None:
        return None
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
