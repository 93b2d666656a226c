"""Projections: whose devices and transfers give units and users a part in a person's care (REF-19).

Orders give one too; they are in `customer_orders`.
"""

from datetime import date

from kvitt_chassis.models import Regional
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    Charging,
    CustomerId,
    DeviceId,
    DeviceNumber,
    PayerId,
    PersonRef,
    ServicePointId,
    TransferId,
    UserId,
)
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class CareDeviceRow(Regional, Base):
    """Which patient has a device, by which customer and prescriber; nobody's is in a store or at a
    care unit, which `unit` is. Of old stock a region may state the payer alone. `charging`: how the
    loan is charged, `article_number`: None where it began before orders read that, as `since_on`:
    from when it is where it is. `returned_by` gave it back last, on `returned_on`.
    """

    __tablename__ = "care_devices"
    __table_args__ = (Index("ix_care_devices_person", "region", "person"),)

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    customer_id: Mapped[CustomerId | None]
    payer_id: Mapped[PayerId | None]
    prescriber: Mapped[UserId | None]
    unit: Mapped[CareUnitId | None]
    charging: Mapped[Charging | None]
    article_number: Mapped[ArticleNumber | None]
    since_on: Mapped[date | None]
    returned_by: Mapped[PersonRef | None]
    returned_on: Mapped[date | None]


class DeviceNumberRow(Regional, Base):
    """The device that was given a number after its first one, which its id follows from (INV-6)."""

    __tablename__ = "device_numbers"

    device_number: Mapped[DeviceNumber] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]


class CareTransferRow(Regional, Base):
    """Whom a transfer is about, and who sends it to whom.

    `came_to_nothing`: it was rejected, voided, unlocked or dissolved.
    """

    __tablename__ = "care_transfers"
    __table_args__ = (
        Index("ix_care_transfers_current_person", "region", "current_person"),
        Index("ix_care_transfers_new_person", "region", "new_person"),
    )

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    current_person: Mapped[PersonRef | None]
    new_person: Mapped[PersonRef | None]
    sender: Mapped[UserId]
    sending_service_point: Mapped[ServicePointId]
    receiving_service_point: Mapped[ServicePointId]
    new_prescriber: Mapped[UserId | None]
    is_sent: Mapped[bool] = mapped_column(default=False)
    came_to_nothing: Mapped[bool] = mapped_column(default=False)
