"""The service: what it handles, what it serves, which tables are its own."""

from kvitt_chassis.database import Database
from kvitt_chassis.operating.process import run
from kvitt_chassis.service import Service

from notifications.api import router
from notifications.base import Base
from notifications.emails.models import EmailRow, EmailToSendRow
from notifications.emails.sending import Mailer
from notifications.emails.settings import MailSettings
from notifications.feed.api import router as feed
from notifications.feed.models import ReportRow
from notifications.feed.placing import Placer
from notifications.handlers import messages
from notifications.messages.models import MessageRow
from notifications.news.api import router as news
from notifications.news.models import NewsRow
from notifications.preferences.api import router as preferences
from notifications.preferences.models import PreferencesRow
from notifications.register.models import UserRow
from notifications.webhooks.api import router as webhooks
from notifications.webhooks.models import WebhookRow
from notifications.webhooks.sending import WebhookSender
from notifications.webhooks.settings import WebhookSettings


def _mailer(database: Database) -> Mailer:
    return Mailer(database, MailSettings())


def _webhook_sender(database: Database) -> WebhookSender:
    return WebhookSender(database, WebhookSettings())


service = Service(
    "notifications",
    handlers=messages,
    routers=[router, news, feed, webhooks, preferences],
    base=Base,
    users=UserRow,
    lock_order=(
        ReportRow,
        EmailRow,
        EmailToSendRow,
        NewsRow,
        MessageRow,
        WebhookRow,
        PreferencesRow,
    ),
    jobs=[_mailer, Placer, _webhook_sender],
)

if __name__ == "__main__":
    run(service)
