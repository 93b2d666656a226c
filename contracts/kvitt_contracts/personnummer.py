"""Identity of a person: personal identity number, coordination number or a region's reserve number
(REF-1).

Pure.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from kvitt_contracts.day_bounds import BORN, BornOn
from kvitt_contracts.types import Value
from kvitt_contracts.types.birth_numbers import is_coordination, possible_births


def is_personal_number(text: str) -> bool:
    """True for 12 digits with century and no hyphen, a date that exists and a right check digit;
    not a coordination number.
    """
    return possible_births(text) is not None and not is_coordination(text)


def is_coordination_number(text: str) -> bool:
    """True for 12 digits of a coordination number (samordningsnummer: 60 added to the day).

    Month 00 and day 60 say that Skatteverket does not know them.
    """
    return possible_births(text) is not None and is_coordination(text)


def birth_date(text: str) -> date:
    """The day of birth in a personal or coordination number of 12 digits; the last possible one
    where the number leaves month or day unsaid, so that no fee is charged too early (BIL-3).

    Raises ValueError when it is none.
    """
    births = possible_births(text)
    if births is None:
        raise ValueError("not a personal identity number or coordination number")
    return births[1]


def first_possible_birth(identity: "Identity") -> date:
    """The first day on which the person can have been born: a number whose day is unknown may be of
    somebody born this year.
    """
    births = possible_births(identity.number)
    return identity.born if births is None else births[0]


class PersonalNumber(Value):
    """A personal identity number (personnummer): 12 digits with century, no hyphen."""

    kind: Literal["personal_number"] = "personal_number"
    number: Annotated[str, Field(pattern=r"^[0-9]{12}$"), BORN]

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
    number: Annotated[str, Field(pattern=r"^[0-9]{12}$"), BORN]

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
    born_on: BornOn

    @property
    def born(self) -> date:
        """The day of birth."""
        return self.born_on


Identity = Annotated[
    PersonalNumber | CoordinationNumber | ReserveNumber, Field(discriminator="kind")
]
