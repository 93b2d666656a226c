"""The table of work orders, as far as a device's card follows from them."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import DeviceId, Word, WorkOrderId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class WorkOrderRow(Regional, Base):
    """What kind of work is done on which device, as orders said when it was registered."""

    __tablename__ = "work_orders"

    work_order_id: Mapped[WorkOrderId] = mapped_column(primary_key=True)
    kind: Mapped[Word]
    device_id: Mapped[DeviceId | None]
