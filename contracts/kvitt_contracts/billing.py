"""What billing says: who owes what. Charges of deliveries and fees, invoices of a month."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    InvoiceId,
    Money,
    OrderId,
    OrderLineId,
    Payer,
    Quantity,
    Value,
)


class ChargeKind(StrEnum):
    """What is charged: a sale at delivery (BIL-2), a patient fee (BIL-3), rent by day (BIL-1)."""

    SALE = "sale"
    FEE = "fee"
    RENT = "rent"


class ChargeRaised(Event, type="billing.charge.raised.v1"):
    """A delivered line is to be paid: a sale by the line's payer, a fee by the patient.

    Rent is not a charge: it is counted by day.
    """

    charge_id: ChargeId
    kind: ChargeKind
    payer: Payer
    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: Quantity
    amount: Money
    charged_on: date


ChargeEvent = ChargeRaised
"""Every event of a charge."""


class InvoiceLine(Value):
    """One line of the specification: a charge, or a device with the span of days [from_day, to_day]
    (both included) that it covers.

    A negative amount is a credit of what an earlier invoice said.
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


class InvoiceIssued(Event, type="billing.invoice.issued.v1"):
    """An invoice (or, when `is_credit`, a credit note) for a payer and a month.

    Never changed afterwards (BIL-9).
    """

    invoice_id: InvoiceId
    number: str
    payer: Payer
    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    issued_on: date
    is_credit: bool
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: Annotated[tuple[InvoiceLine, ...], Field(min_length=1)]


InvoiceEvent = InvoiceIssued
"""Every event of an invoice."""


class InvoiceRunStarted(Event, type="billing.invoice-run.started.v1"):
    """The last day of a month has closed and every custody change up to then is applied.

    `through` is the last day that is billed; owed minus issued up to and including it is invoiced.
    """

    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    through: date


class InvoiceRunFinished(Event, type="billing.invoice-run.finished.v1"):
    """Every payer has its documents of the month: `invoices` of them, credit notes included."""

    month: Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
    invoices: Annotated[int, Field(ge=0)]


InvoiceRunEvent = InvoiceRunStarted | InvoiceRunFinished
"""Every event of a month's invoice run."""
