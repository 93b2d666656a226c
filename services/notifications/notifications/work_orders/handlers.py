"""Messages about work orders: their end to who asked for them, what is late to customer service
(NTF-2, ACT-3).
"""

from collections.abc import Mapping
from typing import Final

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import (
    WorkOrderApplicationDecided,
    WorkOrderFinished,
    WorkOrderReminderDue,
)
from kvitt_contracts.types import UserId, Word, WorkOrderId

from notifications.emails.writes import queue_to_users
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_work_order, post
from notifications.preferences.domain import WORK_ORDER

messages = Handlers()

_LATE: Final[Mapping[Word, NewKind]] = {
    Word("decision"): NewKind.APPLICATION_UNDECIDED,
    Word("renumbering"): NewKind.NUMBER_MISSING,
}
"""What customer service is told of what is waited for; of all else that the work is late."""


@messages.on(WorkOrderFinished)
async def on_work_order_finished(event: WorkOrderFinished, tx: Transaction) -> None:
    """Tell the requester that the work is finished (ACT-3)."""
    await _tell(event.requester, NewKind.WORK_ORDER_FINISHED, event.work_order_id, tx)


@messages.on(WorkOrderApplicationDecided)
async def on_application_decided(event: WorkOrderApplicationDecided, tx: Transaction) -> None:
    """Tell the requester what was decided on their application (ACT-3, ACT-5)."""
    await _tell(event.requester, NewKind.APPLICATION_DECIDED, event.work_order_id, tx)


@messages.on(WorkOrderReminderDue)
async def on_work_order_reminder_due(event: WorkOrderReminderDue, tx: Transaction) -> None:
    """Tell customer service what was not done in time."""
    kind = _LATE.get(event.waits_for, NewKind.WORK_ORDER_LATE)
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), kind, about_work_order(event.work_order_id))


async def _tell(user: UserId, message: NewKind, work_order: WorkOrderId, tx: Transaction) -> None:
    to, about = ToUser(user_id=user), about_work_order(work_order)
    post(tx, to, message, about)
    await queue_to_users(tx, [to], routine=WORK_ORDER, about=about)
