"""The rules of an article's files: what is taken, and how many are shown. No clock."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from kvitt_contracts.file_names import BadFileName, usable_file_name
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import names_a_person

RULE: Final = "INV-2"
MOST: Final = 30
"""So many files may an article's page show."""

TAKEN: Final[Mapping[str, tuple[str, ...]]] = {
    "application/pdf": (".pdf",),
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
}
"""What is taken, by media type, and how its name ends."""


class Reason(StrEnum):
    """Why something about an article's page is refused."""

    DESCRIPTION_MISSING = "DESCRIPTION_MISSING"
    EMPTY = "EMPTY"
    FILE_GONE = "FILE_GONE"
    LINK_NOT_USABLE = "LINK_NOT_USABLE"
    NOT_WHAT_IT_SAYS = "NOT_WHAT_IT_SAYS"
    PERSONAL_NUMBER_IN_TEXT = "PERSONAL_NUMBER_IN_TEXT"
    TOO_LARGE = "TOO_LARGE"
    TOO_MANY = "TOO_MANY"
    TYPE_NOT_TAKEN = "TYPE_NOT_TAKEN"
    UNKNOWN_ARTICLE = "UNKNOWN_ARTICLE"
    UNKNOWN_ARTICLE_FILE = "UNKNOWN_ARTICLE_FILE"


def media_type_of(content_type: str) -> str:
    """The media type that a sender names, without its parameters.

    Raises Refused (TYPE_NOT_TAKEN, INV-2): none that is taken.
    """
    said = content_type.partition(";")[0].strip().lower()
    if said not in TAKEN:
        way_on = "Spara dokumentet som PDF, eller bilden som PNG eller JPEG, och skicka den igen."
        raise refusal(Reason.TYPE_NOT_TAKEN, "Content-Type", way_on)
    return said


def cleaned(name: str, *, media_type: str) -> str:
    """A file's name as it is kept.

    Raises Refused (INV-2): NAME_NOT_USABLE, PERSONAL_NUMBER_IN_NAME, NAME_SAYS_OTHER_TYPE.
    """
    try:
        return usable_file_name(name, endings=TAKEN[media_type])
    except BadFileName as bad:
        raise refusal(bad.reason, "X-Filename", bad.way_on) from bad


def must_have_room(beside: int) -> None:
    """Raises Refused (TOO_MANY, INV-2): the page shows so many files already."""
    if beside >= MOST:
        way_on = f"En artikel kan visa högst {MOST} filer. Ta bort någon först."
        raise refusal(Reason.TOO_MANY, None, way_on)


def said_of(said: str | None, before: str | None) -> str:
    """What a file says on its page: what is said now, else what it said before.

    Raises Refused (DESCRIPTION_MISSING, INV-2): neither.
    """
    if (text := said or before) is None:
        way_on = "Skriv vad bilden föreställer, för den som inte ser den, eller vad dokumentet är."
        raise refusal(Reason.DESCRIPTION_MISSING, "description", way_on)
    return text


def must_be_nobodys(text: str | None, *, field: str) -> None:
    """Raises Refused (PERSONAL_NUMBER_IN_TEXT, INV-2): everybody reads it."""
    if text is not None and names_a_person(text):
        way_on = "Ta bort personnumret: texten visas för alla som ser artikeln."
        raise refusal(Reason.PERSONAL_NUMBER_IN_TEXT, field, way_on)


def must_lead_out(link: str | None) -> None:
    """Raises Refused (LINK_NOT_USABLE, INV-2): a page of the supplier's begins with https."""
    if link is not None and not link.startswith("https://"):
        way_on = "Skriv hela adressen till leverantörens sida, som börjar med https://."
        raise refusal(Reason.LINK_NOT_USABLE, "link", way_on)


def too_large(limit: int) -> Refused:
    """The refusal of a file that is larger than the limit, in bytes."""
    way_on = f"Filen får vara högst {limit // 1024 // 1024} MB. Spara den mindre."
    return refusal(Reason.TOO_LARGE, "body", way_on)


def empty() -> Refused:
    """The refusal of a file with nothing in it."""
    return refusal(Reason.EMPTY, "body", "Filen är tom. Öppna den, spara den och skicka den igen.")


def not_what_it_says() -> Refused:
    """The refusal of a file that is not of the type that its sender names."""
    way_on = "Filen är inte av den typ som den sägs vara. Spara om den som PDF, PNG eller JPEG."
    return refusal(Reason.NOT_WHAT_IT_SAYS, "body", way_on)


def gone() -> Refused:
    """The refusal to show a file that is not where it was kept."""
    way_on = "Filen kan inte läsas. Hör av dig till kundservice, som kan lägga in den på nytt."
    return refusal(Reason.FILE_GONE, None, way_on)


def unknown() -> Refused:
    """The refusal of a file that is not there any more."""
    way_on = "Skicka in filen på nytt: en fil som inte visas tas bort efter ett dygn."
    return refusal(Reason.UNKNOWN_ARTICLE_FILE, None, way_on)


def refusal(reason: str, field: str | None, way_on: str) -> Refused:
    """The refusal by INV-2, with the field that it is about and the way on."""
    return Refused(reason, rule=RULE, field=field, way_on=way_on)
