"""A month's preview over HTTP, and its approval. No rule here."""

from typing import Annotated

from fastapi import Path, Query
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    NotFound,
    Page,
    Reader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.billing import Month
from kvitt_contracts.types import identify
from sqlalchemy import select

from billing.approvals.commands import ApproveMonth, PreviewMonth
from billing.approvals.views import ApproveBody, FindingView, MonthPreview, PayerPreview
from billing.models import InvoiceRunRow
from billing.month_previews import queries
from billing.month_previews.domain import FindingKind
from billing.month_previews.models import FindingRow, MonthPreviewRow, PayerPreviewRow

router = ApiRouter(tags=["Betalning"])

TheMonth = Annotated[Month, Path(description="Månaden, t.ex. 2026-05")]
_MONTH = "Månad, t.ex. 2026-05"
RUNS = RegionWide(InvoiceRunRow.region, because="a run is for every payer", begins=True)


@router.get("/invoice-runs/{month}:preview", summary="En månads fakturor innan de utfärdas")
async def show_preview(month: TheMonth, tx: ReadTransaction) -> MonthPreview:
    """Vad månadens fakturor blir, som den senaste förhandsvisningen visar (BIL-9): i allt, och mot
    månaden före. Betalarna står i /payer-previews, det som sticker ut i /preview-findings.

    Nekas: UNKNOWN_PREVIEW (BIL-9), när ingen har bett om en.
    """
    return await _shown(month, tx)


@router.post(
    "/invoice-runs/{month}:preview", status_code=202, summary="Förhandsvisa en månads fakturor"
)
async def preview_month(month: TheMonth, commands: Commands) -> MonthPreview:
    """Räkna ut vad månadens fakturor blir (BIL-9). 202: det görs i bakgrunden, läs igen tills
    `status` är `made`. Innan månaden är slut räknas med det som är känt nu; inget sparas och inget
    hålls. En månad som väntar på godkännande förhandsvisas på nytt, med det som har kommit sedan
    dess.

    Nekas (BIL-9): MONTH_NOT_NEXT, ALREADY_APPROVED, ALREADY_INVOICED.
    """
    return await _run(PreviewMonth(month=month), month, commands)


@router.post("/invoice-runs/{month}:approve", summary="Godkänn en månads fakturor")
async def approve_month(month: TheMonth, body: ApproveBody, commands: Commands) -> MonthPreview:
    """Låt månadens fakturor utfärdas som förhandsvisningen visar dem (BIL-9). Det som kommer senare
    faktureras nästa månad.

    Nekas (BIL-9): MONTH_NOT_OVER, UNKNOWN_INVOICE_RUN; APPROVAL_IS_AUTOMATIC, när regionens policy
    inte kräver det; NOT_PREVIEWED_YET; STALE_PREVIEW, när månaden har ändrats sedan dess;
    ALREADY_APPROVED, av någon annan.
    """
    command = ApproveMonth(month=month, state=body.state, by=commands.caller.user_id)
    return await _run(command, month, commands)


class PayerPreviewQuery(ListQuery):
    """Which payers."""

    month: Annotated[Month | None, Eq(PayerPreviewRow.month, _MONTH)] = None


PAYER_PREVIEWS = ListOf(
    select(PayerPreviewRow).where(PayerPreviewRow.is_done),
    scope=queries.PAYERS_REACH,
    sorts=named(PayerPreviewRow.weight, PayerPreviewRow.payer_key, PayerPreviewRow.net_ore),
    default="-weight",
    view=PayerPreview.of,
)


@router.get("/payer-previews", summary="Betalarna i en månads förhandsvisning")
async def list_payer_previews(
    reader: Reader, asked: Annotated[PayerPreviewQuery, Query()]
) -> Page[PayerPreview]:
    """Vad varje betalares fakturor blir (BIL-9); de som sticker ut mest först."""
    return await PAYER_PREVIEWS.page(asked, reader)


class FindingQuery(ListQuery):
    """Which findings."""

    month: Annotated[Month | None, Eq(FindingRow.month, _MONTH)] = None
    kind: Annotated[FindingKind | None, Eq(FindingRow.kind, "Vad som sticker ut")] = None


FINDINGS = ListOf(
    select(FindingRow),
    scope=queries.FINDINGS_REACH,
    sorts=named(FindingRow.weight),
    default="-weight",
    view=FindingView.of,
)


@router.get("/preview-findings", summary="Vad som sticker ut i en månads förhandsvisning")
async def list_findings(
    reader: Reader, asked: Annotated[FindingQuery, Query()]
) -> Page[FindingView]:
    """Det som bör läsas innan månaden utfärdas (BIL-9); det allvarligaste först."""
    return await FINDINGS.page(asked, reader)


async def _run(
    command: ApproveMonth | PreviewMonth, month: Month, commands: Commands
) -> MonthPreview:
    async def show(tx: Transaction) -> MonthPreview:
        return await _shown(month, tx)

    run_id = identify(commands.caller.region, "invoice-run", month)
    return await commands.run(command, target=run_id, scope=RUNS, rule="BIL-9", show=show)


async def _shown(month: str, tx: Transaction) -> MonthPreview:
    run_id = identify(tx.region, "invoice-run", month)
    row = await tx.look_up(MonthPreviewRow, run_id)
    if row is None:
        raise NotFound(
            "preview",
            rule="BIL-9",
            way_on="Be om en förhandsvisning av månaden, och läs den sedan.",
        )
    return MonthPreview.of(
        row,
        await tx.look_up(InvoiceRunRow, run_id),
        payers=await queries.count_payers(tx, month),
        payers_invoiced=await queries.count_payers_invoiced(tx, month),
    )
