"""A projection of pickups: whose they are, and who ordered them."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import PickupId, ServicePointId, UserId, Word
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class PickupRow(Regional, Base):
    """A pickup, the service point that it is for, and who ordered it: the unit, or somebody else by
    the user `by`, who is not known of what was ordered before that was read.
    """

    __tablename__ = "pickups"

    pickup_id: Mapped[PickupId] = mapped_column(primary_key=True)
    service_point: Mapped[ServicePointId]
    ordered_by: Mapped[Word]
    by: Mapped[UserId | None]
