"""The tables of previews: what a month would come to, by payer, and what of it stands out."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Json, Regional
from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.models import Base
from billing.month_previews import domain


class MonthPreviewRow(Regional, Base):
    """A month's latest preview, by its run's id; without `made_at` while it is being made.

    Before there is a run it is foreseen: `step` and `after` are where that has come to. After a
    step has failed, `one_by_one` more devices or charges are tried one at a time; `trying` is next.
    """

    __tablename__ = "month_previews"
    locked_when_loaded = True  # a run may begin while it is foreseen

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str]
    through: Mapped[date]
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    step: Mapped[str | None]
    after: Mapped[UUID | None]
    one_by_one: Mapped[int] = mapped_column(server_default="0", default=0)
    trying: Mapped[UUID | None]
    documents: Mapped[int] = mapped_column(default=0)
    net_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    vat_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    gross_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    last_net_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    findings: Mapped[int] = mapped_column(default=0)
    previewed_state: Mapped[str | None]


class PayerPreviewRow(Regional, Base):
    """What one payer's documents of a month would be; `lines` of them are added up so far.
    `weight` is that of what stands out most, 0 where nothing does.
    """

    __tablename__ = "payer_previews"
    __table_args__ = (
        Index("uq_payer_preview_bil_9", "region", "month", "payer_key", unique=True),
        Index("ix_payer_previews_weight", "region", "weight", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str]
    payer_key: Mapped[str]
    lines: Mapped[int] = mapped_column(default=0)
    documents: Mapped[int] = mapped_column(default=0)
    net_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    vat_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    gross_ore: Mapped[int] = mapped_column(BigInteger, default=0)
    last_net_ore: Mapped[int | None] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(default="")
    parts: Mapped[tuple[domain.Part, ...]] = mapped_column(
        Json(tuple[domain.Part, ...]), default=()
    )
    weight: Mapped[int] = mapped_column(BigInteger, default=0)
    is_done: Mapped[bool] = mapped_column(default=False)

    def totals(self) -> domain.Totals:
        """What the documents come to so far."""
        return domain.Totals(
            documents=self.documents,
            net_ore=self.net_ore,
            vat_ore=self.vat_ore,
            gross_ore=self.gross_ore,
        )


class FindingRow(Regional, Base):
    """One thing that stands out in a month's latest preview."""

    __tablename__ = "preview_findings"
    __table_args__ = (
        Index("ix_preview_findings_weight", "region", "weight", "id"),
        Index("ix_preview_findings_month", "region", "month"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    month: Mapped[str]
    kind: Mapped[domain.FindingKind]
    subject: Mapped[str]
    net_ore: Mapped[int | None] = mapped_column(BigInteger)
    last_net_ore: Mapped[int | None] = mapped_column(BigInteger)
    weight: Mapped[int] = mapped_column(BigInteger)
