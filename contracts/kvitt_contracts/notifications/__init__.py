"""The messages of notifications: messages to users, news, e-mail."""

from kvitt_contracts.notifications.emails import (
    Addressee,
    EmailEvent,
    EmailFailed,
    EmailQueued,
    EmailSent,
)
from kvitt_contracts.notifications.messages import (
    About,
    MessageEvent,
    MessageKind,
    MessagePosted,
    MessagePostedV2,
    MessageRead,
    MessageRemoved,
    ToServicePoint,
    ToStaff,
    ToUser,
)
from kvitt_contracts.notifications.news import NewsEvent, NewsPublished, NewsWithdrawn
from kvitt_contracts.notifications.preferences import PreferencesEvent, PreferencesSet

__all__ = [
    "About",
    "Addressee",
    "EmailEvent",
    "EmailFailed",
    "EmailQueued",
    "EmailSent",
    "MessageEvent",
    "MessageKind",
    "MessagePosted",
    "MessagePostedV2",
    "MessageRead",
    "MessageRemoved",
    "NewsEvent",
    "NewsPublished",
    "NewsWithdrawn",
    "PreferencesEvent",
    "PreferencesSet",
    "ToServicePoint",
    "ToStaff",
    "ToUser",
]
