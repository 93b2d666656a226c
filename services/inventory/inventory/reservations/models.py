"""The tables of reservations, of the orders behind them, and of what waits for goods."""

from datetime import date, datetime

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.orders import PlacedLine, SuppliedLine
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    OrderId,
    OrderLineId,
    OrderNumber,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.arrivals.domain import Shipment
from inventory.reservations import domain
from inventory.tables import Base


class ReservationRow(
    Aggregate[domain.Reservation],
    Base,
    noun="order",
    topic=topics.INVENTORY_RESERVATIONS,
    state=domain.Reservation,
    evolve=domain.evolve,
):
    """What an order has in the stores; its id is the order's."""

    __tablename__ = "reservations"
    __table_args__ = (Index("ix_reservations_status", "region", "status", "planned_dispatch_on"),)

    status: Mapped[domain.Status]
    planned_dispatch_on: Mapped[date | None]
    lines: Mapped[tuple[domain.Line, ...]] = mapped_column(Json(tuple[domain.Line, ...]))
    in_transit: Mapped[tuple[Shipment, ...]] = mapped_column(Json(tuple[Shipment, ...]))
    decline_reason: Mapped[str | None]


class PlacedOrderRow(Regional, Base):
    """An order as it was placed; orders owns it and it does not change.

    `lines` are those that a store serves, which is `store`; `direct_lines` come from suppliers and
    are in no reservation until they are received (ORD-21). With these alone the first receipt makes
    the reservation, and `store` is the purchasing store. A replenishment has no recipient but the
    store that it fills up, and its prescriber is who ordered it (ORD-9).
    """

    __tablename__ = "placed_orders"
    __table_args__ = (
        Index("ix_placed_orders_number", "region", "order_number", unique=True),
        Index("ix_placed_orders_placed_on", "region", "placed_on", "order_id"),
        Index("ix_placed_orders_service_point", "region", "service_point", "placed_on"),
        Index("ix_placed_orders_prescriber", "region", "prescriber"),
        Index(
            "ix_placed_orders_person",
            "region",
            text("(recipient ->> 'person'::text)"),
            "placed_on",
        ),
        Index("ix_placed_orders_store", "region", "store", "placed_on"),
        Index(
            "ix_placed_orders_to_store",
            "region",
            "to_store",
            postgresql_where=text("to_store IS NOT NULL"),
        ),
    )

    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    recipient: Mapped[Recipient | None] = mapped_column(Json(Recipient))
    prescriber: Mapped[UserId]
    service_point: Mapped[ServicePointId]
    customer_id: Mapped[CustomerId]
    store: Mapped[StoreId]
    placed_on: Mapped[date]
    to_store: Mapped[StoreId | None]
    lines: Mapped[tuple[PlacedLine, ...]] = mapped_column(Json(tuple[PlacedLine, ...]))
    direct_lines: Mapped[tuple[SuppliedLine, ...]] = mapped_column(Json(tuple[SuppliedLine, ...]))

    @property
    def every_line(self) -> tuple[PlacedLine, ...]:
        """The lines, wherever they come from."""
        return (*self.lines, *self.direct_lines)


class BackorderRow(Regional, Base):
    """What an order line waits for. `missing` is the reservation's own figure, found by article."""

    __tablename__ = "backorders"
    __table_args__ = (
        Index(
            "ix_backorders_waiting",
            "region",
            "store",
            "article_number",
            "placed_at",
            postgresql_where=text("missing > 0"),
        ),
    )

    line_id: Mapped[OrderLineId] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId]
    store: Mapped[StoreId]
    article_number: Mapped[ArticleNumber]
    line_number: Mapped[int]
    placed_at: Mapped[datetime]
    order_number: Mapped[OrderNumber]
    missing: Mapped[int]
