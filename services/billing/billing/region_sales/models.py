"""The table of sales to other regions."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import (
    PayerId,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
)
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from billing.models import Base
from billing.region_sales import domain


class RegionSaleRow(
    Aggregate[domain.RegionSale],
    Base,
    noun="region-sale",
    topic=topics.BILLING_REGION_SALES,
    state=domain.RegionSale,
    evolve=domain.evolve,
):
    """A sale to another region. `claimed_on`: when inventory claimed its devices; `due_on`: the day
    by which what it waits for is to have happened.
    """

    __tablename__ = "region_sales"
    __table_args__ = (
        Index("ix_region_sales_requested_on", "region", "requested_on", "id"),
        Index("ix_region_sales_status", "region", "status", "requested_on"),
        Index("ix_region_sales_service_point", "region", "service_point"),
        Index("ix_region_sales_payer", "region", "payer_id"),
    )

    status: Mapped[domain.Status]
    reference: Mapped[Reference | None]
    payer_id: Mapped[PayerId]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    service_point: Mapped[ServicePointId]
    lines: Mapped[tuple[domain.SaleLine, ...]] = mapped_column(Json(tuple[domain.SaleLine, ...]))
    requested_by: Mapped[UserId]
    answer_by_on: Mapped[date | None]
    sold_on: Mapped[date | None]
    refused: Mapped[tuple[RefusedDevice, ...]] = mapped_column(Json(tuple[RefusedDevice, ...]))
    requested_on: Mapped[date]
    claimed_on: Mapped[date | None]
    due_on: Mapped[date | None]
