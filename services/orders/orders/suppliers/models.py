"""The table of suppliers. How they are reached is published nowhere."""

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts.topics import ORDERS_SUPPLIERS
from kvitt_contracts.types import Address, OrganisationNumber, SupplierId
from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.suppliers.domain import Supplier, evolve


class SupplierRow(
    Aggregate[Supplier],
    Base,
    noun="supplier",
    topic=ORDERS_SUPPLIERS,
    state=Supplier,
    evolve=evolve,
):
    """A supplier. `order_email`, `phone` and `address` are in no event."""

    __tablename__ = "suppliers"
    __table_args__ = (UniqueConstraint("region", "supplier_id", name="uq_supplier_id"),)

    supplier_id: Mapped[SupplierId]
    name: Mapped[str]
    organisation_number: Mapped[OrganisationNumber | None]
    is_active: Mapped[bool]
    has_order_address: Mapped[bool]
    order_email: Mapped[str | None]
    phone: Mapped[str | None]
    address: Mapped[Address | None] = mapped_column(Json(Address))
