"""The table of each region's last reports; the events go to the region's own topic."""

from typing import Any

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import REGION_EVENTS
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
