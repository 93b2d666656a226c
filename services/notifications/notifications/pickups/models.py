"""A projection of pickups: whose they are, and who ordered them."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import PickupId, ServicePointId, Word
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class PickupRow(Regional, Base):
    """A pickup, the service point that it is for, and who ordered it."""

    __tablename__ = "pickups"

    pickup_id: Mapped[PickupId] = mapped_column(primary_key=True)
    service_point: Mapped[ServicePointId]
    ordered_by: Mapped[Word]
