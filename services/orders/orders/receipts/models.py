"""The table of receipts: who has reported what, and what became of it."""

from datetime import date

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.orders import ReportedLine
from kvitt_contracts.types import (
    OrderId,
    OrderNumber,
    PersonRef,
    ReceiptId,
    Reference,
    RefusedLine,
    ServicePointId,
    UserId,
)
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.receipts import domain


class ReceiptRow(Regional, Base):
    """A receipt of a direct delivery. Its events are the order's (ORD-12)."""

    __tablename__ = "receipts"
    __table_args__ = (
        Index("ix_receipts_order", "region", "order_id"),
        Index("ix_receipts_service_point", "region", "service_point", "received_on"),
    )
    locked_when_loaded = True  # the stores' answers are written into it

    receipt_id: Mapped[ReceiptId] = mapped_column(primary_key=True)
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    order_id: Mapped[OrderId]
    order_number: Mapped[OrderNumber]
    service_point: Mapped[ServicePointId]
    recipient_person: Mapped[PersonRef | None]
    received_on: Mapped[date]
    by: Mapped[UserId]
    lines: Mapped[tuple[ReportedLine, ...]] = mapped_column(Json(tuple[ReportedLine, ...]))
    refused: Mapped[tuple[RefusedLine, ...]] = mapped_column(Json(tuple[RefusedLine, ...]))
