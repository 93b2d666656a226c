"""Topic `notifications.emails`, one aggregate kind: a mail that a routine wants sent (NTF-4).
Addresses are fetched when it is sent, and stored nowhere.
"""

from typing import Annotated

from pydantic import Field

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import EmailId, ReasonCode, Thing, Value, Word


class Addressee(Value):
    """Who gets a mail, `user`, `service_point` or `supplier`, by its id."""

    kind: Word
    id: Annotated[str, Field(pattern=r"^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$")]


class EmailQueued(Event, type="notifications.email.queued.v1"):
    """A mail is to be sent: `routine` names why (`pickup_by_relatives`, `purchase_order`)."""

    email_id: EmailId
    to: Addressee
    routine: Word
    about: Thing


class EmailSent(Event, type="notifications.email.sent.v1"):
    """A mail server has taken it. orders: a purchase order is sent by it (ORD-11)."""

    email_id: EmailId
    routine: Word
    about: Thing


class EmailFailed(Event, type="notifications.email.failed.v1"):
    """It could not be sent for three days, or cannot be at all: whoever it concerns has a message
    instead. orders: nobody has sent the purchase order (ORD-11).
    """

    email_id: EmailId
    routine: Word
    about: Thing
    reason: ReasonCode


EmailEvent = EmailQueued | EmailSent | EmailFailed
"""Every event of a mail."""
