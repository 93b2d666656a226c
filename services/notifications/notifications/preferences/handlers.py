"""The handler of what a user chooses."""

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.preferences import domain
from notifications.preferences.commands import SetPreferences
from notifications.preferences.domain import preferences_id
from notifications.preferences.models import PreferencesRow

messages = Handlers()


@messages.command(
    SetPreferences,
    loads=lambda command, tx: [(PreferencesRow, preferences_id(tx.region, command.by))],
)
async def set_preferences(command: SetPreferences, tx: Transaction) -> None:
    """Want mail by these routines and no other (NTF-4).

    Refused: UNKNOWN_ROUTINE (NTF-4).
    """
    key = preferences_id(tx.region, command.by)
    row = await tx.find(PreferencesRow, key)
    known = row.state() if row is not None else None
    events = domain.choose(known, command.by, email=command.email)
    if events:
        tx.record_at(PreferencesRow, key, *events)
