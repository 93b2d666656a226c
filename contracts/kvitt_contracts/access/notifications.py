"""Who may do what in notifications."""

from kvitt_contracts.access.acts import (
    DEPARTMENTS,
    KEEPS,
    OF_HEADS_TOO,
    OPERATES,
    STAFF,
    SYSTEM,
    WORKS,
    Reach,
    routes,
)

_ALL = {**OF_HEADS_TOO, **dict.fromkeys(DEPARTMENTS, Reach.UNITS)}
_READ = dict.fromkeys((*WORKS, *DEPARTMENTS), Reach.REGION)

ACTS = routes(
    "notifications",
    {
        "GET /messages": ("notifications.messages.list", _ALL),
        "GET /messages:counted": ("notifications.messages.count", {**SYSTEM, **OPERATES}),
        "POST /messages/{message_id}:open": ("notifications.message.open", _ALL),
        "DELETE /messages/{message_id}": ("notifications.message.remove", _ALL),
        "GET /news": ("notifications.news.list", _READ),
        "POST /news": ("notifications.news.publish", {**STAFF, **KEEPS}),
        "POST /news/{news_id}:withdraw": ("notifications.news.withdraw", {**STAFF, **KEEPS}),
        "GET /links": ("notifications.links.list", _READ),
    },
)
