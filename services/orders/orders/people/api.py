"""Persons over HTTP: find by number, resolve for a purpose, read who looked. Numbers are in bodies
alone, and every look is logged in the transaction that answers it.
"""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import Depends, Query, Request
from kvitt_chassis.http import ApiContext, ApiRouter, Listing, Page, Reader, SignedIn
from kvitt_chassis.problems import NotFound
from kvitt_chassis.transaction import UnitOfWork
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import Address, PersonRef, RegionPersonId, Role, UserId
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from orders.people import domain
from orders.people.models import PersonAccessRow, PersonDetailsRow, PersonRow
from orders.people.number_index import index_of

router = ApiRouter(tags=["Personer"])

FIND = "find"
"""The purpose that a look-up by number is logged under."""


class FindPerson(BaseModel):
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

    model_config = ConfigDict(frozen=True)

    person: Annotated[PersonRef, Field(description="Referensen som alla andra anrop tar")]
    region_person_id: Annotated[RegionPersonId, Field(description="Regionens eget id")]
    active: Annotated[bool, Field(description="Nytt får registreras på personen (REF-14)")]
    merged_into: Annotated[
        PersonRef | None, Field(description="Sammanslagen med denna: använd den i stället")
    ]

    @classmethod
    def of(cls, row: PersonRow) -> "PersonView":
        """A row as it is shown."""
        return cls(
            person=PersonRef(row.id),
            region_person_id=row.region_person_id,
            active=row.active,
            merged_into=row.merged_into,
        )


class ResolvePersons(BaseModel):
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
    person: PersonRef | None


async def vault(request: Request, caller: SignedIn) -> AsyncIterator[UnitOfWork]:
    """A transaction on the vault: an answer whose log is not committed is never given."""
    context: ApiContext = request.app.state.context
    async with context.database.unit(caller.region) as unit:
        yield unit


Vault = Annotated[UnitOfWork, Depends(vault, scope="function")]


@router.post("/persons:find")
async def find_person(body: FindPerson, caller: SignedIn, unit: Vault) -> PersonView:
    """Sök en person på nummer; svaret är referensen."""
    caller.must_have(Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE, Role.REGION_SYSTEM)
    ref = await unit.session.scalar(
        select(PersonDetailsRow.person).where(
            PersonDetailsRow.region == caller.region,
            PersonDetailsRow.number_index == index_of(body.identity, region=caller.region),
        )
    )
    if ref is None:
        raise NotFound("person", rule="REF-8")
    row = await unit.session.get_one(PersonRow, (caller.region, ref))
    _log(unit, caller, FIND, [ref])
    return PersonView.of(row)


@router.post("/persons:resolve")
async def resolve_persons(body: ResolvePersons, caller: SignedIn, unit: Vault) -> Resolved:
    """Visa vilka referenserna är, för ett ändamål. Varje uppslag loggas."""
    caller.must_have(*domain.roles_that_may_ask(body.purpose))
    current = await _current(body.refs, caller, unit.session)
    found = await unit.session.scalars(
        select(PersonDetailsRow).where(
            PersonDetailsRow.region == caller.region,
            PersonDetailsRow.person.in_(set(current.values())),
        )
    )
    details = {row.person: row.details() for row in found}
    shown = [
        _view(asked, ref, domain.show(details[ref], purpose=body.purpose))
        for asked, ref in current.items()
        if ref in details
    ]
    _log(unit, caller, body.purpose, sorted(details, key=str))
    known = {view.asked for view in shown}
    return Resolved(persons=shown, unknown=[ref for ref in body.refs if ref not in known])


@router.get("/persons")
async def list_persons(
    reader: Reader,
    listing: Listing,
    active: Annotated[bool | None, Query(description="Nytt får registreras")] = None,
    region_person_id: Annotated[RegionPersonId | None, Query(description="Regionens id")] = None,
) -> Page[PersonView]:
    """Referenser. Vilka de är visas av POST /persons:resolve."""
    query = select(PersonRow)
    if active is not None:
        query = query.where(PersonRow.active.is_(active))
    if region_person_id is not None:
        query = query.where(PersonRow.region_person_id == region_person_id)
    return await reader.page(
        query,
        listing,
        view=PersonView.of,
        sorts={"region_person_id": PersonRow.region_person_id, "active": PersonRow.active},
        default="region_person_id",
    )


@router.get("/persons/{person}")
async def get_person(person: PersonRef, reader: Reader) -> PersonView:
    """En referens."""
    return PersonView.of(await reader.get(PersonRow, person, rule="REF-1"))


@router.get("/person-accesses")
async def list_person_accesses(
    reader: Reader,
    listing: Listing,
    person: Annotated[PersonRef | None, Query(description="Vem som sågs")] = None,
    user_id: Annotated[UserId | None, Query(description="Vem som såg")] = None,
) -> Page[AccessView]:
    """Loggen över vem som såg vem, och varför (REF-6)."""
    reader.caller.must_have(Role.CUSTOMER_SERVICE, Role.OPS)
    query = select(PersonAccessRow)
    if person is not None:
        query = query.where(PersonAccessRow.person == person)
    if user_id is not None:
        query = query.where(PersonAccessRow.user_id == user_id)
    return await reader.page(
        query,
        listing,
        view=AccessView.model_validate,
        sorts={"at": PersonAccessRow.at, "user_id": PersonAccessRow.user_id},
        default="-at",
    )


async def _current(
    refs: Sequence[PersonRef], caller: SignedIn, session: AsyncSession
) -> dict[PersonRef, PersonRef]:
    """Each known ref with the one that it stands for now: aliases followed, one query per step."""
    leads: dict[PersonRef, PersonRef | None] = {}
    wanted = set(refs)
    while wanted:
        rows = await session.execute(
            select(PersonRow.id, PersonRow.merged_into).where(
                PersonRow.region == caller.region, PersonRow.id.in_(wanted)
            )
        )
        found = {PersonRef(row.id): row.merged_into for row in rows}
        leads |= found
        wanted = {into for into in found.values() if into is not None} - leads.keys()
    return {ref: _end(ref, leads) for ref in refs if ref in leads}


def _end(ref: PersonRef, leads: dict[PersonRef, PersonRef | None]) -> PersonRef:
    while (into := leads[ref]) is not None:
        ref = into
    return ref


def _view(
    asked: PersonRef, ref: PersonRef, shown: domain.Shown | domain.Located
) -> ResolvedPerson | LocatedPerson:
    common = {
        "asked": asked,
        "person": ref,
        "name": shown.name,
        "number": shown.number,
        "protected": shown.protected,
        "deceased": shown.deceased,
    }
    if not isinstance(shown, domain.Located):
        return ResolvedPerson.model_validate(common)
    return LocatedPerson.model_validate(
        {
            **common,
            "address": shown.address,
            "phone": shown.phone,
            "door_code": shown.door_code,
            "instructions": shown.instructions,
            "home_region": shown.home_region,
        }
    )


def _log(unit: UnitOfWork, caller: SignedIn, purpose: str, seen: Sequence[PersonRef]) -> None:
    unit.session.add_all(
        PersonAccessRow(
            region=caller.region,
            access_id=uuid4(),
            at=unit.now,
            user_id=caller.user_id,
            purpose=purpose,
            person=ref,
        )
        for ref in seen
    )
