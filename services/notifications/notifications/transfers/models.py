"""Projections of transfers and of who answers for a service point: what messages need of them."""

from datetime import date

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.responsibles import MainResponsible
from kvitt_contracts.types import PolicyVersion, ServicePointId, TransferId, UserId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class TransferRow(Regional, Base):
    """A transfer by name, with its two sides. `policy`: the one that it was sent under."""

    __tablename__ = "transfers"

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    name: Mapped[str]
    sender: Mapped[UserId]
    receiving_service_point: Mapped[ServicePointId]
    policy: Mapped[PolicyVersion | None] = mapped_column(Json(PolicyVersion))


class ResponsiblesRow(Regional, Base):
    """Who answers for a service point, as bmb emitted it last; none where nobody was ever named."""

    __tablename__ = "responsibles"

    service_point: Mapped[ServicePointId] = mapped_column(primary_key=True)
    main: Mapped[UserId | None]
    stand_in: Mapped[UserId | None]
    absent_from_on: Mapped[date | None]
    absent_to_on: Mapped[date | None]

    def facts(self) -> MainResponsible:
        """Returns the row as the value that the rule reads."""
        return MainResponsible(
            main=self.main,
            stand_in=self.stand_in,
            absent_from_on=self.absent_from_on,
            absent_to_on=self.absent_to_on,
        )
