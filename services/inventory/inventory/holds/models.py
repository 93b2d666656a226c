"""The tables of holds and of the effects that their transfers will have."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.inventory import RefusedDevice
from kvitt_contracts.types import (
    CustomerId,
    DeviceId,
    PayerId,
    Recipient,
    StoreId,
    TransferId,
    UserId,
)
from sqlalchemy.orm import Mapped, mapped_column

from inventory.holds import domain
from inventory.tables import Base


class HoldRow(
    Aggregate[domain.Hold],
    Base,
    noun="transfer",
    topic=topics.INVENTORY_HOLDS,
    state=domain.Hold,
    evolve=domain.evolve,
):
    """The hold of a transfer; its id is the transfer's."""

    __tablename__ = "holds"

    status: Mapped[domain.Status]
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
    refused: Mapped[tuple[RefusedDevice, ...]] = mapped_column(Json(tuple[RefusedDevice, ...]))


class TransferEffectRow(Regional, Base):
    """What bmb has decided that a transfer does, and on which day."""

    __tablename__ = "transfer_effects"

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    new_recipient: Mapped[Recipient | None] = mapped_column(Json(Recipient))
    new_store: Mapped[StoreId | None]
    new_prescriber: Mapped[UserId | None]
    customer_id: Mapped[CustomerId]
    payer_id: Mapped[PayerId]
    effective_on: Mapped[date]
