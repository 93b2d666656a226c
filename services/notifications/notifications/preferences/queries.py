"""Look-ups of what users have chosen. Nothing is locked."""

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import UserId, Word

from notifications.preferences.domain import preferences_id
from notifications.preferences.models import PreferencesRow


def what_wants(user: UserId, tx: Transaction) -> RowKey:
    """The row to read ahead for a user who is told of something."""
    return PreferencesRow, preferences_id(tx.region, user)


async def chosen_by(user: UserId, tx: Transaction) -> tuple[Word, ...]:
    """The routines by which a user wants mail; none where they never chose."""
    row = await tx.look_up(*what_wants(user, tx))
    return row.email if row is not None else ()
