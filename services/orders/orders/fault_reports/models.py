"""The table of fault reports."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import ORDERS_FAULT_REPORTS
from kvitt_contracts.types import (
    DeviceId,
    PatientRecipient,
    PersonRef,
    Recipient,
    ServicePointId,
    UserId,
    Word,
)
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from orders.fault_reports.domain import FaultReport, Status, evolve, waits_for
from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import ERASED, Sealed, SealedForPerson
from orders.waits.domain import Owner


class FaultReportRow(
    SealedForPerson,
    AboutPersons,
    Aggregate[FaultReport],
    Base,
    noun="fault-report",
    topic=ORDERS_FAULT_REPORTS,
    state=FaultReport,
    evolve=evolve,
):
    """A fault report. The texts are in no event; `recipient_person`, `due_on` and `waits_on`, until
    when it waits and on whom, are for queries.
    """

    __tablename__ = "fault_reports"
    __table_args__ = (
        Index("ix_fault_reports_status_id", "region", "status", "id"),
        Index("ix_fault_reports_service_point", "region", "service_point", "status"),
        Index("ix_fault_reports_device", "region", "device_id"),
        Index("ix_fault_reports_reported_by", "region", "reported_by"),
        Index("ix_fault_reports_recipient_person", "region", "recipient_person"),
        Index("ix_fault_reports_prescriber", "region", "prescriber"),
        Index("ix_fault_reports_forwarded_to", "region", "forwarded_to"),
        Index(
            "ix_fault_reports_due_on",
            "region",
            "due_on",
            postgresql_where=text("due_on IS NOT NULL"),
        ),
        # ACT-6: two who report a device at once see each other here alone
        Index(
            "uq_open_fault_report",
            "region",
            "device_id",
            unique=True,
            postgresql_where=text("status <> 'closed'"),
        ),
    )

    status: Mapped[Status]
    device_id: Mapped[DeviceId]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    service_point: Mapped[ServicePointId]
    has_text: Mapped[bool]
    reported_by: Mapped[UserId]
    asked_by: Mapped[UserId | None]
    is_escalated: Mapped[bool]
    prescriber: Mapped[UserId | None]
    refused: Mapped[str | None]
    forwarded_to: Mapped[UserId | None]
    by_responsible: Mapped[Word | None]
    by_technician: Mapped[Word | None]
    outcome: Mapped[Word | None]
    recipient_person: Mapped[PersonRef | None]
    due_on: Mapped[date | None]
    waits_on: Mapped[Owner | None]
    text = Sealed[str | None](str | None, erased=ERASED)
    responsible_text = Sealed[str | None](str | None, erased=ERASED)
    technician_text = Sealed[str | None](str | None, erased=ERASED)

    sealed_for = "recipient_person"

    def apply(self, state: FaultReport) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        wait = waits_for(state, until=None)
        self.waits_on = wait.on if wait is not None else None
        if isinstance(state.recipient, PatientRecipient):
            self.recipient_person = state.recipient.person
