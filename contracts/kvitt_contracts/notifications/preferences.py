"""Topic `notifications.preferences` (key: the user's id): what a user wants. Reserved."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import UserId, Word


class PreferencesSet(Event, type="notifications.preferences.set.v1"):
    """For which routines a user wants mail beside the message (NTF-4), as a whole."""

    user_id: UserId
    email: tuple[Word, ...]


PreferencesEvent = PreferencesSet
"""Every event of a user's preferences."""
