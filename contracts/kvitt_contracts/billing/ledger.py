"""Topics `billing.ledger-entries` and `billing.ledger-periods`: the accounts (BIL-10)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import Account, LedgerEntryId, Ore, UserId, Value, Word

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]
"""A calendar month: `2026-05`."""


class LedgerLine(Value):
    """One side of an entry: debit or credit, the other is 0."""

    account: Account
    debit_ore: Annotated[Ore, Field(ge=0)]
    credit_ore: Annotated[Ore, Field(ge=0)]


class LedgerEntryPosted(Event, type="billing.ledger-entry.posted.v1"):
    """Something was entered in the accounts; never changed, corrected by another entry (BIL-10).

    `source` is the noun of what has `source_id`: a `charge`, an `invoice` (or credit note); `rent`
    is the rent on an invoice, a `cancellation` takes a charge back. Debit and credit are equal. It
    is entered on its own day, or on the first day of the first open month where its own month is
    closed.
    """

    ledger_entry_id: LedgerEntryId
    entered_on: date
    source: Word
    source_id: UUID
    lines: Annotated[tuple[LedgerLine, ...], Field(min_length=2)]

    @model_validator(mode="after")
    def _balances(self) -> Self:
        if sum(line.debit_ore - line.credit_ore for line in self.lines):
            raise ValueError("BIL-10: debet och kredit är inte lika stora")
        return self


class LedgerPeriodClosed(Event, type="billing.ledger-period.closed.v1"):
    """The month takes no more entries: later ones go to the next open day."""

    month: Month
    by: UserId


LedgerPeriodEvent = LedgerPeriodClosed
"""Every event of a ledger period (key: the region and the month)."""

LedgerEntryEvent = LedgerEntryPosted
"""Every event of a ledger entry."""


# -- reserved ------------------------------------------------------------------------------------


class ClosePeriod(Command, type="billing.ledger-period.close.v1"):
    """Close a month's accounts. Subject: the month."""

    month: Month
    by: UserId
