"""Why a line of an invoice is as it is, over HTTP. Reads only."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Path
from kvitt_chassis.http import ApiRouter, NotFound, Reader, RegionReader
from kvitt_contracts.billing import InvoiceLineV2
from kvitt_contracts.types import ArticleNumber, DeviceId

from billing import queries
from billing.explaining import domain, telling
from billing.explaining.domain import Issued
from billing.explaining.queries import issued, lines_of_invoices, rents_of_device
from billing.explaining.views import LineExplanation, Link, Step
from billing.models import ArticleRow, ChargeRow, DeviceRow, InvoiceRow, RentRow
from billing.rents.domain import PricePoint

router = ApiRouter(tags=["Betalning"])

LineNumber = Annotated[int, Path(ge=1, le=100_000, description="Radens plats på fakturan, från 1")]


# decision 0406: what decided a line is noted when it is settled, and told as it was then
@router.get(
    "/invoices/{invoice_id}/lines/{n}:explain", summary="Varför en fakturarad är som den är"
)
async def explain_line(invoice_id: UUID, n: LineNumber, reader: Reader) -> LineExplanation:
    """Vad raden gäller och vilka dagar, vem som betalar och varför, vilket pris sedan när, hur det
    är räknat och avrundat; för en kredit vad den tar tillbaka, och vad som blev känt. Varje led har
    sin regel (BIL-17). Vem som godkände ett byte visar bytet självt, som nämns med sitt id.

    Nekas: UNKNOWN_LINE (BIL-17), när fakturan inte har så många rader.
    """
    row = await reader.get(InvoiceRow, invoice_id, scope=queries.INVOICES_REACH, rule="BIL-9")
    if n > len(row.lines):
        raise NotFound("line", rule="BIL-17", way_on="Fakturan har färre rader. Räkna från 1.")
    line = row.lines[n - 1]
    explained, steps = await _explained(row, line, reader)
    return LineExplanation.of(
        explained,
        steps,
        invoice_id=row.id,
        number=row.number,
        n=n,
        payer=row.payer,
        line=line,
    )


async def _explained(
    invoice: InvoiceRow, line: InvoiceLineV2, reader: RegionReader
) -> tuple[domain.Explained, list[Step]]:
    if line.device_id is not None and line.charge_id is None:
        every = await rents_of_device(reader, line.device_id)
        found = next((one for one in every if _is_of(one[0], invoice, line)), None)
        if found is not None:
            return await _rent(found, every, invoice, line, reader)
    charge = await reader.look_up(ChargeRow, line.charge_id) if line.charge_id else None
    if charge is None:
        explained = domain.explain_amount(line.amount)
        return explained, telling.steps_of_charge(line, None, explained, invoice=invoice.state())
    prices = await _prices(charge.article_number, reader)
    explained = domain.explain_charge(charge.state(), prices)
    steps = telling.steps_of_charge(line, charge.state(), explained, invoice=invoice.state())
    return explained, steps


async def _rent(
    found: tuple[RentRow, str],
    every: Sequence[tuple[RentRow, str]],
    invoice: InvoiceRow,
    line: InvoiceLineV2,
    reader: RegionReader,
) -> tuple[domain.Explained, list[Step]]:
    row = found[0]
    device = await reader.look_up(DeviceRow, row.device_id)
    explained = domain.explain_rent(
        row.span(),
        row.facts,
        points=device.points if device else (),
        prices=await _prices(row.article_number, reader),
    )
    credited: Sequence[Link] = ()
    if row.sign < 0:
        taken = domain.credited_by(issued(*found), (issued(*one) for one in every))
        credited = await _lines_of(taken, row.device_id, reader)
    steps = telling.steps_of_rent(
        line,
        explained,
        invoice=invoice.state(),
        credited=credited,
        named=await queries.payers_of(reader),
    )
    return explained, steps


def _is_of(row: RentRow, invoice: InvoiceRow, line: InvoiceLineV2) -> bool:
    span = (row.from_day, row.to_day) == (line.from_day, line.to_day)
    return span and row.invoice_id == invoice.id and row.span().amount == line.amount


async def _lines_of(
    taken: Sequence[Issued], device_id: DeviceId, reader: RegionReader
) -> list[Link]:
    """Where what is taken back stands: each document with the line's place on it."""
    lines = await lines_of_invoices(reader, {one.invoice_id for one in taken})
    return [
        Link(kind="invoice", id=one.invoice_id, number=one.number, n=_place(one, device_id, on))
        for one in taken
        for on in [lines[one.invoice_id]]
    ]


def _place(one: Issued, device_id: DeviceId, lines: Sequence[InvoiceLineV2]) -> int | None:
    wanted = (device_id, one.span.from_day, one.span.to_day, one.span.amount)
    for place, line in enumerate(lines, 1):
        if (line.device_id, line.from_day, line.to_day, line.amount) == wanted:
            return place
    return None


async def _prices(number: ArticleNumber | None, reader: RegionReader) -> Sequence[PricePoint]:
    article = await reader.look_up(ArticleRow, number) if number is not None else None
    return article.prices if article else ()
