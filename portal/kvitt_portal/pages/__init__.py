"""The pages, a module a noun. Each asks services and shows what they say; none decides a rule."""

from kvitt_portal.pages import articles, devices, messages, recipients, start

ROUTERS = (
    start.router,
    articles.router,
    devices.router,
    messages.router,
    recipients.router,
)
