"""The tables of reviews of the log. Nothing in them is about a person but by a line's id."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import ServicePointId, UserId
from sqlalchemy import Index, func
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.reviews.domain import FollowUp, Outcome


class LogReviewRow(Regional, Base):
    """That somebody reviewed a line of the log, and what came of it. Added, never changed: a line
    that is reviewed again has one more. `unit` and `line_at` are the line's, which may be thinned.
    """

    __tablename__ = "log_reviews"
    __table_args__ = (
        Index("ix_log_reviews_line", "region", "access_id", "at"),
        Index("ix_log_reviews_unit", "region", "unit", "at"),
    )

    review_id: Mapped[UUID] = mapped_column(primary_key=True)
    access_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    by: Mapped[UserId]
    outcome: Mapped[Outcome]
    follow_up: Mapped[FollowUp | None]
    case_number: Mapped[str | None]
    unit: Mapped[ServicePointId | None]
    line_at: Mapped[datetime]


class LogSampleRow(Regional, Base):
    """Lines of some days of the log, drawn at random: by the order of a digest of their id and the
    sample's, so that nobody chooses them and anybody may draw them again.
    """

    __tablename__ = "log_samples"
    __table_args__ = (Index("ix_log_samples_drawn_at", "region", "drawn_at", "sample_id"),)

    sample_id: Mapped[UUID] = mapped_column(primary_key=True)
    drawn_at: Mapped[datetime] = mapped_column(server_default=func.now())
    by: Mapped[UserId]
    first: Mapped[date]
    last: Mapped[date]
    unit: Mapped[ServicePointId | None]
    emergencies: Mapped[bool]
    lines: Mapped[tuple[UUID, ...]] = mapped_column(Json(tuple[UUID, ...]))
