"""What receipts look like over HTTP: bodies that come in, views that go out. No rule."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import ReceivedLine, ReportedLine
from kvitt_contracts.types import (
    ArticleNumber,
    Day,
    Known,
    LineNumber,
    MarkedDevice,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PurchaseOrderId,
    Quantity,
    ReceiptId,
    Reference,
    ServicePointId,
    SupplierId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.articles.models import ArticleRow
from orders.customer_orders.domain import numbers_of
from orders.customer_orders.lines import LineState, OrderLine
from orders.customer_orders.models import OrderRow
from orders.purchase_orders.models import PurchaseOrderRow
from orders.receipts.domain import Status, is_price_asked
from orders.receipts.models import ReceiptRow
from orders.receipts.reasons import NOT_BOOKED, way_on_from

LONGEST = 100


class ReceiptBody(Body):
    """Det som har kommit direkt från en leverantör (ORD-12)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number_kind": "purchase_order",
                    "number": "26110007",
                    "received_on": "2026-03-12",
                    "lines": [
                        {
                            "line": 1,
                            "quantity": 1,
                            "price": {"net_ore": 129000, "vat_percent": 25},
                            "devices": [
                                {"device_number": "170415", "serial_number": "TRO-24-118820"}
                            ],
                        }
                    ],
                }
            ]
        }
    )

    number_kind: Annotated[
        Literal["order", "purchase_order"],
        Field(description="Om numret är orderns eller inköpsorderns: de kan vara lika"),
    ]
    number: Annotated[OrderNumber, Field(description="Ordernumret eller inköpsordernumret")]
    received_on: Annotated[Day, Field(description="Dagen då det togs emot")]
    lines: Annotated[
        tuple[ReceivedLine, ...],
        Field(
            min_length=1,
            max_length=LONGEST,
            description="Bara det som har kommit, och bara hela rader; radnummer ur ordern. Pris"
            " per styck där inget avtalat finns; individ- och serienummer för märkta.",
        ),
    ]
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class ReceiptLineView(BaseModel):
    """En rad som kvitteras."""

    model_config = ConfigDict(frozen=True)

    number: Annotated[LineNumber, Field(description="Radens nummer i ordern")]
    line_id: OrderLineId
    purchase_order_id: PurchaseOrderId
    quantity: Quantity
    price: Annotated[Money, Field(description="Pris per styck")]
    devices: tuple[MarkedDevice, ...]


class RefusedLineView(BaseModel):
    """En rad som förrådet nekade, och vad man gör åt den."""

    model_config = ConfigDict(frozen=True)

    number: Annotated[LineNumber, Field(description="Radens nummer i ordern")]
    reason: Annotated[str, Known(*NOT_BOOKED), Field(description="Skälet, som kod")]
    way_on: Annotated[str, Field(description="Vad man gör")]


class ReceiptView(BaseModel):
    """En kvittens. `pending` är sann tills lagret har svarat; nekas den är inget av den bokfört."""

    model_config = ConfigDict(frozen=True)

    receipt_id: ReceiptId
    reference: Reference | None
    status: Status
    pending: Annotated[bool, Field(description="Lagret har inte svarat än")]
    order_id: OrderId
    order_number: OrderNumber
    service_point: ServicePointId
    received_on: date
    by: Annotated[UserId, Field(description="Vem som kvitterade")]
    lines: list[ReceiptLineView]
    refused: list[RefusedLineView]

    @classmethod
    def of(cls, row: ReceiptRow) -> "ReceiptView":
        """The view of a row."""
        numbers = numbers_of(row.order_id)
        return cls(
            receipt_id=row.receipt_id,
            reference=row.reference,
            status=row.status,
            pending=row.status is Status.REPORTED,
            order_id=row.order_id,
            order_number=row.order_number,
            service_point=row.service_point,
            received_on=row.received_on,
            by=row.by,
            lines=[
                ReceiptLineView(**same_fields(line, ReportedLine), number=numbers[line.line_id])
                for line in row.lines
            ],
            refused=[
                RefusedLineView(
                    number=numbers[one.line_id],
                    reason=one.reason,
                    way_on=way_on_from(one.reason),
                )
                for one in row.refused
            ],
        )


class AwaitedLineView(BaseModel):
    """En rad som väntas, med det som en kvittens av den ska säga."""

    model_config = ConfigDict(frozen=True)

    number: Annotated[LineNumber, Field(description="Radens nummer i ordern")]
    article_number: ArticleNumber
    name: Annotated[str, Field(description="Artikelns benämning")]
    quantity: Annotated[Quantity, Field(description="Antal: en rad kvitteras hel")]
    price: Annotated[Money | None, Field(description="Avtalat pris per styck")]
    is_price_asked: Annotated[bool, Field(description="Priset ska anges vid kvittensen")]
    is_marked: Annotated[bool, Field(description="Individ- och serienummer ska anges")]
    is_receiving: Annotated[bool, Field(description="Kvitteras just; lagret har inte svarat")]
    expected_on: Annotated[date, Field(description="När leverantören väntas leverera")]


class AwaitedView(BaseModel):
    """En inköpsorder som något väntas av, med det som återstår."""

    model_config = ConfigDict(frozen=True)

    purchase_order_id: PurchaseOrderId
    purchase_order_number: OrderNumber
    order_id: OrderId
    order_number: OrderNumber
    supplier_id: SupplierId
    service_point: ServicePointId
    created_on: date
    awaited_on: Annotated[date | None, Field(description="När det sista väntas nu")]
    lines: list[AwaitedLineView]

    @classmethod
    def showing(
        cls,
        row: PurchaseOrderRow,
        order: OrderRow | None,
        articles: Mapping[ArticleNumber, ArticleRow],
    ) -> "AwaitedView":
        """The view of what is left of a purchase order."""
        numbers = numbers_of(row.order_id)
        placed = {line.line_id: line for line in order.lines} if order is not None else {}
        return cls(
            purchase_order_id=PurchaseOrderId(row.id),
            purchase_order_number=row.purchase_order_number,
            order_id=row.order_id,
            order_number=row.order_number,
            supplier_id=row.supplier_id,
            service_point=row.service_point,
            created_on=row.created_on,
            awaited_on=row.awaited_on,
            lines=[
                AwaitedLineView(
                    number=numbers[line.line_id],
                    article_number=line.article_number,
                    name=articles[line.article_number].name,
                    quantity=line.quantity,
                    price=line.price,
                    is_price_asked=is_price_asked(
                        line.price, articles[line.article_number].article()
                    ),
                    is_marked=articles[line.article_number].marked,
                    is_receiving=_is_receiving(placed.get(line.line_id)),
                    expected_on=line.expected_on,
                )
                for line in row.state().open_lines
                if line.article_number in articles
            ],
        )


def _is_receiving(line: OrderLine | None) -> bool:
    return line is not None and line.state is LineState.RECEIVING
