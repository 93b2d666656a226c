"""The table of the parties of transfers."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import ServicePointId, TransferId, UserId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class TransferPartiesRow(Regional, Base):
    """Who sends a transfer, from which service point and to which, as its draft said last."""

    __tablename__ = "transfer_parties"

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    sender: Mapped[UserId]
    sending_service_point: Mapped[ServicePointId]
    receiving_service_point: Mapped[ServicePointId]
