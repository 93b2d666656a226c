"""Sending a draft, which saving it may do at once."""

from collections.abc import Sequence
from typing import Final

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import TransferEvent
from kvitt_contracts.types import CustomerId

from bmb.models import TransferRow
from bmb.register.domain import User
from bmb.requests import domain

HOLD_ANSWER: Final = Timer("transfer_hold_answer", TransferRow)


def send(
    row: TransferRow,
    by: User,
    tx: Transaction,
    *,
    judged_anew: Sequence[TransferEvent] = (),
    accept_for: CustomerId | None = None,
) -> None:
    """Record the request of a hold, and schedule the alarm for a missing answer.

    `accept_for`: the sender accepts it himself once it is held. `judged_anew`: the draft as it is
    today, where that differs from what was saved. Raises Refused as domain.execute does (BMB-2,
    BMB-11).
    """
    events = domain.execute(row.state(), by=by, policy=tx.policy, now=tx.now, accept_for=accept_for)
    if events:
        tx.record(row, *judged_anew, *events)
        tx.schedule(HOLD_ANSWER, key=row.id, due=tx.now + domain.ANSWER_WITHIN)
