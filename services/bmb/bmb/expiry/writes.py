"""The timers of an acknowledgement, which other nouns set and cancel."""

from typing import Final

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction

from bmb.expiry import domain
from bmb.models import TransferRow

DEADLINE: Final = Timer("transfer_deadline", TransferRow)
DEADLINE_NEAR: Final = Timer("transfer_deadline_near", TransferRow)


def await_acknowledgement(row: TransferRow, tx: Transaction) -> None:
    """Schedule the timers of a transfer that has just been sent.

    Raises ValueError when it has no deadline.
    """
    if row.deadline is None:
        raise ValueError(f"transfer {row.id} was sent without a deadline")
    tx.schedule(DEADLINE, key=row.id, due=row.deadline)
    nears_at = domain.nears_at(row.deadline)
    if nears_at > tx.now:
        tx.schedule(DEADLINE_NEAR, key=row.id, due=nears_at)


def stop_waiting(row: TransferRow, tx: Transaction) -> None:
    """Cancel the timers of a transfer that is answered."""
    tx.cancel_timer(DEADLINE, key=row.id)
    tx.cancel_timer(DEADLINE_NEAR, key=row.id)
