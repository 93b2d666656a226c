"""What is kept of a user's activity, and when it is looked at again (REF-5)."""

from datetime import date

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import months_after, start_of_day

from orders.units.access.domain import NOTICE
from orders.units.models import UserRow

INACTIVE = Timer("user_inactive", UserRow)


def note_active(row: UserRow, tx: Transaction, *, on: date) -> None:
    """Keep the day on which a user was active, unless a later one is known, and see that it is
    looked at in time: what was told before that day is told no more.
    """
    if row.last_active_on is not None and on <= row.last_active_on:
        return
    row.last_active_on, row.lapses_on = on, None
    await_inactivity(row, tx)


def await_inactivity(row: UserRow, tx: Transaction) -> None:
    """Look at a user when access is about to lapse, or lapses, where the policy says so."""
    months = tx.policy.inactive_after_months
    if months is None or not row.active or row.last_active_on is None:
        return
    due_on = row.lapses_on or months_after(row.last_active_on, months) - NOTICE
    tx.schedule(INACTIVE, key=row.id, due=start_of_day(due_on))
