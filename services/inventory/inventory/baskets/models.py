"""The tables of baskets: what each has in its store, as it was asked for, what it delivered, and
what is free again.
"""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.orders import BasketLine
from kvitt_contracts.types import (
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.baskets import domain
from inventory.tables import Base


class BasketRow(
    Aggregate[domain.Basket],
    Base,
    noun="order",
    topic=topics.INVENTORY_RESERVATIONS,
    state=domain.Basket,
    evolve=domain.evolve,
):
    """What a basket loan has in its store; its id is the order's."""

    __tablename__ = "baskets"

    status: Mapped[domain.Status]
    lines: Mapped[tuple[domain.Line, ...]] = mapped_column(Json(tuple[domain.Line, ...]))


class BasketOrderRow(Regional, Base):
    """A basket loan as it was asked for; orders owns it and it does not change."""

    __tablename__ = "basket_orders"
    __table_args__ = (
        Index("ix_basket_orders_number", "region", "order_number", unique=True),
        Index("ix_basket_orders_store", "region", "store", "lent_on"),
    )

    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    prescriber: Mapped[UserId]
    service_point: Mapped[ServicePointId]
    store: Mapped[StoreId]
    lent_on: Mapped[date]
    due_on: Mapped[date]
    lines: Mapped[tuple[BasketLine, ...]] = mapped_column(Json(tuple[BasketLine, ...]))


class BasketDeliveryRow(Regional, Base):
    """Whom a line of a basket was delivered to, who pays, and when."""

    __tablename__ = "basket_deliveries"
    __table_args__ = (
        Index("ix_basket_deliveries_person", "region", text("(recipient ->> 'person'::text)")),
    )

    line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    recipient: Mapped[Recipient] = mapped_column(Json(Recipient))
    payer_id: Mapped[PayerId]
    delivered_on: Mapped[date]


class BasketFreedRow(Regional, Base):
    """When what a line of a basket had set aside was free in its store again: put back, by an act
    or by a return of its device, or let go.
    """

    __tablename__ = "basket_freed"
    __table_args__ = (Index("ix_basket_freed_freed_at", "region", "store", "freed_at"),)

    line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    store: Mapped[StoreId]
    freed_at: Mapped[datetime]
