"""Who may do what in notifications."""

from kvitt_contracts.access.acts import OF_HEADS_TOO, OPERATES, STAFF, SYSTEM, WORKS, Reach, routes

ACTS = routes(
    "notifications",
    {
        "GET /messages": ("notifications.messages.list", OF_HEADS_TOO),
        "GET /messages:counted": ("notifications.messages.count", {**SYSTEM, **OPERATES}),
        "POST /messages/{message_id}:open": ("notifications.message.open", OF_HEADS_TOO),
        "DELETE /messages/{message_id}": ("notifications.message.remove", OF_HEADS_TOO),
        "GET /news": ("notifications.news.list", dict.fromkeys(WORKS, Reach.REGION)),
        "POST /news": ("notifications.news.publish", STAFF),
        "POST /news/{news_id}:withdraw": ("notifications.news.withdraw", STAFF),
        "GET /links": ("notifications.links.list", dict.fromkeys(WORKS, Reach.REGION)),
    },
)
