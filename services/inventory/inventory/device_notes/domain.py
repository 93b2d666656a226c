"""The rules of what is written on a device's card (INV-5g). No clock, no database."""

from typing import Final

from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import UserId, names_a_person

RULE: Final = "INV-5"


class NoteRefused(Refused):
    """It cannot be written on the card, or not be taken from it by who asks."""


def must_be_nobodys(text: str) -> None:
    """Raises NoteRefused (PERSONAL_NUMBER_IN_TEXT): whoever sees the card reads it, also when
    somebody else has the device.
    """
    if names_a_person(text):
        raise _refusal("PERSONAL_NUMBER_IN_TEXT", "text", _NO_NUMBER)


def must_be_writers(writer: UserId, *, by: UserId, is_customer_service: bool) -> None:
    """Raises NoteRefused (NOT_THE_WRITER): another than who wrote it, or customer service, takes it
    away.
    """
    if by != writer and not is_customer_service:
        raise _refusal("NOT_THE_WRITER", None, _ASK_WRITER)


def must_have_hidden(hidden_by: UserId | None, *, by: UserId, is_customer_service: bool) -> None:
    """Raises NoteRefused (TAKEN_AWAY_BY_OTHERS): another than who took it away, or customer
    service, shows it again.
    """
    if hidden_by not in (None, by) and not is_customer_service:
        raise _refusal("TAKEN_AWAY_BY_OTHERS", None, _ASK_SERVICE)


def unknown() -> NoteRefused:
    """The refusal of a note that is not there any more."""
    return _refusal("UNKNOWN_DEVICE_NOTE", None, _WRITE_ANEW)


def _refusal(reason: str, field: str | None, way_on: str) -> NoteRefused:
    return NoteRefused(reason, rule=RULE, field=field, way_on=way_on)


_NO_NUMBER = (
    "Ta bort personnumret: anteckningen handlar om hjälpmedlet, och läses av alla som ser kortet."
)
_ASK_WRITER = "Be den som skrev anteckningen, eller kundtjänst, att ta bort den."
_ASK_SERVICE = "Be kundtjänst visa anteckningen igen: det var någon annan som tog bort den."
_WRITE_ANEW = "Skriv anteckningen på nytt: en som tas bort kan visas igen inom ett dygn."
