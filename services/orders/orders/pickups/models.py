"""The tables of pickups. What is private to one is in `pickup_details`, never in an event."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.orders import AddressKind, Delivery
from kvitt_contracts.topics import ORDERS_PICKUPS
from kvitt_contracts.types import (
    CareUnitId,
    CustomerId,
    LineNumber,
    Money,
    OrderNumber,
    PatientRecipient,
    PayerId,
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
from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import Sealed, SealedForPerson
from orders.pickups import domain
from orders.waits.domain import Owner


class PickupRow(
    AboutPersons,
    Aggregate[domain.Pickup],
    Base,
    noun="pickup",
    topic=ORDERS_PICKUPS,
    state=domain.Pickup,
    evolve=domain.evolve,
):
    """A pickup; `recipient_person`, `recipient_unit`, `requested_on`, `due_on` and `waits_on`,
    until when it waits and on whom, are for queries. `last_on`: its last day, which is later than
    `due_on` while something in it is to be returned at once.
    """

    __tablename__ = "pickups"
    __table_args__ = (
        UniqueConstraint("region", "pickup_number", name="uq_pickup_number"),
        Index("ix_pickups_service_point", "region", "service_point", "requested_on"),
        Index("ix_pickups_recipient_person", "region", "recipient_person"),
        Index("ix_pickups_recipient_unit", "region", "recipient_unit"),
        Index("ix_pickups_requested_on", "region", "requested_on"),
        Index("ix_pickups_by", "region", "by", "status"),
        Index("ix_pickups_status", "region", "status", "requested_on"),
        Index("ix_pickups_service_point_status", "region", "service_point", "status"),
        Index("ix_pickups_overdue", "region", "pickup_number", postgresql_where=text("is_overdue")),
        Index("ix_pickups_urgent", "region", "pickup_number", postgresql_where=text("is_urgent")),
        Index(
            "ix_pickups_number_prefix",
            "region",
            "pickup_number",
            postgresql_ops={"pickup_number": "text_pattern_ops"},
        ),
        Index("ix_pickups_due_on", "region", "due_on", postgresql_where=text("due_on IS NOT NULL")),
    )

    pickup_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    service_point: Mapped[ServicePointId]
    customer_id: Mapped[CustomerId]
    ordered_by: Mapped[Word]
    cause: Mapped[Word]
    return_cause: Mapped[Word | None]
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
    is_urgent: Mapped[bool]
    fee: Mapped[Money | None] = mapped_column(Json(Money))
    payer_id: Mapped[PayerId | None]
    recipient_person: Mapped[PersonRef | None]
    recipient_unit: Mapped[CareUnitId | None]
    requested_on: Mapped[date]
    due_on: Mapped[date | None]
    last_on: Mapped[date | None]
    waits_on: Mapped[Owner | None]

    def apply(self, state: domain.Pickup) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        wait = domain.waits_for(state, until=None)
        self.waits_on = wait.on if wait is not None else None
        if isinstance(state.recipient, PatientRecipient):
            self.recipient_person = state.recipient.person
        else:
            self.recipient_unit = state.recipient.unit


class PickupDetailsRow(SealedForPerson, Regional, Base):
    """Stored with one pickup alone: address, phones, door code, instructions (PCK-1). `person`:
    whose devices are fetched.
    """

    __tablename__ = "pickup_details"

    pickup_id: Mapped[PickupId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    delivery = Sealed[Delivery](Delivery, erased=Delivery())
