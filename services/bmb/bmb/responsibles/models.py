"""The table of who answers for service points."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import BMB_RESPONSIBLES
from kvitt_contracts.types import ServicePointId, UserId
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bmb.base import Base
from bmb.responsibles.domain import Responsibles, evolve


class ResponsiblesRow(
    Aggregate[Responsibles],
    Base,
    noun="responsibles",
    topic=BMB_RESPONSIBLES,
    state=Responsibles,
    evolve=evolve,
):
    """Who answers for a service point: one row for each, so that it cannot have two mains."""

    __tablename__ = "responsibles"
    __table_args__ = (UniqueConstraint("region", "service_point", name="uq_one_main"),)

    service_point: Mapped[ServicePointId]
    main: Mapped[UserId | None]
    substitutes: Mapped[tuple[UserId, ...]] = mapped_column(Json(tuple[UserId, ...]))
    stand_in: Mapped[UserId | None]
    absent_from_on: Mapped[date | None]
    absent_to_on: Mapped[date | None]
