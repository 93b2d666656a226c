"""Erasure of a person over HTTP: seen first, then done."""

from typing import Annotated
from uuid import UUID

from fastapi import Response
from kvitt_chassis.http import ApiRouter, Body, Commands, NotFound, Reader, RegionWide
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import Looking, ReadTransaction
from kvitt_contracts.types import PersonRef
from pydantic import ConfigDict, Field

from orders.care import looks
from orders.erasures import documents
from orders.erasures.commands import ErasePerson, ErasePersonAgain, Why
from orders.erasures.exports import PersonExport, export
from orders.erasures.queries import kept_of, left_of, references_of
from orders.erasures.views import ErasurePreview
from orders.people.commands import MergePerson
from orders.people.domain import Purpose
from orders.people.models import PersonRow
from orders.people.views import PersonView
from orders.slips.documents import as_pdf

router = ApiRouter(tags=["Personer"])

_SCOPE = RegionWide(PersonRow.region, because="who may erase erases in all the region (REF-23)")


class Erasure(Body):
    """Varför en person raderas."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"why": "Begäran enligt artikel 17, dnr 2026-114"}]},
    )

    why: Annotated[
        Why,
        Field(
            description="Skälet, som loggas och läses av andra: skriv bara det som är relevant och"
            " nödvändigt (REF-17)"
        ),
    ]
    is_ordered: Annotated[
        bool,
        Field(
            description="En myndighet eller domstol har beslutat det: det görs även om något är"
            " utlånat eller öppet"
        ),
    ] = False


class ErasureAgain(Body):
    """Vilken radering som görs om efter en återläsning."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "why": "Återläsning av orders 2026-05-04",
                    "seq": 3,
                    "event_id": "4f0b2d6e-6a52-4f0b-9b55-2f1e5a3c7b11",
                }
            ]
        },
    )

    why: Annotated[Why, Field(description="Skälet, som loggas: vilken återläsning det gäller")]
    seq: Annotated[
        int | None, Field(ge=1, description="Numret på händelsen som sade att personen raderades")
    ] = None
    event_id: Annotated[UUID | None, Field(description="Händelsens id")] = None


class Merging(Body):
    """Vilken person en referens också är."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"into": "0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11"}]},
    )

    into: Annotated[PersonRef, Field(description="Referensen som gäller")]


@router.get("/persons/{person}/erasure")
async def preview_erasure(person: PersonRef, reader: Reader, tx: ReadTransaction) -> ErasurePreview:
    """Vad en radering av personen skulle ta bort, vad som står kvar och enligt vilken lag, och vad
    som först ska avslutas (REF-23). Ingenting ändras.
    """
    await reader.get(PersonRow, person, scope=_SCOPE, rule="REF-23")
    refs = await references_of(person, tx)
    return ErasurePreview.of(person, left=await left_of(refs, tx), kept=await kept_of(refs, tx))


@router.post("/persons/{person}:merge")
async def merge_person(person: PersonRef, body: Merging, commands: Commands) -> PersonView:
    """Gör en referens till ett alias för en annan, när de är samma person (REF-1). Uppgifterna om
    den andra gäller. Det kan inte göras ogjort.

    Nekas: UNKNOWN_PERSON (contract, REF-1), PERSON_IS_ERASED (REF-23).
    """

    async def show(tx: Transaction) -> PersonView:
        return PersonView.of(await tx.get(PersonRow, person))

    command = MergePerson(into=body.into)
    return await commands.run(command, target=person, scope=_SCOPE, rule="REF-1", show=show)


@router.post("/persons/{person}:export")
async def export_person(person: PersonRef, looker: Looking) -> PersonExport:
    """Allt som orders vet om vem en person är: uppgifterna, vad som har rättats från vad, och vem
    som såg personen (dataskyddsförordningen artikel 15, REF-24). Uttaget loggas.

    Finns ingen sådan referens, eller är personen raderad: 404.
    """
    async with looker.looking() as tx:
        found = await export(person, looker.caller.user_id, tx)
    if found is None:
        raise NotFound("person", rule="REF-24")
    return found


# decision 0542: what a person is handed is made here, and says no user's name
@router.post(
    "/persons/{person}:print-extract",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_extract(person: PersonRef, looker: Looking) -> Response:
    """Skriv ut uppgifterna om en person för att lämnas ut till personen, som PDF som alla kan läsa
    (REF-24): vem den är, vad varje tjänst har, vad som har rättats, och när och från vilken enhet
    någon har sett personen. Utskriften loggas. Av den som har skyddade personuppgifter står varken
    adress eller logg på den (REF-9, REF-19).

    Nekas: TOO_MANY_LOOKS (REF-19).
    """
    async with looker.looking() as tx:
        resolved = await looks.resolve([person], Purpose.DISPLAY, looker.caller, tx)
    if not resolved.persons:  # the look is logged, whatever comes of it
        raise NotFound("person", rule="REF-24")
    async with looker.looking() as tx:
        told = await export(person, looker.caller.user_id, tx)
        content = None if told is None else await documents.print_extract(told, tx)
    if content is None:
        raise NotFound("person", rule="REF-24")
    return as_pdf(content, name="uppgifter-om-dig")


@router.post("/persons/{person}:erase")
async def erase_person(person: PersonRef, body: Erasure, commands: Commands) -> PersonView:
    """Radera vem en person är, under alla dess referenser (REF-23). Det kan inte göras ogjort. Den
    som regionen skickar igen blir en ny person.

    Nekas: UNKNOWN_PERSON (contract), PERSON_HAS_SOMETHING_LEFT (REF-23).
    """

    async def show(tx: Transaction) -> PersonView:
        return PersonView.of(await tx.get(PersonRow, person))

    return await commands.run(
        ErasePerson(**dict(body)), target=person, scope=_SCOPE, rule="REF-23", show=show
    )


@router.post("/persons/{person}:erase-again")
async def erase_person_again(
    person: PersonRef, body: ErasureAgain, commands: Commands
) -> PersonView:
    """Radera på nytt den som var raderad innan databasen återlästes (REF-23). Vilka det gäller
    säger `kvitt verify persons`; `kvitt person erase-again` gör det för alla.

    Nekas: UNKNOWN_PERSON (contract, REF-23).
    """

    async def show(tx: Transaction) -> PersonView:
        return PersonView.of(await tx.get(PersonRow, person))

    return await commands.run(
        ErasePersonAgain(**dict(body)), target=person, scope=_SCOPE, rule="REF-23", show=show
    )
