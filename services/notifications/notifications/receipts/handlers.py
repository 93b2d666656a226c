"""Messages about receipts of direct deliveries: refused, or put into a store (NTF-2)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import OrderLineDiverted, OrderReceiptRefused

from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_order, post

messages = Handlers()


# decision 0414: who reported has gone on by then, and is told
@messages.on(OrderReceiptRefused)
async def on_receipt_refused(event: OrderReceiptRefused, tx: Transaction) -> None:
    """Tell who reported a receipt that nothing of it is booked (ORD-12)."""
    post(tx, ToUser(user_id=event.by), NewKind.RECEIPT_REFUSED, about_order(event.order_id))


@messages.on(OrderLineDiverted)
async def on_line_diverted(event: OrderLineDiverted, tx: Transaction) -> None:
    """Tell customer service that a direct delivery is in a store, for its recipient is inactive
    (REF-14).
    """
    about = about_order(event.order_id)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.LINE_DIVERTED, about)
