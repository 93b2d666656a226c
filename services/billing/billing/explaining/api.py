"""Why a line of an invoice is as it is, over HTTP. Reads only."""

from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import Path
from kvitt_chassis.http import ApiRouter, NotFound, Reader, RegionReader
from kvitt_contracts.billing import InvoiceLineV2
from kvitt_contracts.types import ArticleNumber, InvoiceId

from billing import queries
from billing.explaining import domain, telling
from billing.explaining.queries import rents_on
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
        every = await rents_on(reader, InvoiceId(invoice.id), line.device_id)
        rent = next((one for one in every if _is_of(one, line)), None)
        if rent is not None:
            return await _rent(rent, invoice, line, reader)
    charge = await reader.look_up(ChargeRow, line.charge_id) if line.charge_id else None
    if charge is None:
        explained = domain.explain_amount(line.amount)
        return explained, telling.steps_of_charge(line, None, explained, invoice=invoice.state())
    prices = await _prices(charge.article_number, reader)
    explained = domain.explain_charge(charge.state(), prices, amount=line.amount)
    steps = telling.steps_of_charge(
        line,
        charge.state(),
        explained,
        invoice=invoice.state(),
        credited=await _line_on(
            line.corrects, reader, lambda other: other.charge_id == line.charge_id
        ),
    )
    return explained, steps


async def _rent(
    row: RentRow, invoice: InvoiceRow, line: InvoiceLineV2, reader: RegionReader
) -> tuple[domain.Explained, list[Step]]:
    device = await reader.look_up(DeviceRow, row.device_id)
    explained = domain.explain_rent(
        row.span(),
        row.facts,
        points=device.points if device else (),
        prices=await _prices(row.article_number, reader),
    )
    # decision 0403: a credit names the rent that it takes back
    debit = await reader.look_up(RentRow, row.corrects) if row.corrects is not None else None
    credited = (
        await _line_on(debit.invoice_id, reader, lambda other: _is_of(debit, other))
        if debit is not None
        else None
    )
    steps = telling.steps_of_rent(
        line,
        explained,
        invoice=invoice.state(),
        credited=credited,
        named=await queries.payers_of(reader),
    )
    return explained, steps


def _is_of(row: RentRow, line: InvoiceLineV2) -> bool:
    of_line = (line.device_id, line.from_day, line.to_day, line.amount)
    return (row.device_id, row.from_day, row.to_day, row.span().amount) == of_line


async def _line_on(
    invoice_id: UUID | None, reader: RegionReader, is_it: Callable[[InvoiceLineV2], bool]
) -> Link | None:
    """A line of a document, by its place on it; None where there is none."""
    row = await reader.look_up(InvoiceRow, invoice_id) if invoice_id is not None else None
    if row is None:
        return None
    places = (n for n, line in enumerate(row.lines, 1) if is_it(line))
    return next((Link(kind="invoice", id=row.id, number=row.number, n=n) for n in places), None)


async def _prices(number: ArticleNumber | None, reader: RegionReader) -> Sequence[PricePoint]:
    article = await reader.look_up(ArticleRow, number) if number is not None else None
    return article.prices if article else ()
