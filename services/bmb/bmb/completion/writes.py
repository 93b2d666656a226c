"""The wait for inventory's change of custody, which other nouns begin (architecture §6)."""

from datetime import timedelta
from typing import Final

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day

from bmb.domain import TAKING_EFFECT
from bmb.models import TransferRow

CUSTODY: Final = Timer("transfer_custody", TransferRow)
CUSTODY_WITHIN: Final = timedelta(hours=24)
"""How long inventory may take to change custody once the effective day has begun."""


def await_custody(row: TransferRow, tx: Transaction) -> None:
    """Raise an alarm unless custody has changed a day after the effective day began."""
    if row.status in TAKING_EFFECT and row.effective_on is not None:
        due = max(start_of_day(row.effective_on), tx.now) + CUSTODY_WITHIN
        tx.schedule(CUSTODY, key=row.id, due=due)
