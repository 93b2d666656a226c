"""The log of who has fetched documents to print."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Regional
from kvitt_contracts.types import UserId
from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from billing.models import Base


class PrintFileFetchRow(Regional, Base):
    """Who fetched a print file, and which documents were in it. Rows are added, never changed; `at`
    is real time.
    """

    __tablename__ = "print_file_fetches"
    __table_args__ = (Index("ix_print_file_fetches_at", "region", "at", "fetch_id"),)

    fetch_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    user_id: Mapped[UserId]
    month: Mapped[str]
    payers: Mapped[str]
    documents: Mapped[int]
    first_number: Mapped[str | None]
    last_number: Mapped[str | None]
