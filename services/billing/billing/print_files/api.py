"""The print file over HTTP, and who has fetched one (BIL-9)."""

from datetime import datetime
from typing import Annotated

from fastapi import Query, Response
from fastapi.responses import StreamingResponse
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionWide, named
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import UserId, identify
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from billing.domain import RunStatus
from billing.models import InvoiceRunRow
from billing.print_files import domain, packing, queries, writes
from billing.print_files.domain import MOST_DOCUMENTS, Whose
from billing.print_files.models import PrintFileFetchRow

router = ApiRouter(tags=["Betalning"])

_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
_MONTH = "Månad, t.ex. 2026-05"
AskedMonth = Annotated[str, Query(pattern=_PATTERN, description=_MONTH)]
AskedPayers = Annotated[
    Whose, Query(description="units: enheternas och andra betalares; patients: patienternas")
]
AskedAfter = Annotated[
    str,
    Query(
        max_length=20,
        pattern=r"^[A-Z0-9-]*$",
        description="Börja efter detta nummer: det sista i filen före",
    ),
]
AskedLimit = Annotated[int, Query(ge=1, le=MOST_DOCUMENTS, description="Högst så många dokument")]


@router.get(
    "/invoices:print-file",
    summary="En månads utskriftsfil",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}}},
)
async def print_file(
    reader: Reader,
    tx: ReadTransaction,
    month: AskedMonth,
    payers: AskedPayers = Whose.UNITS,
    after: AskedAfter = "",
    limit: AskedLimit = MOST_DOCUMENTS,
) -> Response:
    """PDF av varje faktura och kreditnota i månaden vars betalare inte tar emot e-faktura, i
    nummerordning, med en lista (list.csv), som ZIP (BIL-9). Patienternas hämtas för sig, och anges
    med referens: namn och adress ger `POST /persons:resolve` i orders, med ändamålet `invoicing`.
    Vem som hämtar loggas. Finns det fler än som får plats säger `Link` var nästa fil börjar.

    Nekas: RUN_NOT_FINISHED (BIL-9), när månaden inte är fakturerad. NOT_MADE_YET (BIL-9), när något
    av dokumenten håller på att göras.
    """
    found = await queries.papers(reader, month=month, whose=payers, after=after, limit=limit + 1)
    papers = found[:limit]
    run = await tx.look_up(InvoiceRunRow, identify(tx.region, "invoice-run", month))
    domain.check(papers, is_invoiced=run is not None and run.status is RunStatus.FINISHED)
    writes.log_fetch(tx, reader.caller.user_id, papers, month=month, whose=payers)
    headers = {
        "Content-Disposition": f'attachment; filename="{reader.region}-{month}-{payers}.zip"',
        "Cache-Control": "no-store",
    }
    if len(found) > limit:
        following = reader.url.include_query_params(after=papers[-1].number)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    return StreamingResponse(
        packing.packed(papers, queries.made(reader, papers)),
        media_type="application/zip",
        headers=headers,
    )


class PrintFileFetchView(BaseModel):
    """En utskriftsfil som någon har hämtat."""

    model_config = ConfigDict(from_attributes=True)

    at: Annotated[datetime, Field(description="När, i verklig tid")]
    user_id: Annotated[UserId, Field(description="Vem som hämtade den")]
    month: str
    payers: Annotated[Whose, Field(description="Vilkas dokument")]
    documents: Annotated[int, Field(description="Hur många dokument")]
    first_number: str | None
    last_number: str | None


class PrintFileFetchQuery(ListQuery):
    """Which of them."""

    month: Annotated[str | None, Field(pattern=_PATTERN), Eq(PrintFileFetchRow.month, _MONTH)] = (
        None
    )
    user_id: Annotated[UserId | None, Eq(PrintFileFetchRow.user_id, "Vem som hämtade")] = None


FETCHES = ListOf(
    select(PrintFileFetchRow),
    scope=RegionWide(PrintFileFetchRow.region, because="who may read the log reads all"),
    sorts=named(PrintFileFetchRow.at),
    default="-at",
    view=PrintFileFetchView.model_validate,
)


@router.get("/print-file-fetches", summary="Hämtade utskriftsfiler")
async def list_print_file_fetches(
    reader: Reader, asked: Annotated[PrintFileFetchQuery, Query()]
) -> Page[PrintFileFetchView]:
    """Vem som har hämtat vilka utskriftsfiler (BIL-9); de senaste först."""
    return await FETCHES.page(asked, reader)
