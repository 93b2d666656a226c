"""How a name is found by its beginnings. No database, no clock, no log."""

import re
from unicodedata import normalize

_WORD = re.compile(r"[^\W\d_]+")
_SWEDISH = frozenset("åäö")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: small letters, without accents but å, ä and ö.

    `Anna-Karin Lindén` has the words anna, karin and linden.
    """
    return tuple(_WORD.findall("".join(_plain(letter) for letter in normalize("NFC", name))))


def _plain(letter: str) -> str:
    small = letter.lower()
    return small if small in _SWEDISH else normalize("NFD", small)[0]
