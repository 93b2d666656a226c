"""Persons over HTTP: find by number, resolve for a purpose, read who looked. Numbers are in bodies
alone, and every look is logged in the transaction that answers it.
"""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import Query
from kvitt_chassis.auth import Forbidden
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    NotFound,
    Page,
    Reader,
    RegionWide,
    Scope,
    SignedIn,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.regions import Name
from kvitt_contracts.types import Address, PersonRef, RegionPersonId, UserId
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select, true

from orders.people import domain
from orders.people.commands import AddPerson, DoorCode, Instructions, KeepContact, Phone
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonRow
from orders.people.queries import current_references, find_by_number
from orders.people.writes import log_accesses
from orders.read_transaction import ReadTransaction

router = ApiRouter(tags=["Personer"])

FIND = "find"
"""The purpose that a look-up by number is logged under."""


class FindPerson(Body):
    """Vem som söks. Numret står i anropets kropp, aldrig i adressen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"identity": {"kind": "personal_number", "number": "189001019802"}}]
        },
    )

    identity: Annotated[
        Identity, Field(description="Personnummer, samordnings- eller reservnummer")
    ]


class PersonView(BaseModel):
    """En referens till en person. Säger inte vem det är."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    person: Annotated[
        PersonRef,
        Field(validation_alias="id", description="Referensen som alla andra anrop tar"),
    ]
    region_person_id: Annotated[RegionPersonId, Field(description="Regionens eget id")]
    active: Annotated[bool, Field(description="Nytt får registreras på personen (REF-14)")]
    merged_into: Annotated[
        PersonRef | None, Field(description="Sammanslagen med denna: använd den i stället")
    ]

    @classmethod
    def of(cls, row: PersonRow) -> "PersonView":
        """A row as it is shown."""
        return cls.model_validate(row)


class ResolvePersons(Body):
    """Vilka som ska visas, och varför."""

    model_config = ConfigDict(extra="forbid")

    refs: Annotated[tuple[PersonRef, ...], Field(min_length=1, max_length=200)]
    purpose: Annotated[domain.Purpose, Field(description="Ändamålet, som loggas (REF-6)")]


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
    """Svaret: de som finns, och referenserna som ingen har."""

    persons: list[LocatedPerson | ResolvedPerson]
    unknown: Annotated[list[PersonRef], Field(description="Okända eller raderade")]


class AccessView(BaseModel):
    """Vem som såg en person, när och varför."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: datetime
    user_id: UserId
    purpose: str
    person: PersonRef


# decision 0033: a look takes no Idempotency-Key and is logged in its own transaction
@router.post("/persons:find")
async def find_person(body: FindPerson, caller: SignedIn, tx: ReadTransaction) -> PersonView:
    """Sök en person på nummer; svaret är referensen.

    Finns ingen med numret: 404 (REF-8).
    """
    ref = await find_by_number(body.identity, tx)
    if ref is None:
        raise NotFound("person", rule="REF-8")
    row = await tx.get(PersonRow, ref)
    log_accesses(tx, caller.user_id, FIND, [ref])
    return PersonView.of(row)


@router.post("/persons:resolve")
async def resolve_persons(
    body: ResolvePersons, caller: SignedIn, reader: Reader, tx: ReadTransaction
) -> Resolved:
    """Visa vilka referenserna är, för ett ändamål. Varje uppslag loggas."""
    if not caller.has(*domain.who_may_ask(body.purpose)):
        raise Forbidden(reader.grant.act)
    current = await current_references(body.refs, tx)
    found = await tx.look_up_all(PersonDetailsRow, current.values())
    details = {row.person: row.details() for row in found}
    shown = [
        _view(asked, ref, domain.show(details[ref], purpose=body.purpose))
        for asked, ref in current.items()
        if ref in details
    ]
    log_accesses(tx, caller.user_id, body.purpose, sorted(details, key=str))
    known = {view.asked for view in shown}
    return Resolved(persons=shown, unknown=[ref for ref in body.refs if ref not in known])


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


class Contact(Body):
    """Det som får ändras om en person (REF-1); `null` tar bort uppgiften."""

    model_config = ConfigDict(extra="forbid")

    phone: Annotated[Phone | None, Field(description="Telefon")] = None
    door_code: Annotated[DoorCode | None, Field(description="Portkod")] = None
    instructions: Annotated[Instructions | None, Field(description="Anvisningar")] = None


@router.post("/persons", status_code=201)
async def add_person(body: PersonToAdd, commands: Commands) -> PersonView:
    """Lägg till en person som saknas i registret (REF-8); finns numret gäller den som finns.

    Nekas: UNKNOWN_USER (REF-12), när ingen känner den som bad om det.
    """

    async def show(tx: Transaction) -> PersonView:
        ref = await find_by_number(body.identity, tx)
        return PersonView.of(await tx.get(PersonRow, ref))

    return await commands.run(AddPerson(**dict(body)), show=show)


@router.post("/persons/{person}:contact")
async def keep_contact(person: PersonRef, body: Contact, commands: Commands) -> PersonView:
    """Ändra telefon, portkod och anvisningar; de följer med till senare registreringar (REF-1).

    Nekas: UNKNOWN_PERSON (contract), UNKNOWN_PERSON_DETAIL (REF-1).
    """

    async def show(tx: Transaction) -> PersonView:
        return PersonView.of(await tx.get(PersonRow, person))

    return await commands.run(KeepContact(**dict(body)), target=person, show=show)


PERSON = Scope(PersonRow.region, also=lambda _: true())
"""Whose references are shown by themselves: a reference says nothing of who it is (REF-8)."""


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


@router.get("/persons/{person}")
async def get_person(person: PersonRef, reader: Reader) -> PersonView:
    """En referens."""
    return PersonView.of(await reader.get(PersonRow, person, scope=PERSON, rule="REF-1"))


class AccessQuery(ListQuery):
    """Which looks."""

    person: Annotated[PersonRef | None, Eq(PersonAccessRow.person, "Vem som sågs")] = None
    user_id: Annotated[UserId | None, Eq(PersonAccessRow.user_id, "Vem som såg")] = None


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
    """Loggen över vem som såg vem, och varför (REF-6)."""
    return await ACCESSES.page(asked, reader)


def _view(
    asked: PersonRef, ref: PersonRef, shown: domain.Shown | domain.Located
) -> ResolvedPerson | LocatedPerson:
    view = LocatedPerson if isinstance(shown, domain.Located) else ResolvedPerson
    return view.model_validate({"asked": asked, "person": ref, **asdict(shown)})
