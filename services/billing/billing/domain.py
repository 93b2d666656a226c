"""The rules of what is charged and invoiced. No clock, no database, no log. Rent: `rents`."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from kvitt_contracts.billing import (
    ChargeCancelled,
    ChargeDeferred,
    ChargeEvent,
    ChargeKind,
    ChargePaused,
    ChargeRaised,
    ChargeRaisedV2,
    InvoiceEvent,
    InvoiceIssuedV2,
    InvoiceLineV2,
    InvoiceRunApproved,
    InvoiceRunEvent,
    InvoiceRunFinished,
    InvoiceRunPreviewed,
    InvoiceRunStarted,
    VatPart,
)
from kvitt_contracts.calendar import first_of_next_month
from kvitt_contracts.copying import same_fields
from kvitt_contracts.inventory import LineDelivered
from kvitt_contracts.types import (
    ArticleNumber,
    ChargeId,
    DeviceId,
    DeviceNumber,
    InvoiceId,
    Money,
    OcrNumber,
    OrderId,
    OrderLineId,
    PatientPayer,
    Payer,
    PersonRef,
    PickupId,
    RegionCode,
    SaleId,
    UnitPayer,
    UserId,
    VatPercent,
    Word,
    WorkOrderId,
)
from kvitt_contracts.types.check_digits import luhn_digit

from billing.rents.domain import NOTHING, RentSpan

L = TypeVar("L")

# decision 0465: what is issued is an event, and an event is small
LINES_A_DOCUMENT = 500
"""An event of so many lines is well below what a contract allows (256 KiB)."""

# -- charges -------------------------------------------------------------------------------------


class ChargeStatus(StrEnum):
    """The states of a charge: one that waits until it is due, one that is owed, one that is not."""

    DEFERRED = "deferred"
    RAISED = "raised"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """The amount owed for a delivered line (a sale or a patient fee), for a work order, an
    urgent pickup or a device that is sold or lost; a negative one is compensated.

    One that waits is owed from `due_on` on, which is `charged_on` until then; `until_on` where it
    was paused.
    """

    kind: Word
    status: ChargeStatus = ChargeStatus.RAISED
    payer: Payer
    order_id: OrderId | None = None
    line_id: OrderLineId | None = None
    device_id: DeviceId | None = None
    pickup_id: PickupId | None = None
    work_order_id: WorkOrderId | None = None
    sale_id: SaleId | None = None
    article_number: ArticleNumber | None = None
    quantity: int
    amount: Money
    charged_on: date
    received_on: date | None = None
    due_on: date | None = None
    until_on: date | None = None
    last_pause_on: date | None = None

    @property
    def is_compensated(self) -> bool:
        """True of what the payer gets, and does not pay."""
        return self.amount.net_ore < 0


# decision 0415: the region's price counts; what it has none for is sold for what it cost
def price_of_sale(paid: Money | None, *, listed: Money | None, is_free: bool) -> Money | None:
    """The price of one sold unit, in öre without VAT: `listed`, the catalogue's of the delivery's
    day; where that is 0 or missing `paid`, what the direct delivery cost (ORD-12), unless the
    article is free of charge. None where there is no price yet.
    """
    if is_free:
        return listed or NOTHING
    if listed is not None and listed.net_ore:
        return listed
    return paid or listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a patient has received of an order's line, and is to pay a fee for (BIL-3)."""

    order_id: OrderId
    line_id: OrderLineId
    article_number: ArticleNumber
    quantity: int
    devices: tuple[DeviceId, ...]
    delivered_on: date


def charge_sale(
    charge_id: ChargeId, delivered: LineDelivered, *, unit_price: Money
) -> ChargeRaised:
    """Charge a purchased or consumed article to the line's payer at delivery (BIL-2).

    `unit_price` is the one valid on the delivery's day, in öre without VAT.
    """
    payer = UnitPayer(payer_id=delivered.payer_id)
    return _charge(charge_id, ChargeKind.SALE, delivered, payer=payer, unit_price=unit_price)


def charge_fee(
    charge_id: ChargeId, delivered: LineDelivered | Received, *, patient: PersonRef, unit_fee: Money
) -> ChargeRaised:
    """Charge the fee pinned to the order line to the patient, when the line is received (BIL-3).

    `unit_fee` is of one unit, in öre.
    """
    payer = PatientPayer(person=patient)
    return _charge(charge_id, ChargeKind.FEE, delivered, payer=payer, unit_price=unit_fee)


def _charge(
    charge_id: ChargeId,
    kind: ChargeKind,
    delivered: LineDelivered | Received,
    *,
    payer: Payer,
    unit_price: Money,
) -> ChargeRaised:
    return ChargeRaised(
        **same_fields(delivered, ChargeRaised),
        charge_id=charge_id,
        kind=kind,
        payer=payer,
        amount=_times(unit_price, delivered.quantity),
        charged_on=delivered.delivered_on,
    )


def evolve_charge(charge: Charge | None, event: ChargeEvent) -> Charge:
    """Returns the charge after an event. Raises ValueError when one is paused or cancelled that
    was never told of.
    """
    if charge is None:
        return _first_of_charge(event)
    match event:
        case ChargeRaised() | ChargeRaisedV2():
            return replace(charge, status=ChargeStatus.RAISED, charged_on=event.charged_on)
        case ChargePaused():
            paused = same_fields(event, Charge) | {"charged_on": event.due_on}
            return replace(charge, **paused)
        case ChargeCancelled():
            return replace(charge, status=ChargeStatus.CANCELLED)
        case ChargeDeferred():
            raise ValueError(f"{event.charge_id} is deferred a second time")


def _first_of_charge(event: ChargeEvent) -> Charge:
    match event:
        case ChargeRaised():
            return Charge(**same_fields(event, Charge) | {"kind": Word(event.kind)})
        case ChargeRaisedV2():
            return Charge(**same_fields(event, Charge) | same_fields(event.cause, Charge))
        case ChargeDeferred():
            waits = {"status": ChargeStatus.DEFERRED, "charged_on": event.due_on}
            cause = same_fields(event.cause, Charge)
            return Charge(**same_fields(event, Charge) | cause | waits)
        case ChargePaused() | ChargeCancelled():
            raise ValueError(f"{event.wire_type} of a charge that was never told of")


# -- invoices ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An issued document. It never changes (BIL-9)."""

    number: str
    payer: Payer
    month: str
    issued_on: date
    is_credit: bool
    net_ore: int
    vat_ore: int
    gross_ore: int
    lines: tuple[InvoiceLineV2, ...]
    vat: tuple[VatPart, ...] = ()
    due_on: date | None = None
    ocr: OcrNumber | None = None


def documents(lines: Sequence[L]) -> Iterator[Sequence[L]]:
    """The lines of a payer as they are put on documents: at most `LINES_A_DOCUMENT` on one, since
    an event has a greatest size (BIL-9).
    """
    for first in range(0, len(lines), LINES_A_DOCUMENT):
        yield lines[first : first + LINES_A_DOCUMENT]


# decision 0467: every document says how it is paid
def issue_invoice(
    invoice_id: InvoiceId,
    *,
    number: str,
    payer: Payer,
    month: date,
    is_credit: bool,
    lines: Sequence[InvoiceLineV2],
    due_days: int,
) -> InvoiceIssuedV2:
    """Issue an invoice for the lines, or a credit note when they are credits; dated the first day
    after the month (BIL-9, BIL-10).

    `month` is a day of it; amounts are in öre; `due_days` after its day it is to be paid, by its
    OCR reference. A line may be of 0 öre: a price of 0, or days whose shares of a small price round
    to nothing. Raises ValueError for a debit among credits, a credit among debits, or no line.
    """
    if not lines:
        raise ValueError("an invoice needs a line")
    sign = -1 if is_credit else 1
    if any(sign * line.amount.net_ore < 0 for line in lines):
        raise ValueError("credits and debits stand on documents of their own")
    vat = vat_by_rate(lines)
    net_ore = sum(part.net_ore for part in vat)
    vat_ore = sum(part.vat_ore for part in vat)
    return InvoiceIssuedV2(
        invoice_id=invoice_id,
        number=number,
        payer=payer,
        month=f"{month:%Y-%m}",
        issued_on=first_of_next_month(month),
        due_on=first_of_next_month(month) + timedelta(days=due_days),
        ocr=ocr_number(number),
        is_credit=is_credit,
        net_ore=net_ore,
        vat_ore=vat_ore,
        gross_ore=net_ore + vat_ore,
        lines=tuple(lines),
        vat=vat,
    )


def ocr_number(number: str) -> OcrNumber:
    """The reference of a document's payment: the digits of its number and a check digit by Luhn's
    rule.
    """
    digits = "".join(one for one in number if one.isdigit())
    return OcrNumber(f"{digits}{luhn_digit(digits)}")


# decision 0247: VAT is rounded once for each rate of a document, as EN 16931 does
def vat_by_rate(lines: Sequence[InvoiceLineV2]) -> tuple[VatPart, ...]:
    """The VAT of a document: for each rate the sum of its lines in öre, and that sum's VAT, rounded
    to whole öre once (BIL-10). Highest rate first. Amounts are not rounded further.
    """
    nets: dict[VatPercent, int] = {}
    for line in lines:
        rate = line.amount.vat_percent
        nets[rate] = nets.get(rate, 0) + line.amount.net_ore
    return tuple(
        VatPart(
            vat_percent=rate,
            net_ore=nets[rate],
            vat_ore=Money(net_ore=nets[rate], vat_percent=rate).vat_ore,
        )
        for rate in sorted(nets, reverse=True)
    )


def evolve_invoice(invoice: Invoice | None, event: InvoiceEvent) -> Invoice:
    """Returns the invoice after its only event."""
    lines = tuple(InvoiceLineV2(**dict(line) | {"kind": Word(line.kind)}) for line in event.lines)
    return Invoice(**same_fields(event, Invoice) | {"lines": lines})


# -- the month's run -----------------------------------------------------------------------------


class RunStatus(StrEnum):
    """The states of a run; where a person approves it, it is previewed between."""

    STARTED = "started"
    PREVIEWED = "previewed"
    APPROVED = "approved"
    FINISHED = "finished"


class PreviewStep(StrEnum):
    """What a preview that is being made does next: settle the devices, take the charges that the
    month is to have, then add up each payer's documents.
    """

    SETTLING = "settling"
    TAKING = "taking"
    PREVIEWING = "previewing"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceRun:
    """One region's run for one month. `invoices`: how many documents it has made, or would make
    by its latest preview; `previewed_state` is that preview's digest.
    """

    month: str
    status: RunStatus
    through: date
    invoices: int = 0
    set_aside: int = 0
    previewed_state: str | None = None
    findings: int = 0
    approved_by: UserId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyChanges:
    """Which custody changes of a region are applied: all `up_to` a number, those `besides`, and as
    many more as were `counted`, whose numbers nobody noted: before there were any, or by the
    release before.
    """

    up_to: int = 0
    besides: frozenset[int] = frozenset()
    counted: int = 0


def missing_changes(
    last: int, applied: CustodyChanges, *, forgone: Collection[int] = ()
) -> tuple[int, ...]:
    """The custody changes that a closed day counts, 1 to `last`, and that are not known by number
    to be applied (BIL-9). `forgone` are not waited for.
    """
    known = {*applied.besides, *forgone}
    return tuple(n for n in range(applied.up_to + 1, last + 1) if n not in known)


def start_run(closed: date) -> tuple[InvoiceRunStarted, ...]:
    """Start the run for the month whose last day has closed (BIL-9); no event after any other day.

    `closed` is a Stockholm day.
    """
    if first_of_next_month(closed) != closed + timedelta(days=1):
        return ()
    return (InvoiceRunStarted(month=f"{closed:%Y-%m}", through=closed),)


def finish_run(run: InvoiceRun, *, invoices: int, set_aside: int) -> InvoiceRunFinished:
    """Finish the run: every payer of the month has its documents, `invoices` in number, but for
    the devices and payers that are `set_aside` and are tried by the next run (BIL-9).
    """
    return InvoiceRunFinished(month=run.month, invoices=invoices, set_aside=set_aside)


def evolve_run(run: InvoiceRun | None, event: InvoiceRunEvent) -> InvoiceRun:
    """Returns the run after an event. Raises ValueError when a run goes on before it starts."""
    if isinstance(event, InvoiceRunStarted):
        return InvoiceRun(**same_fields(event, InvoiceRun), status=RunStatus.STARTED)
    if run is None:
        raise ValueError(f"{event.wire_type} of a run that never started")
    match event:
        case InvoiceRunPreviewed():
            return replace(
                run,
                status=RunStatus.PREVIEWED,
                invoices=event.invoices,
                findings=event.findings,
                previewed_state=event.state,
            )
        case InvoiceRunApproved():
            return replace(run, status=RunStatus.APPROVED, approved_by=event.by)
        case InvoiceRunFinished():
            return replace(
                run,
                status=RunStatus.FINISHED,
                invoices=event.invoices,
                set_aside=event.set_aside,
            )


def rent_line(
    device_id: DeviceId,
    device_number: DeviceNumber,
    article_number: ArticleNumber,
    span: RentSpan,
    *,
    corrects: InvoiceId | None = None,
) -> InvoiceLineV2:
    """Returns the invoice line of a span of days of one device, in öre without VAT; of a credit
    with the invoice that it `corrects` (BIL-9).
    """
    return InvoiceLineV2(
        kind=Word(ChargeKind.RENT),
        article_number=article_number,
        amount=span.amount,
        device_id=device_id,
        device_number=device_number,
        from_day=span.from_day,
        to_day=span.to_day,
        corrects=corrects,
    )


def charge_line(charge_id: UUID, charge: Charge) -> InvoiceLineV2:
    """Returns the invoice line of a charge, in öre without VAT."""
    return InvoiceLineV2(
        kind=charge.kind,
        article_number=charge.article_number,
        amount=charge.amount,
        charge_id=ChargeId(charge_id),
        quantity=charge.quantity,
    )


def credit_line(charge_id: UUID, charge: Charge, *, invoice_id: UUID) -> InvoiceLineV2:
    """Returns the line that takes a cancelled charge back from the invoice that it stands on, in
    öre without VAT; `quantity` is of what is taken back (BIL-4, BIL-9).
    """
    taken_back = {"amount": credit_of(charge.amount), "corrects": InvoiceId(invoice_id)}
    return charge_line(charge_id, charge).model_copy(update=taken_back)


def credit_of(amount: Money) -> Money:
    """What takes an amount back."""
    return Money(net_ore=-amount.net_ore, vat_percent=amount.vat_percent)


def invoice_number(region: RegionCode, *, year: int, running: int) -> str:
    """The number on the document: region, year, six digits: `AC-2026-000001`. Without gaps within a
    region and year.
    """
    return f"{region.upper()}-{year}-{running:06}"


def _times(price: Money, quantity: int) -> Money:
    return Money(net_ore=price.net_ore * quantity, vat_percent=price.vat_percent)
