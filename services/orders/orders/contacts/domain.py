"""How a name is found by its beginnings, and who can be mailed. No database, no clock, no log."""

import re
from enum import StrEnum
from unicodedata import normalize

from kvitt_contracts.refusals import Refused

_WORD = re.compile(r"[^\W\d_]+")
_SWEDISH = frozenset("åäö")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name as they are compared: small letters, without accents but å, ä and ö.

    `Anna-Karin Lindén` has the words anna, karin and linden.
    """
    return tuple(_WORD.findall("".join(_plain(letter) for letter in normalize("NFC", name))))


class Reason(StrEnum):
    """Why a user is not mailed."""

    NO_ADDRESS = "NO_ADDRESS"


def address_to_mail(address: str | None, *, may_be_mailed: bool) -> str:
    """Where a user is mailed at work (NTF-4).

    Raises Refused (NO_ADDRESS, NTF-4): they may not be mailed, or the region has stated no address.
    """
    if address is None or not may_be_mailed:
        raise Refused(
            Reason.NO_ADDRESS,
            rule="NTF-4",
            way_on="Be regionen lämna användarens e-postadress på arbetet.",
        )
    return address


def _plain(letter: str) -> str:
    small = letter.lower()
    return small if small in _SWEDISH else normalize("NFD", small)[0]
