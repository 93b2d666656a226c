"""Topics `billing.invoices` and `billing.invoice-runs`: the invoices of a month."""

from datetime import date
from operator import not_
from typing import Annotated

from pydantic import Field

from kvitt_contracts.billing.charges import CHARGED, ChargeKind
from kvitt_contracts.billing.ledger import Month
from kvitt_contracts.envelope import Command, Event
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    InvoiceId,
    Known,
    Money,
    OcrNumber,
    Payer,
    UserId,
    Value,
    VatPercent,
    Word,
)


class InvoiceLine(Value):
    """One line of the specification: a charge, or a device with the span of days [from_day, to_day]
    (both included) that it covers.

    A negative amount credits what an earlier invoice debited.
    """

    kind: ChargeKind
    article_number: ArticleNumber
    amount: Money
    device_id: DeviceId | None = None
    device_number: DeviceNumber | None = None
    from_day: date | None = None
    to_day: date | None = None
    charge_id: ChargeId | None = None
    quantity: int = 1


class VatPart(Value):
    """The VAT of a document at one rate, as EN 16931 computes it: `net_ore` is the sum of the lines
    at that rate (BT-116), `vat_ore` that sum's VAT, rounded to whole öre once (BT-117).
    """

    vat_percent: VatPercent
    net_ore: int
    vat_ore: int


class InvoiceIssued(Event, type="billing.invoice.issued.v1"):
    """An invoice (or, when `is_credit`, a credit note) for a payer and a month.

    Never changed afterwards (BIL-9). `vat_ore` is the sum of `vat`, one for each rate of the lines
    (BIL-10); an older document has none, and in it each line's VAT is rounded by itself.

    Of earlier releases: what is issued from now on is of the second version.
    """

    invoice_id: InvoiceId
    number: str
    payer: Payer
    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    issued_on: date
    is_credit: bool
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]
    vat: Annotated[tuple[VatPart, ...], Field(exclude_if=not_)] = ()


class InvoiceLineV2(Value):
    """One line: a charge, or a device with the span of days that it covers, both included.

    `corrects`: the invoice that a credit takes back from (BIL-9).
    """

    kind: Annotated[Word, Known(*CHARGED)]
    article_number: ArticleNumber | None = None
    amount: Money
    device_id: DeviceId | None = None
    device_number: DeviceNumber | None = None
    from_day: date | None = None
    to_day: date | None = None
    charge_id: ChargeId | None = None
    quantity: int = 1
    corrects: InvoiceId | None = None


class InvoiceIssuedV2(Event, type="billing.invoice.issued.v2"):
    """An invoice (or, when `is_credit`, a credit note) for a payer and a month, with what a payment
    needs: the last day and the reference (OCR). Never changed afterwards (BIL-9).
    """

    invoice_id: InvoiceId
    number: str
    payer: Payer
    month: Month
    issued_on: date
    due_on: date
    ocr: OcrNumber
    is_credit: bool
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: Annotated[tuple[InvoiceLineV2, ...], Field(min_length=1)]
    vat: Annotated[tuple[VatPart, ...], Field(min_length=1)]


InvoiceEvent = InvoiceIssued | InvoiceIssuedV2
"""Every event of an invoice."""


class InvoiceRunStarted(Event, type="billing.invoice-run.started.v1"):
    """The last day of a month has closed and every custody change up to then is applied.

    `through` is the last day that is billed; owed minus issued up to and including it is invoiced.
    """

    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    through: date


class InvoiceRunFinished(Event, type="billing.invoice-run.finished.v1"):
    """Every payer has its documents of the month: `invoices` of them, credit notes included.

    But not what could not be made: so many devices and payers are `set_aside`, and the next run
    tries them again.
    """

    month: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}$")]
    invoices: Annotated[int, Field(ge=0)]
    set_aside: Annotated[int, Field(ge=0, exclude_if=not_)] = 0


RunState = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
"""A digest of what a preview was made of."""


class InvoiceRunPreviewed(Event, type="billing.invoice-run.previewed.v1"):
    """The month's documents can be reviewed before they are issued (BIL-9, by policy).

    `findings`: what should be reviewed first. A month that is previewed anew has several: the
    latest holds.
    """

    month: Month
    invoices: Annotated[int, Field(ge=0)]
    findings: Annotated[int, Field(ge=0)]
    net_ore: int
    state: RunState


class InvoiceRunApproved(Event, type="billing.invoice-run.approved.v1"):
    """Somebody with the duty `finance` approved what the latest preview showed: it is issued."""

    month: Month
    state: RunState
    by: UserId


InvoiceRunEvent = InvoiceRunStarted | InvoiceRunPreviewed | InvoiceRunApproved | InvoiceRunFinished
"""Every event of a month's invoice run."""


# -- reserved ------------------------------------------------------------------------------------


class ApproveInvoiceRun(Command, type="billing.invoice-run.approve.v1"):
    """Let the month be issued as previewed; a stale `state` is refused (BIL-9).

    Subject: the month.
    """

    month: Month
    state: RunState
    by: UserId
