"""The table of messages. Texts are made when a message is shown, and not stored."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate
from kvitt_contracts.topics import NOTIFICATIONS_MESSAGES
from kvitt_contracts.types import ServicePointId, UserId, Word
from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.messages.domain import Message, Status, evolve


class MessageRow(
    Aggregate[Message],
    Base,
    noun="message",
    topic=NOTIFICATIONS_MESSAGES,
    state=Message,
    evolve=evolve,
):
    """A message in somebody's list. `posted_at`: when its event was recorded."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_user", "region", "user_id", "posted_at"),
        Index("ix_messages_service_point", "region", "service_point", "posted_at"),
        Index("ix_messages_duty", "region", "duty", "posted_at"),
    )

    status: Mapped[Status]
    message: Mapped[Word] = mapped_column(String(40))
    user_id: Mapped[UserId | None]
    service_point: Mapped[ServicePointId | None]
    duty: Mapped[Word | None]
    about_kind: Mapped[str]
    about_id: Mapped[UUID]
    since_on: Mapped[date | None]
    posted_at: Mapped[datetime]
