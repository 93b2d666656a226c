"""The table of each region's last reports; the events go to the region's own topic."""

from kvitt_chassis.models import Aggregate
from kvitt_contracts.topics import REGION_EVENTS
from sqlalchemy.orm import Mapped

from notifications.base import Base
from notifications.feed.domain import Report, evolve


class ReportRow(
    Aggregate[Report], Base, noun="report", topic=REGION_EVENTS, state=Report, evolve=evolve
):
    """The last report to the region about one subject; the id is the subject's own."""

    __tablename__ = "reports"

    thing: Mapped[str]
    status: Mapped[str]
