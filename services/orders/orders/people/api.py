"""Persons over HTTP: add one by hand, list references, read who looked at whom. Numbers are in
bodies alone. How somebody comes to see a person is in `orders.care`.
"""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions import Name
from kvitt_contracts.types import Address, RegionPersonId, UserId
from pydantic import ConfigDict, Field
from sqlalchemy import select

from orders.people.commands import AddPerson
from orders.people.models import PersonRow
from orders.people.queries import find_by_number
from orders.people.views import PersonView

router = ApiRouter(tags=["Personer"])


class PersonToAdd(Body):
    """En person som saknas i registret (REF-8), och vem som bad om att den läggs till."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "identity": {"kind": "personal_number", "number": "189001019802"},
                    "name": "Testa Hundraåring",
                    "home_region": "bd",
                    "asked_by": "k082lno",
                }
            ]
        },
    )

    identity: Annotated[
        Identity, Field(description="Personnummer, samordnings- eller reservnummer")
    ]
    name: Annotated[Name, Field(description="Namn")]
    address: Annotated[Address | None, Field(description="Adress")] = None
    home_region: Annotated[
        str, Field(pattern=r"^[a-z]{1,2}$", description="Länstillhörighet: länsbokstav")
    ]
    protected: Annotated[bool, Field(description="Skyddade personuppgifter")] = False
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


@router.post("/persons", status_code=201)
async def add_person(body: PersonToAdd, commands: Commands) -> PersonView:
    """Lägg till en person som saknas i registret (REF-8); finns numret gäller den som finns, och
    det är ett uppslag som andra.

    Nekas: UNKNOWN_USER (REF-12), när ingen känner den som bad om det; TOO_MANY_LOOKS (REF-19).
    """

    async def show(tx: Transaction) -> PersonView:
        ref = await find_by_number(body.identity, tx)
        return PersonView.of(await tx.get(PersonRow, ref))

    return await commands.run(AddPerson(**dict(body)), show=show)


class PersonQuery(ListQuery):
    """Which references."""

    active: Annotated[bool | None, Eq(PersonRow.active, "Nytt får registreras")] = None
    region_person_id: Annotated[
        RegionPersonId | None, Eq(PersonRow.region_person_id, "Regionens id")
    ] = None


PERSONS = ListOf(
    select(PersonRow),
    scope=RegionWide(PersonRow.region, because="a reference says nothing of who it is (REF-8)"),
    sorts=named(PersonRow.region_person_id, PersonRow.active),
    default="region_person_id",
    view=PersonView.of,
)


@router.get("/persons")
async def list_persons(reader: Reader, asked: Annotated[PersonQuery, Query()]) -> Page[PersonView]:
    """Referenser. Vilka de är visas av POST /persons:resolve."""
    return await PERSONS.page(asked, reader)
