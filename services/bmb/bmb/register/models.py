"""Projections: the last that orders and inventory emitted of each person, unit, user and device.

Written by the handlers beside this file alone; no rules.
"""

from datetime import date

from kvitt_chassis.models import Json, Regional
from kvitt_chassis.patients_wishes import HeardBlock, HeardConsent, HeardOpening
from kvitt_chassis.users import RegisteredUser
from kvitt_contracts.inventory import Custody
from kvitt_contracts.types import (
    CareUnitId,
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    DeviceNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    RegionPersonId,
    StoreHolder,
    StoreId,
    UserId,
)
from kvitt_contracts.types import Holder as ContractHolder
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bmb.base import Base
from bmb.register.domain import Customer, User


class PersonRow(Regional, Base):
    """A person's reference and the region's own id of them; `merged_into` makes it an alias."""

    __tablename__ = "persons"
    __table_args__ = (
        Index("ix_persons_region_person_id", "region", "region_person_id"),
        Index("ix_persons_protected", "region", postgresql_where=text("is_protected")),
        Index(
            "ix_persons_merged_into",
            "region",
            "merged_into",
            postgresql_where=text("merged_into IS NOT NULL"),
        ),
    )

    person: Mapped[PersonRef] = mapped_column(primary_key=True)
    region_person_id: Mapped[RegionPersonId]
    active: Mapped[bool]
    merged_into: Mapped[PersonRef | None]
    is_protected: Mapped[bool] = mapped_column(default=False)


class BlockRow(HeardBlock, Base):
    """What a unit has of a person is out of other units' reach (REF-25)."""

    __table_args__ = (Index("ix_blocks_person", "region", "person"),)


class BlockOpeningRow(HeardOpening, Base):
    """Who has opened a block in an emergency (REF-25)."""

    __table_args__ = (Index("ix_block_openings_user", "region", "user_id"),)


class ConsentRow(HeardConsent, Base):
    """Which unit a person lets see what others have of them (REF-26)."""

    __table_args__ = (Index("ix_consents_service_point", "region", "service_point"),)


class PayerRow(Regional, Base):
    """A payer that may be chosen where the policy permits it (BMB-4)."""

    __tablename__ = "payers"

    payer_id: Mapped[PayerId] = mapped_column(primary_key=True)
    name: Mapped[str]


class CustomerRow(Regional, Base):
    """A customer with its default payer (REF-4)."""

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_store", "region", "store"),
        Index("ix_customers_payer", "region", "payer_id"),
    )

    customer_id: Mapped[CustomerId] = mapped_column(primary_key=True)
    name: Mapped[str]
    payer_id: Mapped[PayerId]
    is_service_point: Mapped[bool]
    private_clinic: Mapped[bool]
    store: Mapped[StoreId | None]

    def facts(self) -> Customer:
        """Returns the customer as the value that the rules read."""
        return Customer(
            id=self.customer_id,
            payer_id=self.payer_id,
            private_clinic=self.private_clinic,
            store=self.store,
        )


class CareUnitRow(Regional, Base):
    """A care unit, a possible recipient."""

    __tablename__ = "care_units"

    unit: Mapped[CareUnitId] = mapped_column(primary_key=True)
    name: Mapped[str]
    customer_id: Mapped[CustomerId]


class UserRow(RegisteredUser, Base):
    """A user by internal id (REF-3)."""

    def facts(self) -> User:
        """Returns the user as the value that the rules read."""
        return User(
            id=self.user_id,
            roles=frozenset(self.roles),
            duties=frozenset(self.duties or ()),
            service_points=frozenset(self.service_points),
            default_service_point=self.default_service_point,
            active=self.active,
        )


class DeviceRow(Regional, Base):
    """A device with its custody as inventory emitted it last (architecture §6)."""

    __tablename__ = "devices"
    __table_args__ = (Index("ix_devices_device_number", "region", "device_number"),)

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    device_number: Mapped[DeviceNumber]
    holder: Mapped[PatientRecipient | CareUnitRecipient | StoreHolder] = mapped_column(
        Json(ContractHolder)
    )
    payer_id: Mapped[PayerId | None]
    customer_id: Mapped[CustomerId | None]
    prescriber: Mapped[UserId | None]
    since: Mapped[date]

    def take(self, custody: Custody) -> None:
        """Copy who has the device, who pays and who prescribed, from which day."""
        for name, value in dict(custody).items():
            setattr(self, name, value)


class UsedNumberRow(Regional, Base):
    """A number that a device has borne before, and is found by still (INV-6)."""

    __tablename__ = "used_device_numbers"

    device_number: Mapped[DeviceNumber] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]
