"""Who somebody is, over HTTP: find by number, open, resolve for a purpose, edit how they are
reached. Numbers are in bodies alone.
"""

from typing import Annotated

from kvitt_chassis.auth import Forbidden
from kvitt_chassis.http import ApiRouter, Body, Commands, NotFound, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import Looker, Looking
from kvitt_contracts.personnummer import Identity
from kvitt_contracts.types import TEXT, PersonRef
from pydantic import ConfigDict, Field

from orders.care import looks, searching
from orders.care.queries import reach_to
from orders.care.views import Found, Opening, Resolved
from orders.people.commands import DoorCode, Instructions, KeepContact, Phone
from orders.people.domain import Finding, Purpose, act_for
from orders.people.models import PersonRow
from orders.people.terms.domain import refuse_too_wide
from orders.people.views import PersonView

router = ApiRouter(tags=["Personer"])

_SEARCH_ANEW = "Sök personen på nytt, och välj bland träffarna inom en timme."
_NOT_FOUND = "Kontrollera numret. Stämmer det, kan kundtjänst lägga till personen."


class FindPerson(Body):
    """Vem som söks, och varför. Numret står i anropets kropp, aldrig i adressen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "identity": {"kind": "personal_number", "number": "189001019802"},
                    "purpose": "new_patient",
                }
            ]
        },
    )

    identity: Annotated[
        Identity, Field(description="Personnummer, samordnings- eller reservnummer")
    ]
    purpose: Annotated[
        Finding,
        Field(
            description="Ändamålet, som loggas (REF-19): `new_patient` för den som ska få något"
            " förskrivet, `case` för den som ett ärende gäller"
        ),
    ]


class SearchPersons(Body):
    """Vad som är känt om den som söks, och varför. Det står i anropets kropp, aldrig i adressen."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "Anna And 1980 21145", "purpose": "case"}]},
    )

    text: Annotated[
        str,
        Field(
            min_length=1,
            max_length=500,
            description="I valfri ordning: namn, hela eller minst tre första bokstäver, födelsedag"
            " (ÅÅÅÅMMDD), födelseår, postnummer, personnummer (12 siffror). Den som har allt"
            " hittas",
        ),
    ]
    purpose: Annotated[Finding, Field(description="Ändamålet, som loggas (REF-19)")]


class ChoosePerson(Body):
    """Varför en träff öppnas: samma ändamål som sökningens."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"purpose": "case"}]})

    purpose: Annotated[Finding, Field(description="Ändamålet, som loggas (REF-19)")]


class ResolvePersons(Body):
    """Vilka som ska visas, och varför."""

    model_config = ConfigDict(extra="forbid")

    refs: Annotated[tuple[PersonRef, ...], Field(min_length=1, max_length=200)]
    purpose: Annotated[Purpose, Field(description="Ändamålet, som loggas (REF-6)")]


class OpenPerson(Body):
    """Varför en person måste öppnas utan att numret är känt."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "Respiratorn larmar, vårdas på akuten"}]},
    )

    reason: Annotated[
        str,
        Field(
            min_length=10,
            max_length=500,
            pattern=TEXT,
            description="Skälet, som loggas och läses av andra: skriv bara det som är relevant och"
            " nödvändigt (REF-17)",
        ),
    ]


class Contact(Body):
    """Det som får ändras om en person (REF-1); `null` tar bort uppgiften."""

    model_config = ConfigDict(extra="forbid")

    phone: Annotated[Phone | None, Field(description="Telefon")] = None
    door_code: Annotated[DoorCode | None, Field(description="Portkod")] = None
    instructions: Annotated[Instructions | None, Field(description="Anvisningar")] = None


# decision 0033: a look takes no Idempotency-Key and is logged in its own transaction
@router.post("/persons:find")
async def find_person(body: FindPerson, looker: Looking) -> PersonView:
    """Sök en person på hela numret; svaret är referensen, och personen är öppnad för dig i åtta
    timmar. Varje sökning loggas, också den som inget finner.

    Finns ingen med numret: 404 (REF-8). Nekas: TOO_MANY_LOOKS (REF-19).
    """
    _must_be_asked_by(looker, body.purpose)
    async with looker.looking() as tx:
        found = await looks.find(body.identity, body.purpose, looker.caller, tx)
    if found is None:
        raise NotFound("person", rule="REF-8", field="identity.number", way_on=_NOT_FOUND)
    return found


@router.post("/persons:search")
async def search_persons(body: SearchPersons, looker: Looking) -> Found:
    """Sök personer på det som är känt; ju mer, desto färre träffar (REF-2). Högst 200 visas, i
    namnordning. Varje visad person loggas, och en sökning som inget finner.

    Nekas: SEARCH_TOO_LONG, SEARCH_TOO_WIDE, SEARCH_NOT_UNDERSTOOD, NO_SUCH_DAY, NO_SUCH_NUMBER
    (REF-2); TOO_MANY_LOOKS (REF-19).
    """
    _must_be_asked_by(looker, body.purpose)
    async with looker.looking() as tx:
        found = await searching.search(body.text, body.purpose, looker.caller, tx)
    if found is None:
        refuse_too_wide()
    return found


@router.post("/persons/{person}:choose")
async def choose_person(person: PersonRef, body: ChoosePerson, looker: Looking) -> PersonView:
    """Öppna en träff ur en sökning som du nyss har gjort; personen är öppnad för dig i åtta timmar.

    Nekas: TOO_MANY_LOOKS (REF-19).
    """
    _must_be_asked_by(looker, body.purpose)
    async with looker.looking() as tx:
        chosen = await searching.choose(person, body.purpose, looker.caller, tx)
    if chosen is None:
        raise NotFound("person", rule="REF-19", way_on=_SEARCH_ANEW)
    return chosen


@router.post("/persons:resolve")
async def resolve_persons(body: ResolvePersons, looker: Looking) -> Resolved:
    """Visa vilka referenserna är, för ett ändamål: de som du har en del i vården av, eller har
    öppnat; för leverans och faktura de som något är beställt till. Varje uppslag loggas.

    Nekas: TOO_MANY_LOOKS (REF-19), efter för många som är utom räckhåll.
    """
    _must_be_asked_by(looker, body.purpose)
    async with looker.looking() as tx:
        return await looks.resolve(body.refs, body.purpose, looker.caller, tx)


@router.post("/persons/{person}:open")
async def open_person(person: PersonRef, body: OpenPerson, looker: Looking) -> Opening:
    """Nödöppna en person som du varken har en del i vården av eller numret till. Skälet loggas, och
    kundtjänst får veta det.

    Nekas: TOO_MANY_LOOKS (REF-19).
    """
    async with looker.looking() as tx:
        opened = await looks.open_in_emergency(person, body.reason, looker.caller, tx)
    if opened is None:
        raise NotFound("person", rule="REF-19")
    return opened


@router.post("/persons/{person}:contact")
async def keep_contact(person: PersonRef, body: Contact, commands: Commands) -> PersonView:
    """Ändra telefon, portkod och anvisningar; de följer med till senare registreringar (REF-1).

    Nekas: UNKNOWN_PERSON (contract), UNKNOWN_PERSON_DETAIL (REF-1).
    """

    async def show(tx: Transaction) -> PersonView:
        return PersonView.of(await tx.get(PersonRow, person))

    command, scope = KeepContact(**dict(body)), reach_to(person)
    return await commands.run(command, target=person, scope=scope, rule="REF-1", show=show)


@router.get("/persons/{person}")
async def get_person(person: PersonRef, reader: Reader) -> PersonView:
    """En referens till någon som du har en del i vården av, eller har öppnat."""
    row = await reader.get(PersonRow, person, scope=reach_to(person), rule="REF-1")
    return PersonView.of(row)


def _must_be_asked_by(looker: Looker, purpose: Purpose | Finding) -> None:
    if not looker.caller.may(act_for(purpose)):
        raise Forbidden(looker.grant.act)
