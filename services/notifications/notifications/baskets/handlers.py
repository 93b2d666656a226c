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

from notifications.baskets.models import BasketLoanRow
from notifications.messages.domain import NewKind
from notifications.messages.writes import about_basket_loan, post

messages = Handlers()
messages.project(BasketLoanRequested, BasketLoanRow)


@messages.on(BasketLoanOverdue)
async def on_basket_loan_overdue(event: BasketLoanOverdue, tx: Transaction) -> None:
    """Tell the prescriber, each day, that what they have lent is to be delivered or put back
    (ORD-10).
    """
    to, about = ToUser(user_id=event.prescriber), about_basket_loan(event.order_id)
    post(tx, to, NewKind.BASKET_OVERDUE, about)


@messages.on(BasketLoanDeclined)
async def on_basket_loan_declined(event: BasketLoanDeclined, tx: Transaction) -> None:
    """Tell the prescriber that nothing is lent (ORD-10)."""
    to, about = ToUser(user_id=event.prescriber), about_basket_loan(event.order_id)
    post(tx, to, NewKind.BASKET_DECLINED, about)


@messages.on(BasketLoanActDeclined)
async def on_basket_loan_act_declined(event: BasketLoanActDeclined, tx: Transaction) -> None:
    """Tell whoever acted that nothing of it took effect (ORD-10)."""
    post(
        tx, ToUser(user_id=event.by), NewKind.BASKET_ACT_DECLINED, about_basket_loan(event.order_id)
    )
