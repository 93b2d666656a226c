"""The table of drafts of orders. They are in no event: nobody but who writes them knows."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Regional
from kvitt_contracts.types import CareUnitId, PersonRef, ServicePointId, UserId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.order_drafts.domain import WrittenOrder
from orders.people.keys.sealing import Sealed, SealedForPerson


class OrderDraftRow(SealedForPerson, Regional, Base):
    """An order that is being written, for a patient, a care unit or nobody yet. `version` counts
    how often it was saved.
    """

    __tablename__ = "order_drafts"
    __table_args__ = (
        Index("ix_order_drafts_saved_at", "region", "saved_at"),
        Index("ix_order_drafts_service_point", "region", "service_point"),
        Index("ix_order_drafts_recipient_person", "region", "recipient_person"),
    )
    locked_when_loaded = True  # two who save it, or one who sends it, must not meet

    draft_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    recipient_person: Mapped[PersonRef | None]
    recipient_unit: Mapped[CareUnitId | None]
    service_point: Mapped[ServicePointId | None]
    written = Sealed[WrittenOrder](WrittenOrder, erased=WrittenOrder())
    begun_by: Mapped[UserId]
    saved_by: Mapped[UserId]
    saved_at: Mapped[datetime]
    removed_on: Mapped[date]

    sealed_for = "recipient_person"
