"""Notifications' topics: its own, and what regions are told."""

from kvitt_contracts import notifications, regions
from kvitt_contracts.topic import REGION, Topic, domain_topic, every

NOTIFICATIONS_MESSAGES = domain_topic(
    "notifications.messages",
    "MessageId",
    notifications.MessageEvent,
)
NOTIFICATIONS_EMAILS = domain_topic(
    "notifications.emails", "EmailId", notifications.EmailEvent, "orders"
)
NOTIFICATIONS_NEWS = domain_topic("notifications.news", "NewsId", notifications.NewsEvent)
NOTIFICATIONS_PREFERENCES = domain_topic(
    "notifications.preferences", "the user's id", notifications.PreferencesEvent
)
REGION_EVENTS = Topic(
    name=f"region.{REGION}.events",
    owner="notifications",
    key="the thing's id; the body says what the region calls it",
    types=every(regions.ReportEvent),
    writers=frozenset({"notifications"}),
    readers=frozenset({f"region-{REGION}", "notifications"}),
    # decision 0552: whoever reads it, with whatever client, reads this
    compression="gzip",
)
