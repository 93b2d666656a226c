"""The tables of days: what was closed, and the count that goes on."""

from datetime import date
from uuid import UUID

from kvitt_chassis.models import Aggregate, Regional
from kvitt_contracts import topics
from sqlalchemy.orm import Mapped, mapped_column

from inventory.days import domain
from inventory.tables import Base


class DaysRow(
    Aggregate[domain.Days],
    Base,
    noun="region",
    topic=topics.INVENTORY_DAYS,
    state=domain.Days,
    evolve=domain.evolve,
):
    """The days of a region that are closed. There is none before the first midnight."""

    __tablename__ = "days"

    closed: Mapped[date]
    custody_changes_so_far: Mapped[int]


class CountRow(Regional, Base):
    """How many custody changes a region has emitted since its first day, counted exactly: each
    change locks the row until it commits.
    """

    __tablename__ = "custody_counts"
    locked_when_loaded = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    custody_changes: Mapped[int]
