"""Looks up what is still to take effect before a day is closed. Nothing is locked."""

from datetime import datetime

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from sqlalchemy import text

_IS_DUE = text(
    "SELECT EXISTS (SELECT FROM timers WHERE region = :region AND due <= :due AND timer <> :timer)"
)


async def is_another_due(tx: Transaction, timer: Timer, *, by: datetime) -> bool:
    """True while a timer of the region, of another name than this one, is due by an instant."""
    due: bool = (
        await tx.session.execute(
            _IS_DUE, {"region": str(tx.region), "due": by, "timer": timer.name}
        )
    ).scalar_one()
    return due
