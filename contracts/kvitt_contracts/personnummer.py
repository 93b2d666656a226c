"""Identity of a person: personal identity number, coordination number or a region's reserve number
(REF-1).

Pure.
"""

from datetime import date
from typing import Annotated, Literal

from personnummer.personnummer import Personnummer, PersonnummerException
from pydantic import Field, field_validator

from kvitt_contracts.types import Day, Value


def is_personal_number(text: str) -> bool:
    """True for 12 digits with century and no hyphen, a date that exists and a right check digit;
    not a coordination number.
    """
    return _parses(text) and not _number(text).is_coordination_number()


def is_coordination_number(text: str) -> bool:
    """True for 12 digits of a coordination number (samordningsnummer: 60 added to the day)."""
    return _parses(text) and _number(text).is_coordination_number()


def birth_date(text: str) -> date:
    """The day of birth in a personal or coordination number of 12 digits.

    Raises ValueError when it is none.
    """
    if not _parses(text):
        raise ValueError("not a personal identity number or coordination number")
    day = int(text[6:8])
    return date(int(text[:4]), int(text[4:6]), day - 60 if day > 60 else day)


class PersonalNumber(Value):
    """A personal identity number (personnummer): 12 digits with century, no hyphen."""

    kind: Literal["personal_number"] = "personal_number"
    number: Annotated[str, Field(pattern=r"^[0-9]{12}$")]

    @field_validator("number")
    @classmethod
    def _check(cls, value: str) -> str:
        if not is_personal_number(value):
            raise ValueError("REF-1: datumet eller kontrollsiffran i personnumret stämmer inte")
        return value

    @property
    def born(self) -> date:
        """The day of birth."""
        return birth_date(self.number)


class CoordinationNumber(Value):
    """A coordination number (samordningsnummer): 12 digits, 60 added to the day."""

    kind: Literal["coordination_number"] = "coordination_number"
    number: Annotated[str, Field(pattern=r"^[0-9]{12}$")]

    @field_validator("number")
    @classmethod
    def _check(cls, value: str) -> str:
        if not is_coordination_number(value):
            raise ValueError(
                "REF-1: datumet eller kontrollsiffran i samordningsnumret stämmer inte"
            )
        return value

    @property
    def born(self) -> date:
        """The day of birth."""
        return birth_date(self.number)


class ReserveNumber(Value):
    """A reserve number of the region, for a person without another number; the day of birth is
    given beside it.
    """

    kind: Literal["reserve_number"] = "reserve_number"
    number: Annotated[str, Field(pattern=r"^[0-9]{0,8}[A-Z][0-9A-Z-]{4,19}$")]
    born_on: Day

    @property
    def born(self) -> date:
        """The day of birth."""
        return self.born_on


Identity = Annotated[
    PersonalNumber | CoordinationNumber | ReserveNumber, Field(discriminator="kind")
]


def _number(text: str) -> Personnummer:
    return Personnummer(text)


def _parses(text: str) -> bool:
    if len(text) != 12 or not text.isascii() or not text.isdigit():
        return False
    try:
        _number(text)
    except (PersonnummerException, ValueError):
        return False
    return True
