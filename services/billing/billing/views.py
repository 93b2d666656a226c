"""The views of billing: values copied from rows by name."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from kvitt_contracts.billing import CHARGED, InvoiceLineV2, VatPart
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    Known,
    Money,
    OcrNumber,
    Payer,
    PayerId,
    Word,
)
from pydantic import BaseModel, Field

from billing.domain import ChargeStatus, RunStatus
from billing.models import (
    ChargeRow,
    DeviceRow,
    InvoiceRow,
    InvoiceRunRow,
    PayerRow,
    SetAsideRow,
)


class InvoiceView(BaseModel):
    """En faktura eller kreditnota, utan specifikation."""

    id: UUID
    number: Annotated[str, Field(description="Fakturanummer")]
    payer: Annotated[Payer, Field(description="Betalare: en enhet eller en patient")]
    month: Annotated[str, Field(description="Månaden som fakturan avser")]
    issued_on: date
    is_credit: Annotated[bool, Field(description="Sant för en kreditnota")]
    net_ore: Annotated[int, Field(description="Belopp utan moms, i öre")]
    vat_ore: Annotated[int, Field(description="Moms, i öre")]
    gross_ore: Annotated[int, Field(description="Att betala, i öre")]

    @classmethod
    def of(cls, row: InvoiceRow) -> "InvoiceView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class InvoiceWithLines(InvoiceView):
    """En faktura med sin specifikation: en rad per debitering, eller per hjälpmedel och dagar."""

    lines: list[InvoiceLineV2]
    vat: Annotated[list[VatPart], Field(description="Moms per momssats; tomt på en äldre faktura")]
    due_on: Annotated[date | None, Field(description="Sista betalningsdag, om den är satt")]
    ocr: Annotated[OcrNumber | None, Field(description="Betalningens referens, om den är satt")]

    @classmethod
    def of(cls, row: InvoiceRow) -> "InvoiceWithLines":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class ChargeView(BaseModel):
    """En debitering: ett köp, en egenavgift, en tjänst, en akut hämtning; eller en ersättning."""

    id: UUID
    kind: Annotated[Word, Known(*CHARGED), Field(description="Vad som debiteras")]
    payer: Payer
    order_id: UUID | None
    line_id: UUID | None
    pickup_id: Annotated[UUID | None, Field(description="Hämtordern, för en akut hämtning")]
    work_order_id: Annotated[UUID | None, Field(description="Arbetsordern, för en tjänst")]
    sale_id: Annotated[UUID | None, Field(description="Försäljningen till en annan region")]
    article_number: ArticleNumber | None
    quantity: int
    amount: Annotated[Money, Field(description="Negativt för en ersättning")]
    charged_on: Annotated[date, Field(description="Debiterad, eller när den väntas bli det")]
    status: Annotated[
        ChargeStatus, Field(description="deferred: väntar, raised: debiterad, cancelled: utgår")
    ]
    device_id: Annotated[UUID | None, Field(description="Hjälpmedlet, om det är ett enda")]
    received_on: Annotated[date | None, Field(description="Mottaget, för en avgift som väntar")]
    due_on: Annotated[date | None, Field(description="Dagen då en avgift som väntar debiteras")]
    until_on: Annotated[date | None, Field(description="Dagen som den är pausad till, om den är")]
    last_pause_on: Annotated[
        date | None, Field(description="Sista dagen för att be om att den pausas (BIL-4)")
    ]
    invoice_id: Annotated[UUID | None, Field(description="Fakturan som den står på, om någon")]
    credit_id: Annotated[UUID | None, Field(description="Kreditnotan, om den togs tillbaka")]

    @classmethod
    def of(cls, row: ChargeRow) -> "ChargeView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class PayerView(BaseModel):
    """En betalare."""

    payer_id: PayerId
    name: str

    @classmethod
    def of(cls, row: PayerRow) -> "PayerView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class PayerPeriod(BaseModel):
    """Vem som betalar ett hjälpmedel från en dag. Tomt när ingen gör det (i förråd), och för den
    som ser sina egna enheters betalare när ingen av dem gör det.
    """

    from_day: date
    payer_id: PayerId | None


class DevicePayers(BaseModel):
    """Ett hjälpmedels betalare, dag för dag."""

    device_id: UUID
    device_number: DeviceNumber
    article_number: ArticleNumber
    periods: list[PayerPeriod]

    @classmethod
    def of(cls, row: DeviceRow) -> "DevicePayers":
        """The view of a row, oldest period first."""
        points = sorted(row.points, key=lambda point: point.effective_on)
        return cls(
            device_id=row.device_id,
            device_number=row.device_number,
            article_number=row.article_number,
            periods=[PayerPeriod(from_day=p.effective_on, payer_id=p.payer_id) for p in points],
        )

    # decision 0283: who pays now tells where a patient is cared for now
    def of_these(self, payers: Collection[PayerId] | None) -> "DevicePayers":
        """The same with the periods of these payers alone, each with the day from which none of
        them pays. None of `payers`: with all.
        """
        if payers is None:
            return self
        shown: list[PayerPeriod] = []
        for period in self.periods:
            payer = period.payer_id if period.payer_id in payers else None
            if payer or (shown and shown[-1].payer_id):
                shown.append(PayerPeriod(from_day=period.from_day, payer_id=payer))
        return self.model_copy(update={"periods": shown})


class RunView(BaseModel):
    """En månads fakturering."""

    month: str
    status: Annotated[RunStatus, Field(description="previewed: väntar på godkännande")]
    through: date
    invoices: Annotated[int, Field(description="Fakturor och kreditnotor, som de är eller blir")]
    approved_by: Annotated[str | None, Field(description="Vem som har godkänt, om någon")]
    findings: Annotated[
        int, Field(description="Hur mycket som stack ut i förhandsvisningen, se /preview-findings")
    ]
    set_aside: Annotated[
        int, Field(description="Hjälpmedel och betalare som inte kunde faktureras, se /set-aside")
    ]

    @classmethod
    def of(cls, row: InvoiceRunRow) -> "RunView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)


class SetAsideView(BaseModel):
    """Ett hjälpmedel eller en betalare som en månads fakturering inte klarade, och varför."""

    run_id: UUID
    month: str
    subject: Annotated[
        str, Field(description="device/<id>, unit/<betalare> eller patient/<referens>")
    ]
    reason: Annotated[str, Field(description="Felets slag och plats i koden")]
    set_aside_at: datetime

    @classmethod
    def of(cls, row: SetAsideRow) -> "SetAsideView":
        """The view of a row."""
        return cls.model_validate(row, from_attributes=True)
