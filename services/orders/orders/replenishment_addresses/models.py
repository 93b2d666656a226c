"""The table of addresses of replenishments. They are in no event."""

from datetime import datetime
from uuid import UUID

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import Address, CustomerId, UserId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class ReplenishmentAddressRow(Regional, Base):
    """Where a unit's replenishments go from a moment on, and who wanted it: the latest counts, and
    all stay. Without an address they go to the unit's own.
    """

    __tablename__ = "replenishment_addresses"
    __table_args__ = (
        Index("ix_replenishment_addresses_customer", "region", "customer_id", "set_at"),
    )

    address_id: Mapped[UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[CustomerId]
    address: Mapped[Address | None] = mapped_column(Json(Address))
    by: Mapped[UserId]
    asked_by: Mapped[UserId]
    set_at: Mapped[datetime]
