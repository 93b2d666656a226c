"""The tables of pickups. What is private to one is in `pickup_details`, never in an event."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.orders import AddressKind, Delivery
from kvitt_contracts.topics import ORDERS_PICKUPS
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    LineNumber,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    PickupId,
    PolicyVersion,
    Recipient,
    Reference,
    RefusedDevice,
    ServicePointId,
    UserId,
    Word,
)
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.pickups import domain


class PickupRow(
    Aggregate[domain.Pickup],
    Base,
    noun="pickup",
    topic=ORDERS_PICKUPS,
    state=domain.Pickup,
    evolve=domain.evolve,
):
    """A pickup; `recipient_person`, `recipient_unit` and `requested_on` are for queries."""

    __tablename__ = "pickups"
    __table_args__ = (
        UniqueConstraint("region", "pickup_number", name="uq_pickup_number"),
        Index("ix_pickups_service_point", "region", "service_point", "requested_on"),
        Index("ix_pickups_recipient_person", "region", "recipient_person"),
        Index("ix_pickups_recipient_unit", "region", "recipient_unit"),
        Index("ix_pickups_requested_on", "region", "requested_on"),
    )

    pickup_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    service_point: Mapped[ServicePointId]
    customer_id: Mapped[CustomerId]
    ordered_by: Mapped[Word]
    cause: Mapped[Word]
    address_kind: Mapped[AddressKind]
    earliest_on: Mapped[date | None]
    latest_on: Mapped[date | None]
    lines: Mapped[tuple[domain.Line, ...]] = mapped_column(Json(tuple[domain.Line, ...]))
    has_text: Mapped[bool]
    policy: Mapped[PolicyVersion] = mapped_column(Json(PolicyVersion))
    by: Mapped[UserId]
    refused: Mapped[tuple[RefusedDevice, ...]] = mapped_column(Json(tuple[RefusedDevice, ...]))
    is_overdue: Mapped[bool]
    technician: Mapped[UserId | None]
    not_found: Mapped[tuple[LineNumber, ...]] = mapped_column(Json(tuple[LineNumber, ...]))
    recipient_person: Mapped[PersonRef | None]
    recipient_unit: Mapped[CareUnitId | None]
    requested_on: Mapped[date]

    def apply(self, state: domain.Pickup) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        if isinstance(state.recipient, PatientRecipient):
            self.recipient_person = state.recipient.person
        else:
            self.recipient_unit = state.recipient.unit


class PickupDetailsRow(Regional, Base):
    """Stored with one pickup alone: address, phones, door code, instructions (PCK-1)."""

    __tablename__ = "pickup_details"

    pickup_id: Mapped[PickupId] = mapped_column(primary_key=True)
    delivery: Mapped[Delivery] = mapped_column(Json(Delivery))
