"""Reservations over HTTP: what each order has in the stores. No rule here."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.access import Caller
from kvitt_chassis.filters import Eq
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.inventory import SentLine
from kvitt_contracts.types import (
    ArticleNumber,
    Known,
    OrderId,
    OrderLineId,
    OrderNumber,
    Reference,
    StoreId,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, select, true

from inventory.people.queries import WISHES
from inventory.reservations import domain
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import RECIPIENT, is_for_protected, with_reservation
from inventory.stores.queries import own_stores
from inventory.tables import is_among
from inventory.views import FromRow

router = ApiRouter(tags=["Reservationer"])


class ReservedLineView(FromRow):
    """En orderrads läge i förrådet."""

    line_id: OrderLineId
    article_number: ArticleNumber
    reserved: Annotated[int, Field(description="Undanlagt")]
    missing: Annotated[int, Field(description="Saknas")]
    delivered: Annotated[int, Field(description="Levererat")]
    returned: Annotated[int, Field(description="Återlämnat, av det som levererats (INV-7)")]


class ShipmentView(FromRow):
    """Gods på väg."""

    arrives_on: Annotated[date, Field(description="Räknas som mottaget den dagen (ORD-13)")]
    lines: tuple[SentLine, ...]


class ReservationLine(BaseModel):
    """En reservation i en lista."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "order_id": "8b7a1d3e-6c1f-5f0a-9d55-0f3f4f2f7a10",
                    "order_number": "26190007",
                    "reference": "O-2026-00107",
                    "store": "500",
                    "status": "backordered",
                    "placed_on": "2026-05-04",
                    "planned_dispatch_on": "2026-05-18",
                }
            ]
        }
    )

    order_id: OrderId
    order_number: OrderNumber
    reference: Reference | None
    store: StoreId
    status: Annotated[domain.Status, Field(description="Reservationens läge")]
    placed_on: date
    planned_dispatch_on: Annotated[
        date | None, Field(description="Väntas lämna centrallagret (ORD-4)")
    ]

    @classmethod
    def of(cls, row: ReservationRow, order: PlacedOrderRow) -> "ReservationLine":
        """The view of a reservation and its order."""
        return cls(
            order_id=order.order_id,
            order_number=order.order_number,
            reference=order.reference,
            store=order.store,
            status=row.status,
            placed_on=order.placed_on,
            planned_dispatch_on=row.planned_dispatch_on,
        )


class ReservationView(ReservationLine):
    """En order i förrådet: undanlagt, saknat, skickat, levererat."""

    lines: list[ReservedLineView]
    in_transit: list[ShipmentView]
    decline_reason: Annotated[
        str | None,
        Known(domain.NO_LONGER_PURCHASED, domain.NotServed),
        Field(description="Varför ordern eller uttaget inte gick"),
    ]


class ReservationQuery(ListQuery):
    """Which reservations."""

    status: Annotated[domain.Status | None, Eq(ReservationRow.status, "Reservationens läge")] = None
    store: Annotated[StoreId | None, Eq(PlacedOrderRow.store, "Förråd")] = None


def _is_of_own_stores(caller: Caller) -> ColumnElement[bool]:
    return is_among(PlacedOrderRow.store, own_stores(caller))


SCOPE = ScopeOfPersons(
    PlacedOrderRow.region,
    service_points=[PlacedOrderRow.service_point],
    users=[PlacedOrderRow.prescriber],
    also=_is_of_own_stores,
    protected=is_for_protected,
    wishes=WISHES.of(
        RECIPIENT,
        units=[PlacedOrderRow.service_point],
        is_under_way=true,
        also=_is_of_own_stores,
    ),
)

RESERVATIONS = ListOf(
    with_reservation(select(PlacedOrderRow, ReservationRow)),
    scope=SCOPE,
    sorts=named(
        PlacedOrderRow.order_number, PlacedOrderRow.placed_on, ReservationRow.planned_dispatch_on
    ),
    default="-placed_on",
    view=lambda row: ReservationLine.of(row[1], row[0]),
)


@router.get("/reservations")
async def list_reservations(
    reader: Reader, asked: Annotated[ReservationQuery, Query()]
) -> Page[ReservationLine]:
    """Vad order har undanlagt, väntar på eller har fått: dina enheters order och dina egna; för
    kundtjänst alla i regionen, utom de till någon med skyddade personuppgifter.
    """
    return await RESERVATIONS.page(asked, reader)


@router.get("/reservations/{order_id}")
async def show_reservation(order_id: UUID, reader: Reader) -> ReservationView:
    """Vad en order har i förrådet."""
    order, row = await reader.one(
        RESERVATIONS.rows.where(PlacedOrderRow.order_id == order_id, SCOPE.within(reader.grant)),
        noun="reservation",
        rule="ORD-4",
    )
    return ReservationView(
        **dict(ReservationLine.of(row, order)),
        lines=[ReservedLineView.of(line) for line in row.lines],
        in_transit=[ShipmentView.of(shipment) for shipment in row.in_transit],
        decline_reason=row.decline_reason,
    )
