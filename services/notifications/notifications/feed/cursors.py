"""The text of a place in a region's feed: small letters alone, so that no row of digits in an
address looks like a personal number. No query.
"""

from typing import Final, NamedTuple
from uuid import UUID

from kvitt_chassis.http import Invalid

_LETTERS: Final = "bcdfghjkmnpqrstv"
_DIGITS: Final = {letter: f"{number:x}" for number, letter in enumerate(_LETTERS)}
_MARK: Final = 8
"""So many digits of the event's id are in it."""
_LONGEST: Final = 16


class Place(NamedTuple):
    """A place in a feed, and the beginning of the id of the event that stands there: after a
    restore another one may.
    """

    number: int
    mark: str

    @property
    def text(self) -> str:
        """As readers give it back."""
        return "".join(_LETTERS[int(one, 16)] for one in f"{self.mark}{self.number:x}")

    def is_of(self, event_id: UUID) -> bool:
        """True when it is this event that stands there."""
        return event_id.hex.startswith(self.mark)


START: Final = Place(0, "0" * _MARK)
"""Before the first event."""


def place_of(number: int, event_id: UUID | None) -> Place:
    """The place of an event; of none: before the first."""
    return START if event_id is None else Place(number, event_id.hex[:_MARK])


def read(text: str) -> Place:
    """The place that a text says. Raises Invalid (422) for what is no place of a feed."""
    try:
        digits = "".join(_DIGITS[letter] for letter in text)
        if not _MARK < len(digits) <= _MARK + _LONGEST:
            raise unreadable()
        number = int(digits[_MARK:], 16)
    except KeyError:
        raise unreadable() from None
    if number >= 2**63:
        raise unreadable()
    return Place(number, digits[:_MARK])


def unreadable() -> Invalid:
    """The problem of a cursor that is none."""
    return Invalid(
        "UNKNOWN_CURSOR",
        field="after",
        rule="NTF-4",
        detail="Platsen i `after` går inte att läsa: den är inte härifrån.",
        way_on="Skicka `next` från senaste svaret som det är, eller börja om med `from=<dag>`.",
    )


def of_another_time() -> Invalid:
    """The problem of a cursor whose place has another event, or none."""
    return Invalid(
        "CURSOR_OF_ANOTHER_FEED",
        field="after",
        rule="NTF-4",
        detail="Platsen i `after` finns inte i regionens flöde: den är en annan regions, eller från"
        " före en återställning av databasen.",
        way_on="Börja om med `from=<dag>` från en dag före återställningen; händelsernas id visar"
        " vad du redan har.",
    )
