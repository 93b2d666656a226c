"""The table of home-region cases."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import (
    DeviceId,
    OrderNumber,
    PayerId,
    ReasonCode,
    Reference,
    ServicePointId,
    UserId,
    Word,
)
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.home_region_cases import domain
from billing.models import Base


# decision 0434: a case is billing's, by its order's id
class HomeRegionCaseRow(
    Aggregate[domain.HomeRegionCase],
    Base,
    noun="order",
    topic=topics.BILLING_HOME_REGION_CASES,
    state=domain.HomeRegionCase,
    evolve=domain.evolve,
):
    """An order that another region or the state pays for, by the order's id. `due_days`: when what
    was delivered is invoiced by itself, the last of them `last_due_on`; `devices`: what was lent.
    """

    __tablename__ = "home_region_cases"
    __table_args__ = (
        Index("ix_home_region_cases_service_point", "region", "service_point", "opened_on"),
        Index("ix_home_region_cases_opened_on", "region", "opened_on", "id"),
    )

    order_number: Mapped[OrderNumber]
    payer_id: Mapped[PayerId]
    kind: Mapped[Word]
    service_point: Mapped[ServicePointId]
    prescriber: Mapped[UserId]
    opened_on: Mapped[date]
    status: Mapped[domain.CaseStatus]
    approved_on: Mapped[date | None]
    reference: Mapped[Reference | None]
    finished_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    ended_for: Mapped[ReasonCode | None]
    due_days: Mapped[tuple[date, ...]] = mapped_column(Json(tuple[date, ...]), default=())
    last_due_on: Mapped[date | None]
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]), default=())
