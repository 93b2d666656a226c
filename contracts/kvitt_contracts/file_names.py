"""What files that people send in may be called: one rule for all services that take them in."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from kvitt_contracts.types import names_a_person

_LONGEST_NAME: Final = 120
_NOT_IN_NAMES: Final = frozenset('/\\:*?"<>|')


class BadFileName(ValueError):
    """A file is not taken under this name: `reason` is the code, `way_on` is Swedish."""

    def __init__(self, reason: str, way_on: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.way_on = way_on


def usable_file_name(name: str, *, endings: Sequence[str]) -> str:
    """A file's name as it is kept: composed letters, single spaces.

    Raises BadFileName: NAME_NOT_USABLE, PERSONAL_NUMBER_IN_NAME, NAME_SAYS_OTHER_TYPE.
    """
    whole = re.sub(" +", " ", unicodedata.normalize("NFC", name)).strip()
    has_shape = all(unicodedata.category(one)[0] not in "CZ" or one == " " for one in whole)
    if not has_shape or not _NOT_IN_NAMES.isdisjoint(whole) or whole[:1] in ("", "."):
        way_on = "Döp om filen: bara bokstäver, siffror, mellanslag, punkt och bindestreck."
        raise BadFileName("NAME_NOT_USABLE", way_on)
    if len(whole) > _LONGEST_NAME:
        way_on = f"Döp om filen: namnet får ha högst {_LONGEST_NAME} tecken."
        raise BadFileName("NAME_NOT_USABLE", way_on)
    if names_a_person(whole):
        way_on = "Döp om filen: ta bort personnumret ur namnet."
        raise BadFileName("PERSONAL_NUMBER_IN_NAME", way_on)
    if not whole.lower().endswith(tuple(endings)):
        way_on = f"Döp om filen så att namnet slutar på {' eller '.join(endings)}."
        raise BadFileName("NAME_SAYS_OTHER_TYPE", way_on)
    return whole
