"""Topics that hold reserved types alone, and what regions will write (decision 0170).

None of these topics exists on a broker, in an ACL or in AsyncAPI. One moves to `topics.CATALOGUE`
with the first type that leaves its reserve, with the readers that have their handlers.
"""

from typing import Any

from kvitt_contracts import billing, notifications, orders
from kvitt_contracts.topic import Topic, domain_topic

# decision 0505: what no rule asks for is not reserved
TO_ORDERS = (orders.ReduceOrderLine,)
"""Reserved on `region.<code>.orders`."""

TO_BILLING = (
    billing.ApproveInvoiceRun,
    billing.ClosePeriod,
)
"""Reserved on `region.<code>.billing`."""


def _reserved(name: str, key: str, events: Any, *to_come: str) -> Topic:
    return domain_topic(name, key, None, coming=events, to_come=to_come)


TOPICS: tuple[Topic, ...] = (
    _reserved("notifications.preferences", "the user's id", notifications.PreferencesEvent),
)
"""Every topic of which nothing is in use yet."""
