"""The tables of purchase orders. What a supplier is told in words is in `purchase_order_details`,
never in an event.
"""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.topics import ORDERS_PURCHASE_ORDERS
from kvitt_contracts.types import (
    OrderId,
    OrderNumber,
    PersonRef,
    PurchaseOrderId,
    Reference,
    ServicePointId,
    SupplierId,
    UserId,
    Word,
)
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import Sealed, SealedForPerson
from orders.purchase_orders import domain


class PurchaseOrderRow(
    AboutPersons,
    Aggregate[domain.PurchaseOrder],
    Base,
    noun="purchase-order",
    topic=ORDERS_PURCHASE_ORDERS,
    state=domain.PurchaseOrder,
    evolve=domain.evolve,
):
    """A purchase order; `order_number` and `recipient_person`, of its order, `awaited_on`, by when
    the last of it is expected, and `has_deviation`, one that is not settled, are for queries.
    """

    __tablename__ = "purchase_orders"
    __table_args__ = (
        UniqueConstraint("region", "purchase_order_number", name="uq_purchase_order_number"),
        Index("ix_purchase_orders_service_point", "region", "service_point", "created_on"),
        Index("ix_purchase_orders_order", "region", "order_id"),
        Index("ix_purchase_orders_supplier", "region", "supplier_id", "created_on"),
        Index("ix_purchase_orders_status", "region", "status", "created_on"),
        Index("ix_purchase_orders_created_on", "region", "created_on"),
        Index("ix_purchase_orders_by", "region", "by"),
        Index("ix_purchase_orders_recipient_person", "region", "recipient_person"),
        Index("ix_purchase_orders_awaited_on", "region", "awaited_on"),
        Index(
            "ix_purchase_orders_number_prefix",
            "region",
            "purchase_order_number",
            postgresql_ops={"purchase_order_number": "text_pattern_ops"},
        ),
    )

    purchase_order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    order_id: Mapped[OrderId]
    supplier_id: Mapped[SupplierId]
    service_point: Mapped[ServicePointId]
    created_on: Mapped[date]
    expected_on: Mapped[date]
    is_sent_by_kvitt: Mapped[bool]
    lines: Mapped[tuple[domain.Line, ...]] = mapped_column(Json(tuple[domain.Line, ...]))
    by: Mapped[UserId]
    asked_by: Mapped[UserId | None]
    how: Mapped[Word | None]
    sent_on: Mapped[date | None]
    sent_by: Mapped[UserId | None]
    order_number: Mapped[OrderNumber]
    recipient_person: Mapped[PersonRef | None]
    awaited_on: Mapped[date | None]
    has_deviation: Mapped[bool]

    def apply(self, state: domain.PurchaseOrder) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        self.awaited_on, self.has_deviation = state.awaited_on, state.has_deviation


class PurchaseOrderDetailsRow(SealedForPerson, Regional, Base):
    """What the supplier is told of each line, by its number (ORD-11). `person`: whom it is for."""

    __tablename__ = "purchase_order_details"

    purchase_order_id: Mapped[PurchaseOrderId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    comments = Sealed[dict[int, str]](dict[int, str], erased={})
