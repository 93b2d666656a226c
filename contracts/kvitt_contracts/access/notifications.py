"""Who may do what in notifications."""

from kvitt_contracts.access.acts import MINE, OPERATES, SYSTEM, routes

ACTS = routes(
    "notifications",
    {
        "GET /messages": ("notifications.messages.list", MINE),
        "GET /messages:counted": ("notifications.messages.count", {**SYSTEM, **OPERATES}),
        "POST /messages/{message_id}:open": ("notifications.message.open", MINE),
        "DELETE /messages/{message_id}": ("notifications.message.remove", MINE),
    },
)
