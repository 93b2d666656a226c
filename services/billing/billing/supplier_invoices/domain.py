"""The rules of a supplier's invoice: what is taken in, what becomes of it, who decides (BIL-6).
Pure; how it is matched is in `matching`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import groupby

from kvitt_contracts.billing import (
    ClearedLine,
    SupplierInvoiceCleared,
    SupplierInvoiceEvent,
    SupplierInvoiceHeld,
    SupplierInvoiceLine,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReleased,
    SupplierInvoiceReminderDue,
)
from kvitt_contracts.copying import same_fields
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceNumber,
    Money,
    OrderNumber,
    PolicyVersion,
    ReasonCode,
    RegionCode,
    ServicePointId,
    SupplierId,
    SupplierInvoiceId,
    SupplierInvoiceNumber,
    UserId,
    identify,
)


class SupplierInvoiceStatus(StrEnum):
    """What has become of it: `received` only until it is judged, in the same transaction."""

    RECEIVED = "received"
    HELD = "held"
    CLEARED = "cleared"
    RELEASED = "released"
    REJECTED = "rejected"


PAYABLE = (SupplierInvoiceStatus.CLEARED, SupplierInvoiceStatus.RELEASED)
"""What may be paid, or of a credit note taken back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """A supplier's invoice as it was stated: amounts in öre, never negative. `credits`: the number
    of the invoice that a credit note takes back from.
    """

    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None
    device_number: DeviceNumber | None
    is_credit: bool
    credits: SupplierInvoiceNumber | None
    net_ore: int
    vat_ore: int
    due_on: date
    lines: tuple[SupplierInvoiceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplierInvoice:
    """A supplier's invoice: as it was stated, and what became of it. `cleared`: what it is paid for
    of which lines.
    """

    supplier_id: SupplierId
    number: SupplierInvoiceNumber
    purchase_order_number: OrderNumber | None
    device_number: DeviceNumber | None
    is_credit: bool
    credits: SupplierInvoiceNumber | None
    received_on: date
    net_ore: int
    vat_ore: int
    due_on: date
    lines: tuple[SupplierInvoiceLine, ...]
    policy: PolicyVersion
    status: SupplierInvoiceStatus
    reasons: tuple[ReasonCode, ...] = ()
    cleared: tuple[ClearedLine, ...] = ()
    decided_by: UserId | None = None
    rejected_for: ReasonCode | None = None
    released_for: ReasonCode | None = None


def invoice_id(
    region: RegionCode, supplier: SupplierId, number: SupplierInvoiceNumber
) -> SupplierInvoiceId:
    """The id of a supplier's invoice: the same number of the same supplier is the same invoice,
    also where its letters are written otherwise.
    """
    name = f"{supplier}/{number.upper()}"
    return SupplierInvoiceId(identify(region, "supplier-invoice", name))


# decision 0418: nothing is paid twice, by the supplier's number
def receive(
    known: SupplierInvoice | None,
    stated: Stated,
    *,
    key: SupplierInvoiceId,
    policy: PolicyVersion,
    today: date,
    by: UserId | None,
) -> tuple[SupplierInvoiceReceived, ...]:
    """Take in an invoice; no event where it is known with the same content.

    Raises Refused (BIL-6): DUPLICATE_NUMBER, NEGATIVE_PRICE, SUMS_DIFFER.
    """
    if known is not None:
        if _as_stated(known) == replace(stated, number=known.number):
            return ()
        raise Refused(
            "DUPLICATE_NUMBER",
            rule="BIL-6",
            field="number",
            way_on="Leverantören har redan skickat en faktura med numret och annat innehåll. Be om"
            " en kreditfaktura och en ny faktura med eget nummer.",
        )
    check_sums(stated.lines, net_ore=stated.net_ore, vat_ore=stated.vat_ore)
    return (
        SupplierInvoiceReceived(
            **same_fields(stated, SupplierInvoiceReceived),
            supplier_invoice_id=key,
            received_on=today,
            policy=policy,
            by=by,
        ),
    )


def check_sums(lines: Iterable[SupplierInvoiceLine], *, net_ore: int, vat_ore: int) -> None:
    """Lines, net and VAT of an invoice come to the same, as EN 16931 rounds: VAT once a rate.

    Raises Refused (BIL-6): NEGATIVE_PRICE, SUMS_DIFFER with the field.
    """
    listed = list(lines)
    for n, line in enumerate(listed):
        if line.price.net_ore < 0:
            raise Refused(
                "NEGATIVE_PRICE",
                rule="BIL-6",
                field=f"lines.{n}.price",
                way_on="Be leverantören om en kreditfaktura för det som dras av: ett pris är aldrig"
                " negativt.",
            )
    if net_ore != sum(_net_of(line) for line in listed):
        raise _sums_differ("net_ore", "Radernas summa är en annan än fakturans belopp utan moms.")
    if vat_ore != sum(_vat_parts(listed)):
        raise _sums_differ("vat_ore", "Momsen är en annan än den som raderna ger.")


def hold(
    key: SupplierInvoiceId, invoice: SupplierInvoice, reasons: Iterable[str]
) -> tuple[SupplierInvoiceHeld, ...]:
    """It is held for these reasons; no event where it is already."""
    codes = tuple(ReasonCode(one) for one in reasons)
    if invoice.reasons == codes:
        return ()
    return (SupplierInvoiceHeld(supplier_invoice_id=key, reasons=codes),)


def release(
    key: SupplierInvoiceId,
    invoice: SupplierInvoice,
    *,
    lines: tuple[ClearedLine, ...],
    reason: ReasonCode | None,
    by: UserId,
) -> tuple[SupplierInvoiceReleased, ...]:
    """Finance pays what is held as it is (BIL-6), for this reason where it says one; no event where
    that is decided already.

    Raises Refused (NOT_HELD, BIL-6).
    """
    if invoice.status is SupplierInvoiceStatus.RELEASED:
        return ()
    _must_be_held(invoice)
    released = SupplierInvoiceReleased(supplier_invoice_id=key, lines=lines, reason=reason, by=by)
    return (released,)


def take(
    key: SupplierInvoiceId, invoice: SupplierInvoice, *, lines: tuple[ClearedLine, ...]
) -> tuple[SupplierInvoiceReleased, ...]:
    """What was released before its purchase was known takes its part of it; no event where that is
    nothing.
    """
    if not lines or invoice.decided_by is None:
        return ()
    by, reason = invoice.decided_by, invoice.released_for
    released = SupplierInvoiceReleased(supplier_invoice_id=key, lines=lines, reason=reason, by=by)
    return (released,)


def reject(
    key: SupplierInvoiceId, invoice: SupplierInvoice, *, reason: ReasonCode, by: UserId
) -> tuple[SupplierInvoiceRejected, ...]:
    """Finance does not pay what is held (BIL-6); no event where that is decided already.

    Raises Refused (NOT_HELD, BIL-6).
    """
    if invoice.status is SupplierInvoiceStatus.REJECTED:
        return ()
    _must_be_held(invoice)
    return (SupplierInvoiceRejected(supplier_invoice_id=key, reason=reason, by=by),)


def remind(
    key: SupplierInvoiceId, invoice: SupplierInvoice, *, service_point: ServicePointId | None
) -> tuple[SupplierInvoiceReminderDue, ...]:
    """It is still held: the unit that purchased it is told (BIL-6); no event where it is not."""
    if invoice.status is not SupplierInvoiceStatus.HELD:
        return ()
    return (SupplierInvoiceReminderDue(supplier_invoice_id=key, service_point=service_point),)


def evolve(invoice: SupplierInvoice | None, event: SupplierInvoiceEvent) -> SupplierInvoice:
    """Returns the state after an event. Raises ValueError for a first event that begins none."""
    if isinstance(event, SupplierInvoiceReceived):
        return SupplierInvoice(
            **same_fields(event, SupplierInvoice), status=SupplierInvoiceStatus.RECEIVED
        )
    if invoice is None:
        raise ValueError(f"{event.wire_type} cannot be a supplier invoice's first event")
    match event:
        case SupplierInvoiceHeld():
            return replace(invoice, status=SupplierInvoiceStatus.HELD, reasons=event.reasons)
        case SupplierInvoiceReminderDue():
            return invoice
        case SupplierInvoiceCleared():
            return replace(
                invoice, status=SupplierInvoiceStatus.CLEARED, reasons=(), cleared=event.lines
            )
        case SupplierInvoiceReleased():
            return replace(
                invoice,
                status=SupplierInvoiceStatus.RELEASED,
                cleared=event.lines,
                released_for=event.reason,
                decided_by=event.by,
            )
        case SupplierInvoiceRejected():
            return replace(
                invoice,
                status=SupplierInvoiceStatus.REJECTED,
                rejected_for=event.reason,
                decided_by=event.by,
            )


def _must_be_held(invoice: SupplierInvoice) -> None:
    if invoice.status is not SupplierInvoiceStatus.HELD:
        raise Refused(
            "NOT_HELD",
            rule="BIL-6",
            way_on="Bara en faktura som väntar kan släppas eller avvisas. Är den betald för mycket,"
            " be leverantören om en kreditfaktura.",
            status=invoice.status,
        )


def _as_stated(known: SupplierInvoice) -> Stated:
    return Stated(**same_fields(known, Stated))


def _net_of(line: SupplierInvoiceLine) -> int:
    return line.quantity * line.price.net_ore


def _vat_parts(lines: Iterable[SupplierInvoiceLine]) -> Iterable[int]:
    by_rate = sorted(lines, key=lambda one: one.price.vat_percent)
    for rate, of_rate in groupby(by_rate, key=lambda one: one.price.vat_percent):
        yield Money(net_ore=sum(map(_net_of, of_rate)), vat_percent=rate).vat_ore


def _sums_differ(field: str, what: str) -> Refused:
    return Refused(
        "SUMS_DIFFER",
        rule="BIL-6",
        field=field,
        way_on=f"{what} Kontrollera beloppen, eller be leverantören om en rätt faktura.",
    )
