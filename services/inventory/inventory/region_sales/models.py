"""The table of what sales to other regions claim."""

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import DeviceId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.claiming import domain
from inventory.tables import Base


class SaleClaimRow(
    Aggregate[domain.Claimed],
    Base,
    noun="region-sale",
    topic=topics.INVENTORY_CLAIMS,
    state=domain.Claimed,
    evolve=domain.evolve,
):
    """The claim of a sale to another region; its id is the sale's."""

    __tablename__ = "sale_claims"

    status: Mapped[domain.Status]
    devices: Mapped[tuple[DeviceId, ...]] = mapped_column(Json(tuple[DeviceId, ...]))
