"""The tables of the ledger: entries, and months that are closed."""

from datetime import date
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.billing import LedgerLine
from kvitt_contracts.types import UserId, Word
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.ledger import domain
from billing.models import Base


class LedgerEntryRow(
    Aggregate[domain.LedgerEntry],
    Base,
    noun="ledger-entry",
    topic=topics.BILLING_LEDGER_ENTRIES,
    state=domain.LedgerEntry,
    evolve=domain.evolve_entry,
):
    """What is entered of a charge, of a document or of its rent: its key is derived from that, so
    that nothing is entered twice (BIL-10).
    """

    __tablename__ = "ledger_entries"
    __table_args__ = (
        Index("ix_ledger_entries_entered_on", "region", "entered_on", "id"),
        Index("ix_ledger_entries_source", "region", "source_id"),
    )

    entered_on: Mapped[date]
    source: Mapped[Word]
    source_id: Mapped[UUID]
    lines: Mapped[tuple[LedgerLine, ...]] = mapped_column(Json(tuple[LedgerLine, ...]))


class LedgerPeriodRow(
    Aggregate[domain.LedgerPeriod],
    Base,
    noun="ledger-period",
    topic=topics.BILLING_LEDGER_PERIODS,
    state=domain.LedgerPeriod,
    evolve=domain.evolve_period,
):
    """A month whose accounts are closed."""

    __tablename__ = "ledger_periods"

    month: Mapped[str]
    closed_by: Mapped[UserId]
