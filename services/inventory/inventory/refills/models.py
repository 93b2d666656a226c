"""The tables of refill proposals, and of the stores that are looked at each night."""

from datetime import date
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.types import Goods, OrderId, ServicePointId, StoreId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.refills import domain
from inventory.tables import Base


class RefillRow(
    Aggregate[domain.Refill],
    Base,
    noun="proposal",
    topic=topics.INVENTORY_REFILLS,
    state=domain.Refill,
    evolve=domain.evolve,
):
    """A proposal to fill up a store (INV-9)."""

    __tablename__ = "refills"
    __table_args__ = (
        Index("ix_refills_proposed_on", "region", "proposed_on", "id"),
        Index("ix_refills_store", "region", "store", "proposed_on"),
    )

    store: Mapped[StoreId]
    service_point: Mapped[ServicePointId]
    proposed_on: Mapped[date]
    lines: Mapped[tuple[Goods, ...]] = mapped_column(Json(tuple[Goods, ...]))
    status: Mapped[domain.Status]
    order_id: Mapped[OrderId | None]


# decision 0427: each store has a timer of its own
class RefilledStoreRow(Regional, Base):
    """A store that is looked at in the night. It is locked while its proposal is made: so it has
    one open at most.
    """

    __tablename__ = "refilled_stores"
    locked_when_loaded = True

    id: Mapped[UUID] = mapped_column(primary_key=True)
    store: Mapped[StoreId]
