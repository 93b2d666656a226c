"""Who may do what in notifications."""

from kvitt_contracts.access.acts import (
    DEPARTMENTS,
    KEEPS,
    OF_HEADS_TOO,
    OPERATES,
    STAFF,
    SYSTEM,
    WORKS,
    Grantee,
    Reach,
    routes,
)

_ALL = {**OF_HEADS_TOO, **dict.fromkeys(DEPARTMENTS, Reach.UNITS)}
# who operates sees what stands still and stops it; what is said there is the region's own
_TENDS = {**SYSTEM, Grantee.OPS: Reach.REGION}
_HOOK = "/webhooks/{webhook_id}"
_OWN = dict.fromkeys(_ALL, Reach.OWN)
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
        "GET /preferences": ("notifications.preferences.show", _OWN),
        "PUT /preferences": ("notifications.preferences.set", _OWN),
        "GET /links": ("notifications.links.list", _READ),
        "GET /feed": ("notifications.feed.read", SYSTEM),
        "GET /webhooks": ("notifications.webhooks.list", _TENDS),
        "POST /webhooks": ("notifications.webhook.add", SYSTEM),
        f"GET {_HOOK}": ("notifications.webhook.show", _TENDS),
        f"POST {_HOOK}:pause": ("notifications.webhook.pause", _TENDS),
        f"POST {_HOOK}:resume": ("notifications.webhook.resume", _TENDS),
        f"POST {_HOOK}:rotate-secret": ("notifications.webhook.rotate-secret", SYSTEM),
        f"POST {_HOOK}:replay": ("notifications.webhook.replay", SYSTEM),
        f"POST {_HOOK}:test": ("notifications.webhook.test", SYSTEM),
        f"POST {_HOOK}:delete": ("notifications.webhook.delete", SYSTEM),
    },
)
