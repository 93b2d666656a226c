"""What users do with suppliers' invoices over HTTP alone: one is named by its id."""

from kvitt_contracts.billing import StatedInvoice
from kvitt_contracts.envelope import Command
from kvitt_contracts.types import ReasonCode, UserId


class ReceiveSupplierInvoice(StatedInvoice, Command):
    """Take in a supplier's invoice or credit note (BIL-6)."""

    by: UserId


class ReleaseHeldInvoice(Command):
    """Finance pays what is held as it is (BIL-6)."""

    reason: ReasonCode | None = None
    by: UserId


class RejectHeldInvoice(Command):
    """Finance does not pay what is held (BIL-6)."""

    reason: ReasonCode
    by: UserId
