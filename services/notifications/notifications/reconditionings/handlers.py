"""Messages about what the device service makes fit again (INV-13)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReconditioningOverdue
from kvitt_contracts.notifications import ToStaff

from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_reconditioning, post

messages = Handlers()


# decision 0504: that work is late is told once
@messages.on(ReconditioningOverdue)
async def on_reconditioning_overdue(event: ReconditioningOverdue, tx: Transaction) -> None:
    """Tell customer service, who are the technicians, of what is not ready in time (INV-13)."""
    to, about = ToStaff(duty=CUSTOMER_SERVICE), about_reconditioning(event.reconditioning_id)
    post(tx, to, NewKind.RECONDITIONING_LATE, about, since_on=event.overdue_on)
