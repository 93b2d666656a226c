"""The pages, a module a noun. Each asks services and shows what they say; none decides a rule."""

from kvitt_portal.pages import articles, messages, ordering, orders, recipients, start

ROUTERS = (
    start.router,
    articles.router,
    messages.router,
    recipients.router,
    ordering.router,  # its addresses come before an order's own
    orders.router,
)
