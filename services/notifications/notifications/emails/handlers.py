"""The one timer of a mail: it is tried for three days of business time."""

from datetime import datetime

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.emails.domain import Reason
from notifications.emails.models import EmailRow
from notifications.emails.writes import LATE, settle_as_failed

messages = Handlers()


@messages.timer(LATE)
async def give_up(row: EmailRow, due: datetime, tx: Transaction) -> None:
    """It could not be sent for three days: whoever it concerns has a message instead (NTF-4)."""
    await settle_as_failed(row, tx, reason=Reason.NOT_SENT_IN_TIME)
