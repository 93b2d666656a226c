"""The views of the ledger."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kvitt_contracts.billing import LedgerLine
from kvitt_contracts.types import Account, Known, UserId, Word
from pydantic import BaseModel, ConfigDict, Field, computed_field

from billing.ledger.domain import SOURCES
from billing.ledger.models import LedgerEntryRow, LedgerPeriodRow


class LedgerEntryView(BaseModel):
    """En verifikation: lika mycket debet som kredit."""

    id: UUID
    entered_on: Annotated[date, Field(description="Bokföringsdag")]
    source: Annotated[
        Word, Known(*SOURCES), Field(description="Vad som har bokförts; rent: hyra på en faktura")
    ]
    source_id: Annotated[UUID, Field(description="Debiteringens eller fakturans id")]
    lines: list[LedgerLine]

    @classmethod
    def of(cls, row: LedgerEntryRow) -> "LedgerEntryView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class AccountBalance(BaseModel):
    """Ett konto under en månad, i öre: debet är över 0, kredit under."""

    account: Account
    name: Annotated[str, Field(description="Vad kontot är till för")] = ""
    incoming_ore: Annotated[int, Field(description="Ingående saldo: allt före månaden")]
    debit_ore: int
    credit_ore: int

    @computed_field(description="Utgående saldo")  # type: ignore[prop-decorator]
    @property
    def outgoing_ore(self) -> int:
        """The balance after the month, in öre."""
        return self.incoming_ore + self.debit_ore - self.credit_ore


class TrialBalance(BaseModel):
    """Råbalansen för en månad: debet och kredit är lika stora, och saldona går jämnt upp."""

    month: str
    is_closed: Annotated[bool, Field(description="Sant när månaden är stängd: den ändras inte mer")]
    debit_ore: int
    credit_ore: int
    accounts: list[AccountBalance]


class LedgerPeriodView(BaseModel):
    """En månad vars bokföring är stängd."""

    model_config = ConfigDict(from_attributes=True)

    month: str
    closed_by: UserId

    @classmethod
    def of(cls, row: LedgerPeriodRow) -> "LedgerPeriodView":
        """The view of a row."""
        return cls.model_validate(row)
