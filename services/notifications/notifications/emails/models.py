"""The tables of mails. No address and no text is stored: they are fetched when a mail is sent."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Regional
from kvitt_contracts.topics import NOTIFICATIONS_EMAILS
from kvitt_contracts.types import EmailId, ReasonCode, UserId, Word
from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.emails.domain import Email, Status, evolve


class EmailRow(
    Aggregate[Email],
    Base,
    noun="email",
    topic=NOTIFICATIONS_EMAILS,
    state=Email,
    evolve=evolve,
):
    """A mail. `told`: the user who gets a message where it fails; None where one is there."""

    __tablename__ = "emails"

    status: Mapped[Status]
    to_kind: Mapped[Word] = mapped_column(String(40))
    to_id: Mapped[str]
    routine: Mapped[Word] = mapped_column(String(40))
    about_kind: Mapped[Word] = mapped_column(String(40))
    about_id: Mapped[UUID]
    reason: Mapped[ReasonCode | None]
    told: Mapped[UserId | None]


class EmailToSendRow(Regional, Base):
    """A mail that is to be sent, while it is: how often it was tried, and when, in real time, it is
    tried next.
    """

    __tablename__ = "emails_to_send"
    __table_args__ = (Index("ix_emails_to_send_next", "next_try_at"),)

    locked_when_loaded = True  # who tries it and who ends it must not meet

    email_id: Mapped[EmailId] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("clock_timestamp()"))
