"""The table of drafts of applications. They are in no event: nobody but who writes them knows."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Regional
from kvitt_contracts.types import PersonRef, ServicePointId, UserId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people.keys.sealing import Sealed, SealedForPerson
from orders.work_orders.applications.domain import Application


class ApplicationDraftRow(SealedForPerson, Regional, Base):
    """An application that is being written. `version` counts how often it was saved."""

    __tablename__ = "application_drafts"
    __table_args__ = (
        Index("ix_application_drafts_saved_at", "region", "saved_at"),
        Index("ix_application_drafts_service_point", "region", "service_point"),
        Index("ix_application_drafts_recipient_person", "region", "recipient_person"),
    )
    locked_when_loaded = True  # two who save it, or one who sends it, must not meet

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    recipient_person: Mapped[PersonRef]
    service_point: Mapped[ServicePointId | None]
    requester: Mapped[UserId | None]
    application = Sealed[Application](Application, erased=Application())
    begun_by: Mapped[UserId]
    saved_by: Mapped[UserId]
    saved_at: Mapped[datetime]
    removed_on: Mapped[date]

    sealed_for = "recipient_person"
