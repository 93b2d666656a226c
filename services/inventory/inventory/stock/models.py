"""The tables of balances and of their ledger."""

from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.models import Aggregate, Regional
from kvitt_contracts import topics
from kvitt_contracts.types import ArticleNumber, StoreId
from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.stock import domain
from inventory.tables import Base


class BalanceRow(
    Aggregate[domain.Balance],
    Base,
    noun="balance",
    topic=topics.INVENTORY_STOCK_MOVES,
    state=domain.Balance,
    evolve=domain.evolve,
):
    """The balance of an article in a store: the sum of its moves."""

    __tablename__ = "balances"
    __table_args__ = (
        CheckConstraint(
            "available >= 0 AND reserved >= 0 AND on_order >= 0", name="inv_4_never_negative"
        ),
        CheckConstraint("in_reconditioning >= 0", name="inv_13_never_negative"),
        Index("ix_balances_store", "region", "store", "article_number", unique=True),
        Index("ix_balances_article", "region", "article_number"),
        Index(
            "ix_balances_safety_level",
            "region",
            "store",
            "article_number",
            postgresql_where=text("safety_level > 0"),
        ),
    )

    article_number: Mapped[ArticleNumber]
    store: Mapped[StoreId]
    available: Mapped[int]
    reserved: Mapped[int]
    on_order: Mapped[int]
    in_reconditioning: Mapped[int] = mapped_column(server_default=text("0"))
    safety_level: Mapped[int] = mapped_column(server_default=text("0"))


class StockMoveRow(Regional, Base):
    """One line of the ledger. Written with the move's event, never changed.

    `cause_id`: what it was made for: an order, a transfer, a stocktaking, a delivery, a device … A
    delivery or a stated balance that was booked before this was kept of them has none.
    """

    __tablename__ = "stock_moves"
    __table_args__ = (
        Index("ix_stock_moves_balance", "region", "store", "article_number", "recorded_at"),
        Index("ix_stock_moves_recorded_at", "region", "recorded_at", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    article_number: Mapped[ArticleNumber]
    store: Mapped[StoreId]
    kind: Mapped[str] = mapped_column(String(40))
    available: Mapped[int]
    reserved: Mapped[int]
    on_order: Mapped[int]
    in_reconditioning: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    moved_on: Mapped[date]
    recorded_at: Mapped[datetime]
    cause_id: Mapped[UUID | None]
