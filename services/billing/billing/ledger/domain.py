"""The rules of the ledger: what is entered on which accounts and which day, and when a month closes
(BIL-10). Pure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias
from uuid import UUID

from kvitt_contracts.billing import (
    LedgerEntryEvent,
    LedgerEntryPosted,
    LedgerLine,
    LedgerPeriodClosed,
    LedgerPeriodEvent,
    VatPart,
)
from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.copying import same_fields
from kvitt_contracts.policy_parts import (
    ACCRUED,
    PAYABLE,
    PURCHASES,
    RECEIVABLE,
    REVENUE,
    REVENUE_OTHER,
    VAT_ACCOUNTS,
    VAT_INPUT,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import Account, LedgerEntryId, UserId, Word

Accounts: TypeAlias = Mapping[Word, Account]
"""A region's accounts by what they are for (policy `invoice.accounts`)."""

CHARGE: Final = Word("charge")
CANCELLATION: Final = Word("cancellation")
RENT: Final = Word("rent")
INVOICE: Final = Word("invoice")
SUPPLIER_INVOICE: Final = Word("supplier_invoice")
SOURCES: Final = (CHARGE, CANCELLATION, RENT, INVOICE, SUPPLIER_INVOICE)
"""What an entry comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """What is entered. It never changes."""

    entered_on: date
    source: Word
    source_id: UUID
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPeriod:
    """A month whose accounts are closed, and who closed them."""

    month: str
    closed_by: UserId


class PeriodRefused(Refused):
    """A month cannot be closed yet."""


# decision 0398: a day's revenue is accrued on that day, and the document settles what is accrued
def lines_of_revenue(accounts: Accounts, kind: str, *, net_ore: int) -> tuple[LedgerLine, ...]:
    """The lines of what has been earned: accrued, until it stands on a document. `net_ore` without
    VAT; of what is compensated, credited or taken back it is negative, and the sides change.
    """
    revenue = _account_of_revenue(accounts, kind)
    return _lines((accounts[ACCRUED], net_ore), (revenue, -net_ore))


def lines_of_document(
    accounts: Accounts, *, net_ore: int, vat: Iterable[VatPart]
) -> tuple[LedgerLine, ...]:
    """The lines of a document: its gross is to be paid, its net is accrued no more, its VAT is of
    each rate's own account (BIL-10). Of a credit note the amounts are negative.
    """
    parts = [part for part in vat if part.vat_ore]
    gross_ore = net_ore + sum(part.vat_ore for part in parts)
    return _lines(
        (accounts[RECEIVABLE], gross_ore),
        (accounts[ACCRUED], -net_ore),
        *((accounts[VAT_ACCOUNTS[part.vat_percent]], -part.vat_ore) for part in parts),
    )


def lines_of_supplier_invoice(
    accounts: Accounts, *, net_ore: int, vat_ore: int, is_credit: bool
) -> tuple[LedgerLine, ...]:
    """The lines of what a supplier is paid, or takes back by a credit note: what was purchased, its
    VAT, what is to be paid (BIL-6, BIL-10). Amounts in öre, not negative. None where the region has
    no accounts for it.
    """
    if PAYABLE not in accounts:
        return ()
    sign = -1 if is_credit else 1
    return _lines(
        (accounts[PURCHASES], sign * net_ore),
        (accounts[VAT_INPUT], sign * vat_ore),
        (accounts[PAYABLE], -sign * (net_ore + vat_ore)),
    )


def post(
    entry_id: LedgerEntryId,
    lines: tuple[LedgerLine, ...],
    *,
    on: date,
    source: Word,
    source_id: UUID,
    open_from: date,
) -> tuple[LedgerEntryPosted, ...]:
    """Enter these lines on a Stockholm day, or on the first day of the first open month where that
    day's month is closed (BIL-10). Returns no event where nothing is to be entered: all is 0 öre.
    """
    if not lines:
        return ()
    return (
        LedgerEntryPosted(
            ledger_entry_id=entry_id,
            entered_on=max(on, open_from),
            source=source,
            source_id=source_id,
            lines=lines,
        ),
    )


def close(
    period: LedgerPeriod | None,
    first: date,
    *,
    has_finished: bool,
    open_from: date,
    today: date,
    by: UserId,
) -> tuple[LedgerPeriodClosed, ...]:
    """Close the month that begins on `first`; no event where it is closed. `has_finished`: its
    invoice run has; `open_from`: the first day of the first open month, date.min where none has
    been closed.

    Raises PeriodRefused: MONTH_NOT_OVER, RUN_NOT_FINISHED, EARLIER_MONTH_IS_OPEN. Source: BIL-10.
    """
    if period is not None:
        return ()
    if first_of_next_month(first) > today:
        raise PeriodRefused(
            "MONTH_NOT_OVER",
            rule="BIL-10",
            field="month",
            way_on="Stäng månaden när den är slut och fakturerad.",
        )
    if not has_finished:
        raise PeriodRefused(
            "RUN_NOT_FINISHED",
            rule="BIL-10",
            field="month",
            way_on="Månaden är inte fakturerad än: stäng den när dess fakturering är klar.",
        )
    if date.min < open_from < first:
        raise PeriodRefused(
            "EARLIER_MONTH_IS_OPEN",
            rule="BIL-10",
            field="month",
            way_on=f"Månaderna stängs i ordning: stäng {open_from:%Y-%m} först.",
        )
    return (LedgerPeriodClosed(month=f"{first:%Y-%m}", by=by),)


def evolve_entry(entry: LedgerEntry | None, event: LedgerEntryEvent) -> LedgerEntry:
    """Returns the entry after its only event."""
    return LedgerEntry(**same_fields(event, LedgerEntry))


def evolve_period(period: LedgerPeriod | None, event: LedgerPeriodEvent) -> LedgerPeriod:
    """Returns the month after its only event."""
    return LedgerPeriod(month=event.month, closed_by=event.by)


def _account_of_revenue(accounts: Accounts, kind: str) -> Account:
    own = f"{REVENUE}{kind}"
    return next((accounts[key] for key in accounts if key == own), accounts[REVENUE_OTHER])


def _lines(*amounts: tuple[Account, int]) -> tuple[LedgerLine, ...]:
    """What is moved, a line for each account: debit above 0, credit below."""
    sums: dict[Account, int] = {}
    for account, ore in amounts:
        sums[account] = sums.get(account, 0) + ore
    return tuple(
        LedgerLine(account=account, debit_ore=max(ore, 0), credit_ore=max(-ore, 0))
        for account, ore in sums.items()
        if ore
    )
