"""The table of number series."""

from kvitt_chassis.models import Regional
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class NumberSeriesRow(Regional, Base):
    """The running number last given in a series and week (ORD-2)."""

    __tablename__ = "number_series"
    locked_when_loaded = True

    series_week: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
