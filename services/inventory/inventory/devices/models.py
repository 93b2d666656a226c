"""The tables of devices and of their custody through time."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.inventory import Custody, Origin
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    Money,
    OrderId,
    PayerId,
    PersonRef,
    SaleId,
    StoreHolder,
    UserId,
)
from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.devices import domain
from inventory.devices.records import domain as records
from inventory.tables import Base


class DeviceRow(
    Aggregate[domain.Device],
    Base,
    noun="device",
    topic=topics.INVENTORY_DEVICES,
    state=domain.Device,
    evolve=domain.evolve,
):
    """A marked device. A claim or a change of its custody requires this row's lock.

    The claim is no part of the device's own events: it belongs to a hold, a dispatch or a
    stocktaking.
    `holder_kind`, `holder_key`, `number_text`, and what is computed of the custody, serve the lists
    alone.
    """

    __tablename__ = "devices"
    __table_args__ = (
        CheckConstraint(
            "(claim_kind IS NULL) = (claimed_by IS NULL)", name="bmb_12_one_claim_at_a_time"
        ),
        Index("uq_devices_number", "region", "device_number", unique=True),
        Index("ix_devices_holder", "region", "holder_kind", "holder_key"),
        Index("ix_devices_article", "region", "article_number"),
        Index(
            "ix_devices_serial",
            "region",
            "article_number",
            "serial_number",
            postgresql_where=text("serial_number IS NOT NULL"),
        ),
        Index("ix_devices_customer", "region", "customer_id"),
        Index("ix_devices_prescriber", "region", "prescriber"),
        Index(
            "ix_devices_payer",
            "region",
            "payer_id",
            postgresql_where=text("customer_id IS NULL AND payer_id IS NOT NULL"),
        ),
        Index(
            "ix_devices_undecided",
            "region",
            "device_number",
            postgresql_where=text('damages @> \'[{"outcome": "undecided"}]\'::jsonb'),
        ),
        Index(
            "ix_devices_claimed_by",
            "region",
            "claimed_by",
            postgresql_where=text("claimed_by IS NOT NULL"),
        ),
    )

    # what the database computes is not fetched back: a batch of devices stays one statement
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012  # SQLAlchemy declares it so

    device_number: Mapped[DeviceNumber]
    serial_number: Mapped[str | None]
    article_number: Mapped[ArticleNumber]
    custody: Mapped[Custody] = mapped_column(Json(Custody))
    order_id: Mapped[OrderId | None]
    status: Mapped[domain.DeviceStatus] = mapped_column(default=domain.DeviceStatus.IN_USE)
    status_since: Mapped[date | None]
    origin: Mapped[Origin | None] = mapped_column(Json(Origin))
    owner: Mapped[str] = mapped_column(default="region", server_default="region")
    bought_on: Mapped[date | None]
    value: Mapped[Money | None] = mapped_column(Json(Money))
    # decision 0361: whom a device is meant for is its own, and no claim
    meant_for: Mapped[PersonRef | None]
    former_numbers: Mapped[tuple[DeviceNumber, ...]] = mapped_column(Json(tuple[DeviceNumber, ...]))
    maintained_on: Mapped[date | None]
    maintenance_due_on: Mapped[date | None]
    damages: Mapped[tuple[records.Damage, ...]] = mapped_column(Json(tuple[records.Damage, ...]))
    # decision 0040: the claim stands on the device's row and is no event of the device
    claim_kind: Mapped[domain.ClaimKind | None]
    claimed_by: Mapped[UUID | None]
    holder_kind: Mapped[str]
    holder_key: Mapped[str]
    number_text: Mapped[str]
    # decision 0282: computed by the database, so that who may look is right of every writer's rows
    customer_id: Mapped[CustomerId | None] = mapped_column(
        Computed("custody ->> 'customer_id'::text", persisted=True)
    )
    payer_id: Mapped[PayerId | None] = mapped_column(
        Computed("custody ->> 'payer_id'::text", persisted=True)
    )
    prescriber: Mapped[UserId | None] = mapped_column(
        Computed("custody ->> 'prescriber'::text", persisted=True)
    )

    @property
    def claim(self) -> domain.Claim | None:
        """The exclusive claim on the device, or None when it is free."""
        if self.claim_kind is None or self.claimed_by is None:
            return None
        return domain.Claim(kind=self.claim_kind, by=self.claimed_by)

    @claim.setter
    def claim(self, claim: domain.Claim | None) -> None:
        self.claim_kind = claim.kind if claim else None
        self.claimed_by = claim.by if claim else None

    def apply(self, state: domain.Device) -> None:
        """See Aggregate."""
        super().apply(state)
        self.holder_kind, self.holder_key = holder_columns(state.custody.holder)
        former = "".join(f" {number}" for number in state.former_numbers).lower()
        self.number_text = f"{state.device_number} {state.serial_number or ''}".lower() + former


class CustodyRow(Regional, Base):
    """One change of a device's custody: its history and the payer of each span of days (INV-5).

    Written with the change's event, never changed.
    """

    __tablename__ = "custody_changes"
    __table_args__ = (
        Index("ix_custody_changes_device", "region", "device_id", "number", unique=True),
        Index(
            "ix_custody_changes_person", "region", text("(custody #>> '{holder,person}'::text[])")
        ),
        Index("ix_custody_changes_unit", "region", text("(custody #>> '{holder,unit}'::text[])")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]
    number: Mapped[int]  # the device's own event number
    since: Mapped[date]
    custody: Mapped[Custody] = mapped_column(Json(Custody))
    order_id: Mapped[OrderId | None]
    transfer_id: Mapped[UUID | None]
    sale_id: Mapped[SaleId | None]
    recorded_at: Mapped[datetime]


# decision 0367: a telephone number is said in no event
class SipNumberRow(Regional, Base):
    """The SIP number of a device for alternative telephony, of the holder whom it was set with: it
    is a telephone number, said in no event (INV-5).
    """

    __tablename__ = "sip_numbers"
    __table_args__ = (
        Index(
            "ix_sip_numbers_digits",
            "region",
            text("regexp_replace(sip_number, '[^0-9]'::text, ''::text, 'g'::text)"),
        ),
    )

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    sip_number: Mapped[str]
    holder_key: Mapped[str]


# decision 0439: what is written of a damage is read by whoever had the device, and customer service
class DamageNoteRow(Regional, Base):
    """What was written of what has happened to a device (INV-15). It is said in no event."""

    __tablename__ = "damage_notes"
    __table_args__ = (Index("ix_damage_notes_device", "region", "device_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]
    kind: Mapped[records.DamageKind]
    happened_on: Mapped[date]
    note: Mapped[str]
    by: Mapped[UserId]


class DeviceNoteRow(Regional, Base):
    """What somebody wrote on a device's card (INV-5g): on it until it is taken away. It is said in
    no event.
    """

    __tablename__ = "device_notes"
    __table_args__ = (Index("ix_device_notes_device", "region", "device_id", "written_at"),)
    locked_when_loaded = True  # what shows it again and what forgets it must not meet

    note_id: Mapped[UUID] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]
    text: Mapped[str]
    by: Mapped[UserId]
    written_at: Mapped[datetime]
    hidden_by: Mapped[UserId | None]


class UsedNumberRow(Regional, Base):
    """A number that a device has borne before: it still finds the device, and no other is given it
    (INV-6).
    """

    __tablename__ = "used_device_numbers"

    device_number: Mapped[DeviceNumber] = mapped_column(primary_key=True)
    device_id: Mapped[DeviceId]


def holder_columns(holder: Holder) -> tuple[str, str]:
    """Kind and key of a holder, as the lists filter by them."""
    if isinstance(holder, StoreHolder):
        return holder.kind, str(holder.store)
    return holder.kind, str(holder.person if holder.kind == "patient" else holder.unit)
