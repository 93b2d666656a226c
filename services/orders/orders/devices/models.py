"""The projection of devices' numbers and articles: what people know a device by."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import ArticleNumber, DeviceId, DeviceNumber
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class DeviceRow(Regional, Base):
    """A marked device, whoever has it. One that was registered before orders read that has none."""

    __tablename__ = "devices"

    device_id: Mapped[DeviceId] = mapped_column(primary_key=True)
    device_number: Mapped[DeviceNumber]
    article_number: Mapped[ArticleNumber]
