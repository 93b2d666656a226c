"""The ledger over HTTP: entries, a month's trial balance and file, and the closing of a month."""

from collections.abc import AsyncIterator, Mapping
from datetime import date, timedelta
from typing import Annotated

from fastapi import Path, Query, Response
from fastapi.responses import StreamingResponse
from kvitt_chassis.filters import Contains, Eq, Where
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.calendar import first_of_next_month, stockholm_day
from kvitt_contracts.types import Account, Known, Word, identify
from pydantic import Field
from sqlalchemy import select

from billing.ledger import queries, sie
from billing.ledger.commands import CloseLedgerPeriod
from billing.ledger.domain import SOURCES
from billing.ledger.models import LedgerEntryRow, LedgerPeriodRow
from billing.ledger.views import LedgerEntryView, LedgerPeriodView, TrialBalance

router = ApiRouter(tags=["Bokföring"])

_MONTH = "Månad, t.ex. 2026-05"
_PATTERN = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"
LedgerMonth = Annotated[str, Field(pattern=_PATTERN)]
AskedMonth = Annotated[str, Query(pattern=_PATTERN, description=_MONTH)]
NamedMonth = Annotated[str, Path(pattern=_PATTERN, description=_MONTH)]

_NAMES: Mapping[str, str] = {
    "receivable": "Kundfordringar",
    "accrued": "Upplupna intäkter",
    "vat_standard": "Utgående moms 25 %",
    "vat_reduced": "Utgående moms 12 %",
    "vat_low": "Utgående moms 6 %",
    "revenue_rent": "Hyresintäkter",
    "revenue_sale": "Försäljning",
    "revenue_fee": "Egenavgifter",
    "revenue_service": "Tjänster",
    "revenue_urgent_pickup": "Akuta hämtningar",
    "revenue_postage": "Portoersättning",
    "revenue_region_sale": "Försäljning till andra regioner",
    "revenue_lost_device": "Förlorade hjälpmedel",
    "revenue_damaged_device": "Skador på hjälpmedel",
    "revenue_stolen_device": "Stulna hjälpmedel",
    "revenue_missing_device": "Förkomna hjälpmedel",
    "revenue_other": "Övriga intäkter",
    "purchases": "Inköp av hjälpmedel",
    "vat_input": "Ingående moms",
    "payable": "Leverantörsskulder",
}
"""What accounts are called; one of another kind of revenue by its key."""
_SOURCES: Mapping[str, str] = {
    "charge": "Debitering",
    "cancellation": "Makulering",
    "rent": "Hyra",
    "invoice": "Faktura",
    "supplier_invoice": "Leverantörsfaktura",
}


class LedgerEntryQuery(ListQuery):
    """Which entries."""

    month: Annotated[
        LedgerMonth | None,
        Where(lambda month, _: LedgerEntryRow.entered_on.between(*_days(month)), _MONTH),
    ] = None
    source: Annotated[
        Word | None,
        Known(*SOURCES),
        Eq(LedgerEntryRow.source, "Vad som har bokförts"),
    ] = None
    account: Annotated[
        Account | None, Contains(LedgerEntryRow.lines, "Konto", member="account")
    ] = None


ENTRIES = ListOf(
    select(LedgerEntryRow),
    scope=RegionWide(LedgerEntryRow.region, because="the accounts are the region's"),
    sorts=named(LedgerEntryRow.entered_on),
    default="-entered_on",
    view=LedgerEntryView.of,
)
PERIODS = RegionWide(LedgerPeriodRow.region, because="the accounts are the region's", begins=True)


@router.get("/ledger-entries", summary="Verifikationer")
async def list_ledger_entries(
    reader: Reader, asked: Annotated[LedgerEntryQuery, Query()]
) -> Page[LedgerEntryView]:
    """Allt som har bokförts, med konton enligt regionens policy (BIL-10); det senaste först."""
    return await ENTRIES.page(asked, reader)


@router.get("/ledger:trial-balance", summary="Råbalans för en månad")
async def show_trial_balance(month: AskedMonth, tx: ReadTransaction) -> TrialBalance:
    """Debet, kredit och saldo för varje konto (BIL-10). Det ingående saldot är allt som har
    bokförts före månaden.
    """
    first, last = _days(month)
    balances = await queries.sums_by_account(tx, first=first, last=last)
    names = _names(tx.policy.invoice.accounts)
    period = await tx.look_up(LedgerPeriodRow, identify(tx.region, "ledger-period", month))
    return TrialBalance(
        month=month,
        is_closed=period is not None,
        debit_ore=sum(one.debit_ore for one in balances),
        credit_ore=sum(one.credit_ore for one in balances),
        accounts=[one.model_copy(update={"name": names.get(one.account, "")}) for one in balances],
    )


@router.get(
    "/ledger:export",
    summary="En månads verifikationer som SIE-fil",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/octet-stream": {}}}},
)
async def export_ledger(month: AskedMonth, reader: Reader) -> Response:
    """Månadens verifikationer som SIE-fil (typ 4I, PC8), för regionens ekonomisystem (BIL-10)."""
    first, last = _days(month)
    now = await reader.now()
    policy = reader.policy_at(now)
    head = sie.head(
        region_name=policy.name,
        seller=policy.invoice.seller,
        year=first.year,
        written_on=stockholm_day(now),
        accounts=sorted(_names(policy.invoice.accounts).items()),
    )
    return StreamingResponse(
        _file(head, reader, first, last),
        media_type="application/octet-stream",
        headers={
            "Content-Disposition": f'attachment; filename="{reader.region}-{month}.si"',
            "Cache-Control": "no-store",
        },
    )


@router.post("/ledger-periods/{month}:close", summary="Stäng en månads bokföring")
async def close_ledger_period(month: NamedMonth, commands: Commands) -> LedgerPeriodView:
    """Stäng en månad: det som kommer senare bokförs den första dagen i nästa öppna månad, så att
    månaden aldrig ändras (BIL-10). En stängd månad förblir stängd.

    Nekas: MONTH_NOT_OVER, RUN_NOT_FINISHED, EARLIER_MONTH_IS_OPEN (BIL-10).
    """
    key = identify(commands.caller.region, "ledger-period", month)

    async def show(tx: Transaction) -> LedgerPeriodView:
        return LedgerPeriodView.of(await tx.get(LedgerPeriodRow, key))

    command = CloseLedgerPeriod(month=month, by=commands.caller.user_id)
    return await commands.run(command, target=key, scope=PERIODS, rule="BIL-10", show=show)


async def _file(head: bytes, reader: RegionReader, first: date, last: date) -> AsyncIterator[bytes]:
    yield head
    async for one in queries.entries_of(reader, first=first, last=last):
        said = f"{_SOURCES.get(one.source, one.source)} {one.number or one.source_id}"
        yield sie.verification(one.entered_on, said, one.lines)


def _days(month: str) -> tuple[date, date]:
    first = date.fromisoformat(f"{month}-01")
    return first, first_of_next_month(first) - timedelta(days=1)


def _names(accounts: Mapping[Word, Account]) -> dict[Account, str]:
    """What each account is called: after the first thing that it is for."""
    names: dict[Account, str] = {}
    for key, account in accounts.items():
        names.setdefault(account, _NAMES.get(key, key))
    return names
