"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from notifications.api import router
from notifications.base import Base
from notifications.feed.models import ReportRow
from notifications.handlers import messages
from notifications.messages.models import MessageRow
from notifications.register.models import UserRow

service = Service(
    "notifications",
    handlers=messages,
    routers=[router],
    base=Base,
    users=UserRow,
    lock_order=(ReportRow, MessageRow),
)

if __name__ == "__main__":
    run(service)
