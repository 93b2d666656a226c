"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.database import Database
from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from notifications.api import router
from notifications.base import Base
from notifications.emails.models import EmailRow, EmailToSendRow
from notifications.emails.sending import Mailer
from notifications.emails.settings import MailSettings
from notifications.feed.models import ReportRow
from notifications.handlers import messages
from notifications.messages.models import MessageRow
from notifications.news.api import router as news
from notifications.news.models import NewsRow
from notifications.register.models import UserRow


def _mailer(database: Database) -> Mailer:
    return Mailer(database, MailSettings())


service = Service(
    "notifications",
    handlers=messages,
    routers=[router, news],
    base=Base,
    users=UserRow,
    lock_order=(ReportRow, EmailRow, EmailToSendRow, NewsRow, MessageRow),
    jobs=[_mailer],
)

if __name__ == "__main__":
    run(service)
