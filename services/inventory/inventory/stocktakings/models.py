"""The table of stocktakings."""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate, Json
from kvitt_contracts import topics
from kvitt_contracts.types import ServicePointId, StoreId
from sqlalchemy.orm import Mapped, mapped_column

from inventory.stocktakings import domain
from inventory.tables import Base


# decision 0351: a store has one stocktaking, round after round
class StocktakingRow(
    Aggregate[domain.Stocktaking],
    Base,
    noun="stocktaking",
    topic=topics.INVENTORY_STOCKTAKINGS,
    state=domain.Stocktaking,
    evolve=domain.evolve,
):
    """A store's stocktaking: one row for each store, in its present round (INV-10)."""

    __tablename__ = "stocktakings"

    store: Mapped[StoreId]
    service_point: Mapped[ServicePointId | None]
    is_private_clinic: Mapped[bool]
    status: Mapped[domain.Status]
    planned_on: Mapped[date]
    basis_at: Mapped[datetime | None]
    posted_on: Mapped[date | None]
    counts: Mapped[tuple[domain.Counted, ...]] = mapped_column(Json(tuple[domain.Counted, ...]))
