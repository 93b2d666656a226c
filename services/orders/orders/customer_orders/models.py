"""The tables of orders. What is private to one order is in `order_details`, never in an event."""

from datetime import date

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts.orders import AddressKind, Cover, Delivery, LineSupply
from kvitt_contracts.topics import ORDERS_CUSTOMER_ORDERS
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CustomerId,
    OrderId,
    OrderNumber,
    PatientRecipient,
    PersonRef,
    PolicyVersion,
    ProposalId,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    UserId,
)
from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from orders.customer_orders import domain
from orders.customer_orders.lines import OrderLine
from orders.models import Base
from orders.people.done import AboutPersons
from orders.people.keys.sealing import Sealed, SealedForPerson


class OrderRow(
    AboutPersons,
    Aggregate[domain.Order],
    Base,
    noun="order",
    topic=ORDERS_CUSTOMER_ORDERS,
    state=domain.Order,
    evolve=domain.evolve,
):
    """An order, a withdrawal or a replenishment. `recipient_person` and `recipient_unit` are for
    queries.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("region", "order_number", name="uq_order_number"),
        Index("ix_orders_service_point", "region", "service_point", "placed_on"),
        Index("ix_orders_recipient_person", "region", "recipient_person"),
        Index("ix_orders_prescriber", "region", "prescriber", "placed_on"),
        Index("ix_orders_requester", "region", "requester", "placed_on"),
        Index("ix_orders_placed_on", "region", "placed_on"),
        Index(
            "ix_orders_number_prefix",
            "region",
            "order_number",
            postgresql_ops={"order_number": "text_pattern_ops"},
        ),
        # decision 0466: what the search narrows or sorts by, and what orders equal rows then
        Index("ix_orders_status", "region", "status", "placed_on"),
        Index("ix_orders_supply", "region", "supply", "placed_on"),
        Index("ix_orders_planned_dispatch_on", "region", "planned_dispatch_on", "placed_on"),
        Index("ix_orders_delivered_on", "region", "delivered_on", "placed_on"),
        Index("ix_orders_to_store", "region", "to_store", "placed_on"),
        Index("ix_orders_reference", "region", "reference", "placed_on"),
        Index("ix_orders_recipient_unit", "region", "recipient_unit"),
        Index("ix_orders_is_urgent", "region", "is_urgent", "placed_on"),
        Index(  # decision 0472: whose orders are, of many found by something else
            "ix_orders_whose",
            "region",
            "id",
            postgresql_include=["recipient_person", "prescriber", "requester", "service_point"],
        ),
    )

    order_number: Mapped[OrderNumber]
    reference: Mapped[Reference | None]
    status: Mapped[domain.Status]
    recipient: Mapped[Recipient | None] = mapped_column(Json(Recipient))
    prescriber: Mapped[UserId]
    requester: Mapped[UserId]
    service_point: Mapped[ServicePointId]
    customer_id: Mapped[CustomerId]
    supply: Mapped[LineSupply]
    store: Mapped[StoreId]
    address_kind: Mapped[AddressKind]
    consolidated: Mapped[bool]
    placed_on: Mapped[date]
    policy: Mapped[PolicyVersion] = mapped_column(Json(PolicyVersion))
    lines: Mapped[tuple[OrderLine, ...]] = mapped_column(Json(tuple[OrderLine, ...]))
    planned_dispatch_on: Mapped[date | None]
    picking_begun: Mapped[bool]
    delivered_on: Mapped[date | None]
    refusal: Mapped[str | None]
    to_store: Mapped[StoreId | None]
    proposal_id: Mapped[ProposalId | None]
    cover: Mapped[Cover | None] = mapped_column(Json(Cover))
    is_urgent: Mapped[bool]
    recipient_person: Mapped[PersonRef | None]
    recipient_unit: Mapped[CareUnitId | None]

    @property
    def order_type(self) -> domain.OrderType:
        """What kind of order it is (ORD-15)."""
        return self.state().order_type

    def apply(self, state: domain.Order) -> None:
        """Write a state into the columns, those for queries included."""
        super().apply(state)
        if isinstance(state.recipient, PatientRecipient):
            self.recipient_person = state.recipient.person
        elif state.recipient is not None:
            self.recipient_unit = state.recipient.unit


class OrderArticleRow(Regional, Base):
    """An article that an order has lines of. The database writes it with the order (decision 0466):
    no index finds what a list of lines contains under row security.
    """

    __tablename__ = "order_articles"
    __table_args__ = (
        Index(
            "ix_order_articles_whose",
            "region",
            "article_number",
            "service_point",
            "prescriber",
            "requester",
            "order_id",
        ),
    )

    article_number: Mapped[ArticleNumber] = mapped_column(primary_key=True)
    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    # decision 0472: whose the order is
    service_point: Mapped[ServicePointId | None]
    prescriber: Mapped[UserId | None]
    requester: Mapped[UserId | None]


# decision 0032: what is private to an order stands beside its row, not in its events
class OrderDetailsRow(SealedForPerson, Regional, Base):
    """Stored with one order alone: address, phone, instructions, comments (ORD-3). `person`: whom
    the order is for.
    """

    __tablename__ = "order_details"

    order_id: Mapped[OrderId] = mapped_column(primary_key=True)
    person: Mapped[PersonRef | None]
    delivery = Sealed[Delivery](Delivery, erased=Delivery())
    comments = Sealed[dict[int, str]](dict[int, str], erased={})
