"""The table of the parties of transfers."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import ServicePointId, TransferId, UserId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class TransferPartiesRow(Regional, Base):
    """Who sends a transfer and from which service point, to which and to what prescriber, as its
    draft said last.
    """

    __tablename__ = "transfer_parties"
    __table_args__ = (
        Index("ix_transfer_parties_sender", "region", "sender"),
        Index("ix_transfer_parties_sending", "region", "sending_service_point"),
        Index("ix_transfer_parties_receiving", "region", "receiving_service_point"),
        Index("ix_transfer_parties_prescriber", "region", "new_prescriber"),
    )

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    sender: Mapped[UserId]
    sending_service_point: Mapped[ServicePointId]
    receiving_service_point: Mapped[ServicePointId]
    new_prescriber: Mapped[UserId | None]
