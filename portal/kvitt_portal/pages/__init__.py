"""The pages, a module a noun. Each asks services and shows what they say; none decides a rule."""

from kvitt_portal.pages import (
    answers,
    articles,
    devices,
    fault_reports,
    messages,
    ordering,
    orders,
    own,
    pickup_ordering,
    pickups,
    recipients,
    responsibles,
    sending,
    start,
    stores,
    unlocking,
    withdrawals,
)

ROUTERS = (
    start.router,
    articles.router,
    messages.router,
    recipients.router,
    ordering.router,
    orders.router,
    sending.router,
    answers.router,
    unlocking.router,
    responsibles.router,
    devices.router,
    own.router,
    stores.router,
    withdrawals.router,
    pickup_ordering.router,
    pickups.router,
    fault_reports.router,
)
"""In the order in which an address is looked for: a new order's comes before an order's own."""
