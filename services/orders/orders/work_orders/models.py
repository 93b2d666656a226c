"""The tables of work orders. Addresses, phones and texts are in two of their own, in no event."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.orders import Delivery
from kvitt_contracts.topics import ORDERS_WORK_ORDERS
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CustomerId,
    DeviceId,
    OrderId,
    OrderLineId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    PolicyVersion,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    UserId,
    Word,
    WorkOrderId,
)
from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import ERASED, Sealed, SealedForPerson
from orders.waits.domain import Owner
from orders.work_orders import domain
from orders.work_orders.applications.domain import Application


class WorkOrderRow(
    SealedForPerson,
    AboutPersons,
    Aggregate[domain.WorkOrder],
    Base,
    noun="work-order",
    topic=ORDERS_WORK_ORDERS,
    state=domain.WorkOrder,
    evolve=domain.evolve,
):
    """A work order; `recipient_person`, `recipient_unit`, `due_on` and
    `waits_on` are for queries. What was done, and why
    an application was decided so, are texts and in no event.
    """

    __tablename__ = "work_orders"
    __table_args__ = (
        UniqueConstraint("region", "work_order_number", name="uq_work_order_number"),
        Index("ix_work_orders_service_point", "region", "service_point", "registered_on"),
        Index("ix_work_orders_recipient_person", "region", "recipient_person"),
        Index("ix_work_orders_recipient_unit", "region", "recipient_unit"),
        Index("ix_work_orders_device", "region", "device_id"),
        Index("ix_work_orders_requester", "region", "requester", "registered_on"),
        Index("ix_work_orders_registered_on", "region", "registered_on"),
        Index("ix_work_orders_by", "region", "by"),
        Index("ix_work_orders_technician", "region", "technician"),
        Index("ix_work_orders_status", "region", "status", "registered_on"),
        Index("ix_work_orders_kind", "region", "kind", "registered_on"),
        Index("ix_work_orders_planned_on", "region", "planned_on", "registered_on"),
        Index("ix_work_orders_finished_on", "region", "finished_on", "registered_on"),
        Index(
            "ix_work_orders_late",
            "region",
            "work_order_number",
            postgresql_where=text("is_late"),
        ),
        Index(
            "ix_work_orders_due_on",
            "region",
            "due_on",
            postgresql_where=text("due_on IS NOT NULL"),
        ),
        Index(
            "ix_work_orders_number_prefix",
            "region",
            "work_order_number",
            postgresql_ops={"work_order_number": "text_pattern_ops"},
        ),
    )

    work_order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    kind: Mapped[domain.Kind]
    status: Mapped[domain.Status]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    service_point: Mapped[ServicePointId]
    customer_id: Mapped[CustomerId]
    requester: Mapped[UserId]
    device_id: Mapped[DeviceId | None]
    order_id: Mapped[OrderId | None]
    line_id: Mapped[OrderLineId | None]
    service_article: Mapped[ArticleNumber | None]
    payer_id: Mapped[PayerId]
    has_description: Mapped[bool]
    has_attachments: Mapped[bool]
    is_attested: Mapped[bool]
    is_type_missing: Mapped[bool]
    registered_on: Mapped[date]
    policy: Mapped[PolicyVersion] = mapped_column(Json(PolicyVersion))
    by: Mapped[UserId]
    planned_on: Mapped[date | None]
    technician: Mapped[UserId | None]
    outcome: Mapped[Word | None]
    has_action: Mapped[bool]
    quantity: Mapped[int | None]
    finished_on: Mapped[date | None]
    article_number: Mapped[ArticleNumber | None]
    voided_for: Mapped[ReasonCode | None]
    awaits_number: Mapped[bool]
    is_renumbered: Mapped[bool]
    is_late: Mapped[bool]
    recipient_person: Mapped[PersonRef | None]
    recipient_unit: Mapped[CareUnitId | None]
    due_on: Mapped[date | None]
    waits_on: Mapped[Owner | None]
    action = Sealed[str | None](str | None, erased=ERASED)
    decision_reason = Sealed[str | None](str | None, erased=ERASED)

    sealed_for = "recipient_person"

    def apply(self, state: domain.WorkOrder) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        wait = domain.waits_for(state)
        self.due_on = wait.until if wait is not None else None
        self.waits_on = wait.on if wait is not None else None
        if isinstance(state.recipient, PatientRecipient):
            self.recipient_person = state.recipient.person
        else:
            self.recipient_unit = state.recipient.unit


class WorkOrderDetailsRow(SealedForPerson, Regional, Base):
    """Stored with one work order alone, as it was registered over HTTP: what is wanted, where, whom
    to call; what an application says (ACT-2, ACT-5).
    """

    __tablename__ = "work_order_details"

    work_order_id: Mapped[WorkOrderId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    delivery = Sealed[Delivery | None](Delivery | None, erased=None)
    description = Sealed[str | None](str | None, erased=ERASED)
    application = Sealed[Application | None](Application | None, erased=None)


class WorkOrderNoteRow(SealedForPerson, Regional, Base):
    """What a technician has written (ACT-3)."""

    __tablename__ = "work_order_notes"
    __table_args__ = (Index("ix_work_order_notes_work_order", "region", "work_order_id", "at"),)

    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    work_order_id: Mapped[WorkOrderId]
    at: Mapped[datetime]
    technician: Mapped[UserId]
    person: Mapped[PersonRef | None]
    text = Sealed[str](str, erased=ERASED)
