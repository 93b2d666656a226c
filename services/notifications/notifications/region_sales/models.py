"""A projection of sales to other regions: whose they are."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import SaleId, ServicePointId
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base


class RegionSaleRow(Regional, Base):
    """A sale to another region, and the unit of its patient."""

    __tablename__ = "region_sales"

    sale_id: Mapped[SaleId] = mapped_column(primary_key=True)
    service_point: Mapped[ServicePointId]
