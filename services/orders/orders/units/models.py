"""The tables of payers, customers, care units and users."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import ORDERS_UNITS, ORDERS_USERS
from kvitt_contracts.types import (
    Address,
    CareUnitId,
    CustomerId,
    Endpoint,
    OrganisationNumber,
    PayerId,
    ProductArea,
    Reference,
    Role,
    ServicePointId,
    StoreId,
    UserId,
    VatNumber,
    Word,
)
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.units import domain


class PayerRow(
    Aggregate[domain.Payer],
    Base,
    noun="payer",
    topic=ORDERS_UNITS,
    state=domain.Payer,
    evolve=domain.evolve_payer,
):
    """A payer."""

    __tablename__ = "payers"
    __table_args__ = (UniqueConstraint("region", "payer_id", name="uq_payer_id"),)

    payer_id: Mapped[PayerId]
    name: Mapped[str]
    organisation_number: Mapped[OrganisationNumber | None]
    vat_number: Mapped[VatNumber | None]
    address: Mapped[Address | None] = mapped_column(Json(Address))
    endpoint: Mapped[Endpoint | None] = mapped_column(Json(Endpoint))
    reference: Mapped[Reference | None]


class CustomerRow(
    Aggregate[domain.Customer],
    Base,
    noun="customer",
    topic=ORDERS_UNITS,
    state=domain.Customer,
    evolve=domain.evolve_customer,
):
    """A customer. Its address is not published."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("region", "customer_id", name="uq_customer_id"),)

    customer_id: Mapped[CustomerId]
    name: Mapped[str]
    payer_id: Mapped[PayerId]
    is_service_point: Mapped[bool]
    private_clinic: Mapped[bool]
    store: Mapped[StoreId | None]
    address: Mapped[Address | None] = mapped_column(Json(Address))


class CareUnitRow(
    Aggregate[domain.CareUnit],
    Base,
    noun="care-unit",
    topic=ORDERS_UNITS,
    state=domain.CareUnit,
    evolve=domain.evolve_care_unit,
):
    """A care unit."""

    __tablename__ = "care_units"
    __table_args__ = (UniqueConstraint("region", "unit", name="uq_care_unit"),)

    unit: Mapped[CareUnitId]
    name: Mapped[str]
    customer_id: Mapped[CustomerId]


class UserRow(
    Aggregate[domain.User],
    Base,
    noun="user",
    topic=ORDERS_USERS,
    state=domain.User,
    evolve=domain.evolve_user,
):
    """A user. `last_active_on` is the last day of activity known, `lapses_on` when access lapses,
    where that is told (REF-5): they change at each sign-in, and are in no event.
    """

    __tablename__ = "users"
    __table_args__ = (UniqueConstraint("region", "user_id", name="uq_user_id"),)

    user_id: Mapped[UserId]
    roles: Mapped[tuple[Role, ...]] = mapped_column(Json(tuple[Role, ...]))
    service_points: Mapped[tuple[ServicePointId, ...]] = mapped_column(
        Json(tuple[ServicePointId, ...])
    )
    default_service_point: Mapped[ServicePointId]
    acts_for: Mapped[tuple[UserId, ...]] = mapped_column(Json(tuple[UserId, ...]))
    active: Mapped[bool]
    profession: Mapped[Word | None]
    product_areas: Mapped[tuple[ProductArea, ...] | None] = mapped_column(
        Json(tuple[ProductArea, ...])
    )
    stores: Mapped[tuple[StoreId, ...] | None] = mapped_column(Json(tuple[StoreId, ...]))
    default_supply: Mapped[Word | None]
    duties: Mapped[tuple[Word, ...] | None] = mapped_column(Json(tuple[Word, ...]))
    employer_kind: Mapped[Word | None]
    access: Mapped[Word | None]
    stated_active: Mapped[bool | None]
    applied_by: Mapped[UserId | None]
    last_active_on: Mapped[date | None]
    lapses_on: Mapped[date | None]
