"""What billing says: who owes what."""

from kvitt_contracts.billing.charges import ChargeEvent, ChargeKind, ChargeRaised
from kvitt_contracts.billing.invoices import (
    InvoiceEvent,
    InvoiceIssued,
    InvoiceLine,
    InvoiceRunEvent,
    InvoiceRunFinished,
    InvoiceRunStarted,
)

__all__ = [
    "ChargeEvent",
    "ChargeKind",
    "ChargeRaised",
    "InvoiceEvent",
    "InvoiceIssued",
    "InvoiceLine",
    "InvoiceRunEvent",
    "InvoiceRunFinished",
    "InvoiceRunStarted",
]
