"""The table of what pickups claim."""

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import DeviceId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.claiming import domain
from inventory.tables import Base


class PickupClaimRow(
    Aggregate[domain.Claimed],
    Base,
    noun="pickup",
    topic=topics.INVENTORY_CLAIMS,
    state=domain.Claimed,
    evolve=domain.evolve,
):
    """The claim of a pickup; its id is the pickup's."""

    __tablename__ = "pickup_claims"

    status: Mapped[domain.Status]
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
