"""Persons as they are shown to who may look at them."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from kvitt_contracts.types import Address, PersonRef
from pydantic import BaseModel, ConfigDict, Field

from orders.people.domain import Details, Located, Shown


class ResolvedPerson(BaseModel):
    """En person, så mycket av den som ändamålet ger rätt till."""

    model_config = ConfigDict(frozen=True)

    asked: Annotated[PersonRef, Field(description="Referensen som det frågades efter")]
    person: Annotated[PersonRef, Field(description="Referensen som gäller")]
    name: Annotated[str, Field(description="Namn")]
    number: Annotated[str, Field(description="Personnummer, samordnings- eller reservnummer")]
    protected: Annotated[bool, Field(description="Skyddade personuppgifter (REF-9)")]
    deceased: Annotated[bool, Field(description="Avliden; visas efter namnet (REF-2)")]


class LocatedPerson(ResolvedPerson):
    """En person med adress. Vid skyddade personuppgifter bara för leverans (REF-9)."""

    address: Annotated[Address | None, Field(description="Adress ur folkbokföringen")]
    phone: Annotated[str | None, Field(description="Telefon")]
    door_code: Annotated[str | None, Field(description="Portkod")]
    instructions: Annotated[str | None, Field(description="Anvisningar")]
    home_region: Annotated[str, Field(description="Länstillhörighet")]


class Resolved(BaseModel):
    """Svaret: de som visas, och referenserna som inte gör det."""

    model_config = ConfigDict(frozen=True)

    persons: list[LocatedPerson | ResolvedPerson]
    unknown: Annotated[
        list[PersonRef], Field(description="Okända, raderade, eller utom räckhåll för dig")
    ]


class Hit(BaseModel):
    """En träff: så mycket som skiljer träffar åt, och inte mer (REF-2)."""

    model_config = ConfigDict(frozen=True)

    person: Annotated[PersonRef, Field(description="Referensen som gäller")]
    name: Annotated[str, Field(description="Namn")]
    born_on: Annotated[date, Field(description="Födelsedag")]
    city: Annotated[
        str | None, Field(description="Postort; saknas vid skyddade personuppgifter (REF-9)")
    ]
    protected: Annotated[bool, Field(description="Skyddade personuppgifter (REF-9)")]
    deceased: Annotated[bool, Field(description="Avliden; visas efter namnet (REF-2)")]

    @classmethod
    def of(cls, person: PersonRef, details: Details) -> "Hit":
        """A person as a hit."""
        shown = None if details.protected else details.address
        return cls(
            person=person,
            name=details.name,
            born_on=details.born_on,
            city=None if shown is None else shown.city,
            protected=details.protected,
            deceased=details.deceased,
        )


class Found(BaseModel):
    """Svaret på en sökning."""

    model_config = ConfigDict(frozen=True)

    hits: Annotated[list[Hit], Field(description="I namnordning")]
    more: Annotated[bool, Field(description="Det finns fler: skriv mer, så blir de färre")]


class Opening(BaseModel):
    """En öppnad person."""

    model_config = ConfigDict(frozen=True)

    person: Annotated[PersonRef, Field(description="Referensen som gäller")]
    until: Annotated[datetime, Field(description="Så länge är personen öppnad för dig")]
    told: Annotated[str, Field(description="Vem som får veta det")] = (
        "Öppningen och skälet är loggade, och kundtjänst får veta det."
    )


def view_of(
    asked: PersonRef, person: PersonRef, shown: Shown | Located
) -> ResolvedPerson | LocatedPerson:
    """A person as it is shown, with as much as was let through."""
    view = LocatedPerson if isinstance(shown, Located) else ResolvedPerson
    return view.model_validate({"asked": asked, "person": person, **asdict(shown)})
