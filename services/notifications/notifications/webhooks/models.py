"""The table of webhooks. Each has a place in its region's feed, and no queue of its own."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Json, Regional
from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.webhooks.domain import Secret, Status, WhyPaused


# decision 0548: a webhook is a place in the feed
class WebhookRow(Regional, Base):
    """A webhook: no aggregate, and in no event. `place`: all up to it is received. Times are real.

    `tries`, `failure` and `failing_since` are of the receiver since it answered well the last time.
    `held_by`: who sends to it now. `test_id` without `tested_at`: a test that is asked for.
    """

    __tablename__ = "webhooks"
    locked_when_loaded = True  # who changes it and who sends to it must not meet

    webhook_id: Mapped[UUID] = mapped_column(primary_key=True)
    url: Mapped[str]
    types: Mapped[tuple[str, ...] | None] = mapped_column(Json(tuple[str, ...]))
    secrets: Mapped[tuple[Secret, ...]] = mapped_column(Json(tuple[Secret, ...]))
    status: Mapped[Status] = mapped_column(default=Status.ACTIVE)
    why_paused: Mapped[WhyPaused | None]
    created_at: Mapped[datetime]
    place: Mapped[int] = mapped_column(BigInteger)
    delivered_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    failure: Mapped[str | None]
    failing_since: Mapped[datetime | None]
    next_try_at: Mapped[datetime]
    held_by: Mapped[UUID | None]
    held_until: Mapped[datetime | None]
    test_id: Mapped[UUID | None]
    test_answer: Mapped[str | None]
    tested_at: Mapped[datetime | None]
