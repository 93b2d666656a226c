"""The table of receipts that the stores have answered."""

from datetime import date

from kvitt_chassis.models import Regional
from kvitt_contracts.types import OrderId, ReceiptId
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from inventory.tables import Base


class AnsweredReceiptRow(Regional, Base):
    """A receipt of a direct delivery that is answered: told again, it has no effect (ORD-12)."""

    __tablename__ = "answered_receipts"
    __table_args__ = (Index("ix_answered_receipts_order", "region", "order_id"),)

    receipt_id: Mapped[ReceiptId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    received_on: Mapped[date]
    is_booked: Mapped[bool]
