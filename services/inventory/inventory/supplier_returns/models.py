"""The table of what has gone back to suppliers."""

from datetime import date

from kvitt_chassis.models import Aggregate
from kvitt_contracts import topics
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceId,
    OrderId,
    StoreId,
    SupplierId,
    UserId,
    Word,
)
from sqlalchemy import Index
from sqlalchemy.orm import Mapped

from inventory.supplier_returns import domain
from inventory.tables import Base


class SupplierReturnRow(
    Aggregate[domain.SupplierReturn],
    Base,
    noun="supplier_return",
    topic=topics.INVENTORY_SUPPLIER_RETURNS,
    state=domain.SupplierReturn,
    evolve=domain.evolve,
):
    """What has left for a supplier, as agreed (INV-8)."""

    __tablename__ = "supplier_returns"
    __table_args__ = (
        Index("ix_supplier_returns_returned_on", "region", "returned_on", "id"),
        Index("ix_supplier_returns_store", "region", "store", "returned_on"),
        Index("ix_supplier_returns_supplier", "region", "supplier_id", "returned_on"),
        Index("ix_supplier_returns_device", "region", "device_id"),
    )

    supplier_id: Mapped[SupplierId]
    article_number: Mapped[ArticleNumber]
    quantity: Mapped[int]
    device_id: Mapped[DeviceId | None]
    order_id: Mapped[OrderId | None]
    returned_on: Mapped[date]
    reason: Mapped[Word]
    comment: Mapped[str | None]  # what the user wrote, in no event
    store: Mapped[StoreId | None]  # which the ledger has too
    registered_by: Mapped[UserId | None]  # nobody is known of who registered before 0047
