"""What patients and units have ordered and not got yet, over HTTP (ORD-20). No rule here."""

from datetime import date
from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import ForTheView
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionReader, named
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    OrderId,
    OrderNumber,
    PersonRef,
    Quantity,
    Recipient,
    ServicePointId,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, or_, select

from orders.customer_orders.api import SCOPE
from orders.customer_orders.domain import OPEN
from orders.customer_orders.models import OrderRow
from orders.people.queries import concerns

router = ApiRouter(tags=["Ordrar"])

_MOST = 50


class AwaitedLine(BaseModel):
    """En orderrad som inte är levererad, eller bara till en del."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: Annotated[int, Field(description="Radnummer")]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    quantity: Annotated[Quantity, Field(description="Beställt antal")]
    delivered: Annotated[int, Field(description="Levererat antal")]
    planned_dispatch_on: Annotated[
        date | None, Field(description="När den väntas lämna lagret eller leverantören (ORD-4)")
    ]
    planned_arrival_on: Annotated[date | None, Field(description="När den väntas fram (ORD-4)")]


class AwaitedOrder(BaseModel):
    """En order av vilken något är kvar att leverera, med de raderna."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "order_id": "8b7a1d3e-6c1f-5f0a-9d55-0f3f4f2f7a10",
                    "order_number": "26100001",
                    "recipient": {"kind": "care_unit", "unit": "30110"},
                    "service_point": "61201",
                    "placed_on": "2026-05-04",
                    "lines": [
                        {
                            "number": 1,
                            "article_number": "30457",
                            "quantity": 3,
                            "delivered": 1,
                            "planned_dispatch_on": "2026-05-05",
                            "planned_arrival_on": "2026-05-06",
                        }
                    ],
                }
            ]
        },
    )

    order_id: OrderId
    order_number: Annotated[OrderNumber, Field(description="Ordernummer (ORD-2)")]
    recipient: Annotated[Recipient | None, Field(description="Patient (referens) eller vårdenhet")]
    service_point: ServicePointId
    placed_on: Annotated[date, Field(description="Beställd")]
    lines: list[AwaitedLine]

    @classmethod
    def of(cls, row: OrderRow) -> "AwaitedOrder":
        """A row with its lines that are to come."""
        order = row.state()
        return cls(
            order_id=order.id,
            order_number=order.order_number,
            recipient=order.recipient,
            service_point=order.service_point,
            placed_on=order.placed_on,
            lines=[
                AwaitedLine(
                    number=line.number,
                    article_number=line.article_number,
                    quantity=line.quantity,
                    delivered=line.delivered,
                    # what a store serves leaves with the whole order
                    planned_dispatch_on=(line if line.is_direct else order).planned_dispatch_on,
                    planned_arrival_on=(line if line.is_direct else order).planned_arrival_on,
                )
                for line in order.lines
                if not line.is_over
            ],
        )


class AwaitedQuery(ListQuery):
    """Whose: theirs who are named, patients and units alike."""

    recipient: Annotated[
        list[PersonRef] | None,
        ForTheView("En eller flera patienter, som referenser"),
        Field(max_length=_MOST),
    ] = None
    care_unit: Annotated[
        list[CareUnitId] | None,
        ForTheView("En eller flera vårdenheter, utöver patienterna"),
        Field(max_length=_MOST),
    ] = None


def _of_those(asked: AwaitedQuery, reader: RegionReader) -> list[ColumnElement[bool]]:
    is_theirs = concerns(OrderRow.recipient_person)
    named = [is_theirs(one, reader) for one in asked.recipient or ()]
    if asked.care_unit:
        named.append(OrderRow.recipient_unit.in_(asked.care_unit))
    return [or_(*named)] if named else []


AWAITED = ListOf(
    select(OrderRow).where(OrderRow.status.in_(OPEN), OrderRow.to_store.is_(None)),
    scope=SCOPE,
    sorts=named(OrderRow.order_number, OrderRow.placed_on),
    default="-order_number",
    view=AwaitedOrder.of,
)


@router.get("/orders:awaited")
async def list_awaited(
    reader: Reader, asked: Annotated[AwaitedQuery, Query()]
) -> Page[AwaitedOrder]:
    """Vad patienter och enheter har beställt och inte fått än (ORD-20), rad för rad, för en eller
    flera mottagare.
    """
    return await AWAITED.page(asked, reader, *_of_those(asked, reader))
