"""Topic `notifications.preferences`, one aggregate kind: what a user wants mailed."""

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import UserId, Word


class PreferencesSet(Event, type="notifications.preferences.set.v1"):
    """For which routines a user wants mail beside the message (NTF-4), as a whole. What the
    region's own routines mail is mailed besides.
    """

    user_id: UserId
    email: tuple[Word, ...]


PreferencesEvent = PreferencesSet
"""Every event of a user's preferences."""
