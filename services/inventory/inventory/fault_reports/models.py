"""The table of prescribers who were refused."""

from kvitt_chassis.models import Aggregate
from kvitt_contracts import topics
from kvitt_contracts.types import DeviceId
from sqlalchemy.orm import Mapped

from inventory.fault_reports import domain
from inventory.tables import Base


class RefusedPrescriberRow(
    Aggregate[domain.Answer],
    Base,
    noun="fault-report",
    topic=topics.INVENTORY_CLAIMS,
    state=domain.Answer,
    evolve=domain.evolve,
):
    """Why the prescriber whom a fault report named was refused last; its id is the report's."""

    __tablename__ = "refused_prescribers"

    device_id: Mapped[DeviceId]
    reason: Mapped[str]
