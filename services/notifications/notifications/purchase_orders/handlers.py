"""Messages about purchase orders: what was not sent, received or settled in time (NTF-2)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import (
    PurchaseOrderCreated,
    PurchaseOrderDeviationReported,
    PurchaseOrderDeviationSettled,
    PurchaseOrderReceiptDue,
    PurchaseOrderReminderDue,
)

from notifications.emails import domain as emails
from notifications.emails.writes import queue, queue_to_users
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_purchase_order, post
from notifications.preferences.domain import DIRECT_DELIVERY
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()

Due = PurchaseOrderReceiptDue | PurchaseOrderReminderDue

LATE_DAYS = 14
"""From so many days after the expected one on, customer service is told instead (ORD-12)."""


def _who_answers(event: Due, _: Transaction) -> Iterable[RowKey]:
    return [(ResponsiblesRow, event.service_point)]


@messages.on(PurchaseOrderCreated)
async def on_purchase_order_created(event: PurchaseOrderCreated, tx: Transaction) -> None:
    """Mail it to its supplier where Kvitt is to send it; who made it is told when that fails
    (ORD-11, NTF-4).
    """
    if event.is_sent_by_kvitt:
        to, about = (
            emails.to_supplier(event.supplier_id),
            about_purchase_order(event.purchase_order_id),
        )
        queue(tx, to, routine=emails.PURCHASE_ORDER, about=about, told=event.by)


@messages.on(PurchaseOrderReceiptDue, reads=_who_answers)
async def on_receipt_due(event: PurchaseOrderReceiptDue, tx: Transaction) -> None:
    """Tell the service point that a direct delivery is expected and not received; customer service
    when it is two weeks late (ORD-12).
    """
    if event.days_late < LATE_DAYS:
        await _tell_service_point(event, NewKind.PURCHASE_RECEIPT_DUE, tx)
        return
    staff, about = ToStaff(duty=CUSTOMER_SERVICE), about_purchase_order(event.purchase_order_id)
    post(tx, staff, NewKind.PURCHASE_LATE, about)


@messages.on(PurchaseOrderReminderDue, reads=_who_answers)
async def on_reminder_due(event: PurchaseOrderReminderDue, tx: Transaction) -> None:
    """Tell the service point that nobody has sent a purchase order (ORD-11); customer service that
    a deviation is not settled (INV-8). What else may be reminded of is passed over.
    """
    if event.waits_for == "sending":
        await _tell_service_point(event, NewKind.PURCHASE_UNSENT, tx)
    elif event.waits_for == "settlement":
        about = about_purchase_order(event.purchase_order_id)
        post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.PURCHASE_DEVIATION_LATE, about)


@messages.on(PurchaseOrderDeviationReported)
async def on_deviation_reported(event: PurchaseOrderDeviationReported, tx: Transaction) -> None:
    """Tell customer service that a delivery was not as ordered (INV-8)."""
    about = about_purchase_order(event.purchase_order_id)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.PURCHASE_DEVIATION, about)


# decision 0450: whoever reported it is told
@messages.on(PurchaseOrderDeviationSettled)
async def on_deviation_settled(event: PurchaseOrderDeviationSettled, tx: Transaction) -> None:
    """Tell who reported a deviation that it is settled (INV-8), unless they did that."""
    if event.asked_by != event.by:
        about = about_purchase_order(event.purchase_order_id)
        post(tx, ToUser(user_id=event.asked_by), NewKind.PURCHASE_DEVIATION_SETTLED, about)


async def _tell_service_point(event: Due, message: NewKind, tx: Transaction) -> None:
    known = await tx.look_up(ResponsiblesRow, event.service_point)
    responsibles = known.facts() if known else None
    told = whom_to_tell(event.service_point, responsibles, on=tx.today)
    about = about_purchase_order(event.purchase_order_id)
    for to in told:
        post(tx, to, message, about)
    await queue_to_users(tx, told, routine=DIRECT_DELIVERY, about=about)
