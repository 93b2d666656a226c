"""Messages about cases: to customer service that somebody asks, to them that they have an answer
(REF-12, ACT-9).
"""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToStaff, ToUser
from kvitt_contracts.orders import CaseAnswered, CaseAsked, CaseReminderDue

from notifications.messages.domain import CUSTOMER_SERVICE, NewKind
from notifications.messages.writes import about_case, post

messages = Handlers()


# decision 0319: customer service is told by its duty
@messages.on(CaseAsked)
async def on_case_asked(event: CaseAsked, tx: Transaction) -> None:
    """Tell customer service that somebody asks something of it (REF-12)."""
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.CASE_ASKED, about_case(event.case_id))


@messages.on(CaseReminderDue)
async def on_case_reminder_due(event: CaseReminderDue, tx: Transaction) -> None:
    """Tell customer service that a case has waited for too long."""
    post(tx, ToStaff(duty=CUSTOMER_SERVICE), NewKind.CASE_LATE, about_case(event.case_id))


@messages.on(CaseAnswered)
async def on_case_answered(event: CaseAnswered, tx: Transaction) -> None:
    """Tell who asked that there is an answer (ACT-9)."""
    about = about_case(event.case_id)
    post(tx, ToUser(user_id=event.asked_by), NewKind.CASE_ANSWERED, about)
