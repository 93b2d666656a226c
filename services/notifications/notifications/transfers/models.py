"""A projection of transfers: the name, the sides and the policy that messages need."""

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import PolicyVersion, ServicePointId, TransferId, UserId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class TransferRow(Regional, Base):
    """A transfer by name, with its two sides. `policy`: the one that it was sent under."""

    __tablename__ = "transfers"

    transfer_id: Mapped[TransferId] = mapped_column(primary_key=True)
    name: Mapped[str]
    sender: Mapped[UserId]
    receiving_service_point: Mapped[ServicePointId]
    policy: Mapped[PolicyVersion | None] = mapped_column(Json(PolicyVersion))
