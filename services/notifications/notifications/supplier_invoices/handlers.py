"""Messages about suppliers' invoices: what is still held, to the unit that purchased (BIL-6)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import SupplierInvoiceReminderDue
from kvitt_contracts.notifications import ToStaff

from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_supplier_invoice, post
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()


def _who_answers(event: SupplierInvoiceReminderDue, tx: Transaction) -> Iterable[RowKey]:
    if event.service_point is not None:
        yield ResponsiblesRow, event.service_point


# decision 0420: the unit knows what has come; finance knows what to do where no unit is known
@messages.on(SupplierInvoiceReminderDue, reads=_who_answers)
async def on_supplier_invoice_reminder_due(
    event: SupplierInvoiceReminderDue, tx: Transaction
) -> None:
    """Remind who answers for the unit that purchased of an invoice that is still held; customer
    service where no unit is known (BIL-6).
    """
    about = about_supplier_invoice(event.supplier_invoice_id)
    if event.service_point is None:
        post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.SUPPLIER_INVOICE_HELD, about)
        return
    known = await tx.look_up(ResponsiblesRow, event.service_point)
    facts = known.facts() if known else None
    for to in whom_to_tell(event.service_point, facts, on=tx.today):
        post(tx, to, NewKind.SUPPLIER_INVOICE_HELD, about)
