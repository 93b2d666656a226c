"""The table of stocktakings."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.types import ArticleNumber, ServicePointId, StoreId, UserId
from sqlalchemy import Index
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


class ShelfCountRow(Regional, Base):
    """When the shelf of an article was last counted, by a round that is posted: until then the
    shelf is right, and not the list (INV-14).
    """

    __tablename__ = "shelf_counts"

    balance_id: Mapped[UUID] = mapped_column(primary_key=True)
    counted_on: Mapped[date]


# decision 0496: what each has counted is kept until two say the same
class ShelfTallyRow(Regional, Base):
    """What a counter has counted of an unmarked article in the round that began at `basis_at`: what
    another counts does not take its place (INV-10).
    """

    __tablename__ = "shelf_tallies"
    __table_args__ = (Index("ix_shelf_tallies_store", "region", "store"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    store: Mapped[StoreId]
    article_number: Mapped[ArticleNumber]
    by: Mapped[UserId]
    basis_at: Mapped[datetime]
    counted: Mapped[int]
    counted_at: Mapped[datetime]
