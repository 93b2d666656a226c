"""Persons over HTTP: add one by hand, list references, read who looked at whom. Numbers are in
bodies alone. How somebody comes to see a person is in `orders.care`.
"""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, To, Where
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
from kvitt_contracts.types import Address, PersonRef, RegionPersonId, ServicePointId, UserId
from pydantic import AwareDatetime, ConfigDict, Field
from sqlalchemy import select

from orders.people.commands import AddPerson
from orders.people.domain import Look
from orders.people.models import PersonAccessRow, PersonRow
from orders.people.queries import find_by_number, is_told_of, protected_among
from orders.people.views import AccessView, PersonView

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


class AccessQuery(ListQuery):
    """Which looks."""

    person: Annotated[PersonRef | None, Where(is_told_of, "Vem som sågs")] = None
    user_id: Annotated[UserId | None, Eq(PersonAccessRow.user_id, "Vem som såg")] = None
    look: Annotated[list[Look] | None, In(PersonAccessRow.look, "Vad det blev")] = None
    unit: Annotated[ServicePointId | None, Eq(PersonAccessRow.unit, "Från vilken enhet")] = None
    since: Annotated[AwareDatetime | None, From(PersonAccessRow.at, "Från och med")] = None
    until: Annotated[AwareDatetime | None, To(PersonAccessRow.at, "Till och med")] = None


ACCESSES = ListOf(
    select(PersonAccessRow),
    scope=RegionWide(PersonAccessRow.region, because="who may read the log reads all (REF-6)"),
    sorts=named(PersonAccessRow.at, PersonAccessRow.user_id),
    default="-at",
    view=AccessView.model_validate,
)


@router.get("/person-accesses")
async def list_person_accesses(
    reader: Reader, asked: Annotated[AccessQuery, Query()]
) -> Page[AccessView]:
    """Loggen över vem som såg vem, och varför (REF-6). Vem som sågs utelämnas när den har skyddade
    personuppgifter och uppslaget är en annans: loggen skulle säga var personen vårdas (REF-19).
    """
    page = await ACCESSES.page(asked, reader)
    me = reader.caller.user_id
    others = {one.person for one in page.items if one.person and one.user_id != me}
    withheld = await protected_among(others, reader)
    items = [
        one.without_person() if one.person in withheld and one.user_id != me else one
        for one in page.items
    ]
    return page.model_copy(update={"items": items})
