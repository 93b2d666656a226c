"""Where a page ended, as a text that says nothing to who holds it. No query here.

It is sealed, since a list may be sorted by anything and an address is logged by whoever it passes.
"""

from typing import Any, Literal, NamedTuple

from cryptography.fernet import InvalidToken
from pydantic import TypeAdapter, ValidationError

from kvitt_chassis.operating.masking import holds_personal_number
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.web.problems import Invalid

MAX_CURSOR_LENGTH = 4_000


# decision 0084: a list goes on after its last row, by a sealed cursor
class Cursor(NamedTuple):
    """The place after a page's last row, in one list and order."""

    version: Literal[1]
    listed: str
    """What the list was narrowed by, as a digest: another list's cursor is of no use."""
    sort: str
    total: int
    total_is_exact: bool
    last: list[Any]
    """The last row's sort value and key, as JSON has them."""


_CURSOR = TypeAdapter(Cursor)


def seal(cursor: Cursor, sealer: Sealer) -> str:
    """The text of a cursor: safe in an address, and never taken for a personal number there."""
    document = _CURSOR.dump_json(cursor).decode()
    sealed = sealer.seal_text(document)
    while holds_personal_number(sealed):  # chance digits; the next sealing has others
        sealed = sealer.seal_text(document)
    return sealed.rstrip("=")


def unseal(text: str, sealer: Sealer) -> Cursor:
    """The cursor again. Raises Invalid (422): it is not ours, or of another version or key."""
    try:
        document = sealer.unseal_text(text + "=" * (-len(text) % 4))
        return _CURSOR.validate_json(document)
    except (InvalidToken, ValidationError, ValueError):
        raise unreadable() from None


def unreadable() -> Invalid:
    """The problem of a cursor that cannot be read."""
    return Invalid(
        "UNKNOWN_CURSOR",
        field="cursor",
        detail="Platsen i cursor går inte att läsa: den är inte härifrån eller gäller inte längre.",
        way_on=_FROM_THE_START,
    )


def of_another_list() -> Invalid:
    """The problem of a cursor that is a place in something else than what is asked for."""
    return Invalid(
        "CURSOR_OF_ANOTHER_LIST",
        field="cursor",
        detail="Platsen i cursor gäller en annan lista, andra filter eller en annan sortering.",
        way_on=_FROM_THE_START,
    )


_FROM_THE_START = "Hämta listan från början, utan cursor, och följ sedan next."
