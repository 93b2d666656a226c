"""The pages, a module a noun. Each asks services and shows what they say; none decides a rule."""

from kvitt_portal.pages import (
    articles,
    devices,
    messages,
    ordering,
    orders,
    recipients,
    start,
    stores,
    withdrawals,
)

ROUTERS = (
    start.router,
    recipients.router,
    ordering.router,  # before what takes any id in its place
    orders.router,
    withdrawals.router,
    articles.router,
    devices.router,
    stores.router,
    messages.router,
)
"""Every page."""
