"""The table of each region's last reports; the events go to the region's own topic. And the places
that events have there, for who reads by HTTP.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import REGION_EVENTS
from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.feed.domain import Report, evolve


class ReportRow(
    Aggregate[Report], Base, noun="report", topic=REGION_EVENTS, state=Report, evolve=evolve
):
    """The last reports to the region about one subject; the id is the subject's own. `said`: by
    type of message, what it said.
    """

    __tablename__ = "reports"

    thing: Mapped[str]
    status: Mapped[str]
    said: Mapped[dict[str, Any]] = mapped_column(Json(dict[str, Any]))


# decision 0546: an event gets its place when it is visible
class FeedUnplacedRow(Regional, Base):
    """An event of the region's feed that has no place yet: queued by the log's own trigger."""

    __tablename__ = "feed_unplaced"

    log_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class FeedPlaceRow(Regional, Base):
    """The place of an event in its region's feed, from 1 without gaps. `said_at` is when it was
    said, or when what stands before it was, where that is later: it never goes back.
    """

    __tablename__ = "feed_places"
    __table_args__ = (Index("ix_feed_places_said_at", "region", "said_at"),)

    place: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    log_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[UUID]
    said_at: Mapped[datetime]


class FeedHeadRow(Regional, Base):
    """The last place of a region's feed."""

    __tablename__ = "feed_heads"

    place: Mapped[int] = mapped_column(BigInteger)
    said_at: Mapped[datetime]
