"""Counting a store with a scanner and on paper, and what posting would come to, over HTTP (INV-10).
No rule here.
"""

from typing import Annotated

from fastapi import Response
from kvitt_chassis.http import ApiRouter, Body, Commands, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.day_bounds import HappenedAt
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    DeviceNumber,
    StocktakingId,
    UserId,
    identify,
)
from pydantic import AwareDatetime, BaseModel, Field

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.stocktakings import documents, domain
from inventory.stocktakings.api import SCOPE, Place
from inventory.stocktakings.commands import Codes, CountScans
from inventory.stocktakings.models import StocktakingRow
from inventory.stocktakings.queries import articles_to_count, devices_to_find, tallies_of
from inventory.stocktakings.scans import Read, read_codes
from inventory.stocktakings.tallies import domain as tallies
from inventory.stocktakings.writes import compared
from inventory.stores.models import StoreRow

router = ApiRouter(tags=["Inventering"])


class ScanBody(Body):
    """Det som skannades, i den ordning det skannades."""

    counted_at: Annotated[
        HappenedAt | None, Field(description="När hyllan räknades; annars nu")
    ] = None
    codes: Annotated[
        Codes, Field(description="Skannade koder, högst 500: individnummer, serienummer eller GS1")
    ]


class ScanAnswer(BaseModel):
    """Vad en skannad kod blev."""

    code: str
    answer: Annotated[
        tallies.Answer,
        Field(
            description="Räknad, räknad redan, okänd, flera möjliga, står inte i förrådet, "
            "eller går inte att läsa"
        ),
    ]
    device_id: DeviceId | None = None
    device_number: DeviceNumber | None = None
    article_number: ArticleNumber | None = None
    name: Annotated[str | None, Field(description="Artikelns benämning")] = None
    way_on: Annotated[str, Field(description="Vad som kan göras, när koden inte räknades")] = ""


class ScanAnswers(BaseModel):
    """Varje kods svar, i samma ordning. De som gick att räkna är räknade."""

    answers: list[ScanAnswer]


class TallyView(BaseModel):
    """Vad någon har räknat av en omärkt artikel."""

    by: UserId
    counted: int
    counted_at: AwareDatetime


class PreviewLine(BaseModel):
    """En räknad artikel: vad lagret säger, vad som räknades, och vad som skiljer."""

    article_number: ArticleNumber
    name: str
    marked: bool
    counted: Annotated[int, Field(description="Det som räknades sist")]
    expected: Annotated[int, Field(description="Det som stod där då, enligt lagret")]
    missing: Annotated[list[DeviceNumber], Field(description="Individer som inte hittades")]
    tallies: Annotated[
        list[TallyView],
        Field(description="Där två säger olika: vad var och en räknade. Räknas om (INV-10)"),
    ]


class PreviewView(BaseModel):
    """Vad som skulle bokföras nu: de artiklar som skiljer sig, och de som två räknat olika."""

    counted: Annotated[int, Field(description="Så många artiklar är räknade")]
    lines: list[PreviewLine]


@router.post("/stores/{store}/stocktaking:scan")
async def count_scans(
    store: Place, body: ScanBody, commands: Commands, reader: Reader
) -> ScanAnswers:
    """Räkna med skanner: varje kod får sitt svar, och de som är individer i förrådet räknas. Ingen
    individ som någon har skannat glöms när en annan skannar samma hylla.

    Nekas: UNKNOWN_STOCKTAKING, NOT_OPENED, COUNTED_OUTSIDE (INV-10).
    """
    key = StocktakingId(identify(reader.region, "stocktaking", store))
    known = await reader.look_up(StocktakingRow, key)
    before = {device for one in known.counts for device in one.devices} if known else set()

    async def show(tx: Transaction) -> ScanAnswers:
        row = await tx.get(StocktakingRow, key)
        read = await read_codes(tx, row.state(), body.codes, at=body.counted_at or tx.now)
        first = set(before)
        answers = []
        for one in read:
            answers.append(
                _answer(one, is_new=one.device is not None and one.device.id not in first)
            )
            if one.device is not None:
                first.add(DeviceId(one.device.id))
        return ScanAnswers(answers=answers)

    command = CountScans(store=store, by=commands.caller.user_id, **dict(body))
    return await commands.run(
        command, target=key, scope=SCOPE, named=store, rule="INV-10", show=show
    )


@router.get("/stores/{store}/stocktaking:preview")
async def preview_stocktaking(store: Place, reader: Reader, tx: ReadTransaction) -> PreviewView:
    """Vad som skulle bokföras om inventeringen bokfördes nu. Ingenting bokförs.

    Nekas: UNKNOWN_STORE (INV-10).
    """
    await reader.get(StoreRow, store, scope=SCOPE, rule="INV-10")
    row = await tx.look_up(StocktakingRow, identify(tx.region, "stocktaking", store))
    if row is None or row.status is not domain.Status.OPENED:
        return PreviewView(counted=0, lines=[])
    taking = row.state()
    found = await compared(tx, taking)
    apart = tallies.disputed(await tallies_of(tx, taking))
    differs = {one.article_number: one for one in found.differences}
    missing = await tx.look_up_all(DeviceRow, found.missing)
    lines = []
    for one in taking.counts:
        number = one.article_number
        if number not in differs and number not in apart:
            continue
        article = await tx.get(ArticleRow, article_id(tx, number))
        lines.append(
            PreviewLine(
                article_number=number,
                name=article.name,
                marked=article.marked,
                counted=one.counted,
                expected=differs[number].expected if number in differs else one.counted,
                missing=[row.device_number for row in missing if row.article_number == number],
                tallies=[
                    TallyView(by=said.by, counted=said.counted, counted_at=said.counted_at)
                    for said in apart.get(number, ())
                ],
            )
        )
    return PreviewView(counted=len(taking.counts), lines=lines)


@router.get(
    "/stores/{store}/counting-list",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def print_counting_list(store: Place, reader: Reader, tx: ReadTransaction) -> Response:
    """Ett förråds räknelista som PDF: vad som ska räknas, varje märkt individ på sin rad. Inga
    saldon står på den.

    Nekas: UNKNOWN_STORE, TOO_MANY_ROWS (INV-10).
    """
    row = await reader.get(StoreRow, store, scope=SCOPE, rule="INV-10")
    taking = await reader.look_up(StocktakingRow, identify(reader.region, "stocktaking", store))
    articles = await articles_to_count(reader, store, since=taking.posted_on if taking else None)
    devices = await devices_to_find(reader, store)
    content = await documents.print_list(row, articles, devices, on=tx.today)
    return Response(
        content,
        media_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="raknelista-{store}.pdf"'},
    )


def _answer(read: Read, *, is_new: bool) -> ScanAnswer:
    answer = read.answer
    if answer is tallies.Answer.COUNTED_BEFORE and is_new:
        answer = tallies.Answer.COUNTED
    device, article = read.device, read.article
    return ScanAnswer(
        code=read.code,
        answer=answer,
        device_id=DeviceId(device.id) if device else None,
        device_number=device.device_number if device else None,
        article_number=device.article_number if device else None,
        name=article.name if article else None,
        way_on=read.way_on or tallies.WAYS_ON.get(answer, ""),
    )
