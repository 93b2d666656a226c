"""Refill proposals as inventory emitted them, and which order follows one (INV-9)."""

from datetime import date

from kvitt_chassis.models import Regional
from kvitt_contracts.types import OrderId, ProposalId, StoreId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base


class RefillRow(Regional, Base):
    """A proposal to fill up a store. `is_open`: as inventory says; `order_id`: the replenishment
    that follows it, known here first.
    """

    __tablename__ = "refills"
    __table_args__ = (Index("ix_refills_store", "region", "store", "proposed_on"),)
    locked_when_loaded = True

    proposal_id: Mapped[ProposalId] = mapped_column(primary_key=True)
    store: Mapped[StoreId]
    proposed_on: Mapped[date]
    is_open: Mapped[bool]
    order_id: Mapped[OrderId | None]
