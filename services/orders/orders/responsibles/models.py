"""A projection of who answers for service points."""

from datetime import date

from kvitt_chassis.models import Regional
from kvitt_contracts.responsibles import MainResponsible
from kvitt_contracts.types import ServicePointId, UserId
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class ResponsiblesRow(Regional, Base):
    """Who answers for a service point, as bmb emitted it last; none where nobody was ever named."""

    __tablename__ = "responsibles"

    service_point: Mapped[ServicePointId] = mapped_column(primary_key=True)
    main: Mapped[UserId | None]
    stand_in: Mapped[UserId | None]
    absent_from_on: Mapped[date | None]
    absent_to_on: Mapped[date | None]

    def facts(self) -> MainResponsible:
        """Returns the row as the value that the rules read."""
        return MainResponsible(
            main=self.main,
            stand_in=self.stand_in,
            absent_from_on=self.absent_from_on,
            absent_to_on=self.absent_to_on,
        )
