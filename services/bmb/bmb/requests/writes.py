"""Sending a draft, which saving it may do at once."""

from typing import Final

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction

from bmb.models import TransferRow
from bmb.register.domain import User
from bmb.requests import domain

HOLD_ANSWER: Final = Timer("transfer_hold_answer", TransferRow)


def send(row: TransferRow, by: User, tx: Transaction) -> None:
    """Record the request of a hold, and schedule the alarm for a missing answer.

    Raises Refused as domain.execute does (BMB-2, BMB-11).
    """
    events = domain.execute(row.state(), by=by, policy=tx.policy, now=tx.now)
    if events:
        tx.record(row, *events)
        tx.schedule(HOLD_ANSWER, key=row.id, due=tx.now + domain.ANSWER_WITHIN)
