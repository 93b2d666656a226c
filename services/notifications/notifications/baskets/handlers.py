"""Messages about basket loans: overdue, declined, an act that was refused (NTF-2)."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.notifications import ToUser
from kvitt_contracts.orders import (
    BasketLoanActDeclined,
    BasketLoanDeclined,
    BasketLoanOverdue,
    BasketLoanRequested,
)
from kvitt_contracts.types import OrderId, UserId

from notifications.baskets.models import BasketLoanRow
from notifications.emails.writes import queue_to_users
from notifications.messages.domain import NewKind
from notifications.messages.writes import about_basket_loan, post
from notifications.preferences.domain import BASKET_LOAN

messages = Handlers()
messages.project(BasketLoanRequested, BasketLoanRow)


@messages.on(BasketLoanOverdue)
async def on_basket_loan_overdue(event: BasketLoanOverdue, tx: Transaction) -> None:
    """Tell the prescriber, each day, that what they have lent is to be delivered or put back
    (ORD-10).
    """
    await _tell(event.prescriber, NewKind.BASKET_OVERDUE, event.order_id, tx)


@messages.on(BasketLoanDeclined)
async def on_basket_loan_declined(event: BasketLoanDeclined, tx: Transaction) -> None:
    """Tell the prescriber that nothing is lent (ORD-10)."""
    await _tell(event.prescriber, NewKind.BASKET_DECLINED, event.order_id, tx)


@messages.on(BasketLoanActDeclined)
async def on_basket_loan_act_declined(event: BasketLoanActDeclined, tx: Transaction) -> None:
    """Tell whoever acted that nothing of it took effect (ORD-10)."""
    await _tell(event.by, NewKind.BASKET_ACT_DECLINED, event.order_id, tx)


async def _tell(user: UserId, message: NewKind, order_id: OrderId, tx: Transaction) -> None:
    to, about = ToUser(user_id=user), about_basket_loan(order_id)
    post(tx, to, message, about)
    await queue_to_users(tx, [to], routine=BASKET_LOAN, about=about)
