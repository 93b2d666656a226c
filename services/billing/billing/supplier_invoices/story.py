"""A supplier invoice's story in words. Decides nothing."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from kvitt_chassis.web.stories import Coming, Told
from kvitt_contracts.billing import (
    SupplierInvoiceCleared,
    SupplierInvoiceEvent,
    SupplierInvoiceHeld,
    SupplierInvoiceReceived,
    SupplierInvoiceRejected,
    SupplierInvoiceReleased,
    SupplierInvoiceReminderDue,
)

from billing.supplier_invoices.reasons import REASONS
from billing.supplier_invoices.writes import REMIND

TIMERS: Final = (REMIND,)


def tell(event: SupplierInvoiceEvent) -> Told:
    """An event of a supplier's invoice in words."""
    match event:
        case SupplierInvoiceReceived():
            what = "Kreditfakturan" if event.is_credit else "Fakturan"
            return Told(summary=f"{what} kom in.", rule="BIL-6", by_region=event.by is None)
        case SupplierInvoiceHeld():
            why = " ".join(REASONS[one].says for one in event.reasons if one in REASONS)
            return Told(summary=f"Den väntar. {why}", rule="BIL-6")
        case SupplierInvoiceReminderDue():
            return Told(summary="Enheten påmindes om att den väntar.", rule="BIL-6")
        case SupplierInvoiceCleared():
            return Told(summary="Inköp, mottagning och faktura stämmer överens.", rule="BIL-6")
        case SupplierInvoiceReleased():
            return Told(summary="Ekonomi släppte den till betalning som den är.", rule="BIL-6")
        case SupplierInvoiceRejected():
            return Told(summary="Ekonomi avvisade den: den betalas inte.", rule="BIL-6")


def what_comes(due: Mapping[str, datetime]) -> Iterator[Coming]:
    """What happens next by itself."""
    if at := due.get(REMIND.name):
        yield Coming(at=at, what="Väntar den fortfarande påminns enheten.")
