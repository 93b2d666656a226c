"""What notifications says: messages, news, e-mail."""

from kvitt_contracts.notifications.messages import (
    About,
    MessageEvent,
    MessageKind,
    MessagePosted,
    MessageRead,
    MessageRemoved,
    ToServicePoint,
    ToUser,
)

__all__ = [
    "About",
    "MessageEvent",
    "MessageKind",
    "MessagePosted",
    "MessageRead",
    "MessageRemoved",
    "ToServicePoint",
    "ToUser",
]
