"""The tables of transfers. Projections are in `bmb.register`."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    PatientRecipient,
    PayerId,
    PolicyVersion,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    TransferId,
    UserId,
)
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from bmb.base import Base
from bmb.domain import Status, Transfer, evolve


class TransferRow(
    Aggregate[Transfer], Base, noun="transfer", topic=BMB_TRANSFERS, state=Transfer, evolve=evolve
):
    """A transfer: the fold of its events. Free text is in another table."""

    __tablename__ = "transfers"
    __table_args__ = (
        Index(
            "ix_transfers_incoming", "region", "receiving_service_point", "status", "transfer_date"
        ),
        Index(
            "ix_transfers_outgoing", "region", "sending_service_point", "status", "transfer_date"
        ),
        Index("ix_transfers_sender", "region", "sender"),
        Index("ix_transfers_new_prescriber", "region", "new_prescriber"),
        Index("ix_transfers_requested_at", "region", "requested_at", "id"),
        Index("ix_transfers_unlock_asked", "region", "unlock_asked_at", "id"),
        Index("ix_transfers_devices", "devices", postgresql_using="gin"),
        Index("ix_transfers_transfer_date", "region", "transfer_date", "id"),
        Index("ix_transfers_deadline", "region", "deadline", "id"),
        Index("ix_transfers_status", "region", "status", "id"),
        Index(
            "ix_transfers_rejected",
            "region",
            "sending_service_point",
            "requested_at",
            "id",
            postgresql_where=text("status = 'rejected' OR rejected <> '[]'::jsonb"),
        ),
    )

    status: Mapped[Status]
    reference: Mapped[Reference | None]
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    remaining: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    dropped: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    rejected: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    current_recipient: Mapped[PatientRecipient | CareUnitRecipient | None] = mapped_column(
        Json(Recipient)
    )
    current_store: Mapped[StoreId | None]
    new_recipient: Mapped[PatientRecipient | CareUnitRecipient | None] = mapped_column(
        Json(Recipient)
    )
    new_store: Mapped[StoreId | None]
    new_prescriber: Mapped[UserId | None]
    sender: Mapped[UserId]
    sending_service_point: Mapped[ServicePointId]
    receiving_service_point: Mapped[ServicePointId]
    proposed_customer: Mapped[CustomerId]
    proposed_payer: Mapped[PayerId]
    transfer_date: Mapped[date]
    attested: Mapped[bool]
    has_message: Mapped[bool]
    policy: Mapped[PolicyVersion | None] = mapped_column(Json(PolicyVersion))
    requested_at: Mapped[datetime | None]
    sent_by: Mapped[UserId | None]
    accept_for: Mapped[CustomerId | None]
    deadline: Mapped[datetime | None]
    customer_id: Mapped[CustomerId | None]
    payer_id: Mapped[PayerId | None]
    effective_on: Mapped[date | None]
    unlock_asked_by: Mapped[UserId | None]
    unlock_asked_at: Mapped[datetime | None]
    void_reason: Mapped[str | None]


class TransferSubjectRow(Regional, Base):
    """A device or a person that a transfer names, or has named as a draft: where to look for the
    transfers of one. Written by the database beside the transfer, and by nobody else.
    """

    __tablename__ = "transfer_subjects"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)


class TransferTextRow(Regional, Base):
    """What the two sides wrote to each other: served by bmb's API alone (BMB-3, BMB-5)."""

    __tablename__ = "transfer_texts"

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    to_receiver: Mapped[str | None]
    to_sender: Mapped[str | None]
