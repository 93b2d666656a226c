"""What purchase orders look like over HTTP: bodies that come in, views that go out. No rule."""

from datetime import date
from typing import Annotated

from kvitt_chassis.http import Body
from kvitt_contracts.copying import same_fields
from kvitt_contracts.day_bounds import HappenedOn, PlannedOn
from kvitt_contracts.types import (
    ArticleNumber,
    Known,
    LineNumber,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PurchaseOrderId,
    Quantity,
    Reference,
    ServicePointId,
    SupplierId,
    UserId,
    Word,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.customer_orders.domain import numbers_of
from orders.customer_orders.lines import LineState as OrderLineState
from orders.customer_orders.models import OrderRow
from orders.purchase_orders.commands import LineComment, LinePrice
from orders.purchase_orders.deviations.domain import DEVIATIONS
from orders.purchase_orders.domain import LineState, PurchaseOrder, Status
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow


class PurchaseOrderBody(Body):
    """En inköpsorder till en leverantör (ORD-11)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "order_id": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    "supplier_id": "nordhjalp",
                    "lines": [1],
                    "comments": [{"line": 1, "comment": "Sitsbredd 42 cm"}],
                }
            ]
        }
    )

    order_id: Annotated[OrderId, Field(description="Ordern som det köps till")]
    supplier_id: Annotated[SupplierId, Field(description="Leverantören: en per inköpsorder")]
    lines: Annotated[
        tuple[LineNumber, ...],
        Field(max_length=100, description="Radnummer; utan dem alla som saknar inköpsorder"),
    ] = ()
    comments: Annotated[
        tuple[LineComment, ...],
        Field(
            max_length=100,
            description="Det som leverantören får veta om en rad: bara det som behövs, inget om"
            " leveransen (ORD-11). Utan dem följer orderradens kommentar med.",
        ),
    ] = ()
    prices: Annotated[
        tuple[LinePrice, ...], Field(max_length=100, description="Avtalade priser per styck")
    ] = ()
    is_sent_by_kvitt: Annotated[
        bool, Field(description="Kvitt skickar den med e-post till leverantören (NTF-4)")
    ] = False
    asked_by: Annotated[
        UserId | None, Field(description="Vem som bad om den, när kundservice gör den (REF-12)")
    ] = None
    reference: Annotated[Reference | None, Field(description="Regionens egen beteckning")] = None


class SendBody(Body):
    """Att leverantören har fått inköpsordern (ORD-11)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"how": "printed", "sent_on": "2026-03-02"}]}
    )

    how: Annotated[Word, Field(description="email, printed (post), portal eller phone")]
    sent_on: Annotated[HappenedOn, Field(description="Dagen då den skickades")]


class DelayBody(Body):
    """En ny dag från leverantören (ORD-4)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lines": [1], "expected_on": "2026-03-16", "asked_by": "k082lno"}]
        }
    )

    lines: Annotated[
        tuple[LineNumber, ...], Field(min_length=1, max_length=100, description="Radnummer")
    ]
    expected_on: Annotated[PlannedOn, Field(description="Dagen då leverantören levererar")]
    asked_by: Annotated[UserId, Field(description="Vem som sade det, eller bad om det (REF-12)")]


class ChangeLineBody(Body):
    """En rad som den är avtalad med leverantören (ORD-14)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"line": 1, "quantity": 2, "asked_by": "k082lno"}]}
    )

    line: Annotated[LineNumber, Field(description="Radnummer")]
    quantity: Annotated[
        int, Field(ge=0, le=10_000, description="Antal som blir kvar; 0 makulerar raden")
    ]
    price: Annotated[Money | None, Field(description="Nytt pris per styck; annars som förut")] = (
        None
    )
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


class DeviationBody(Body):
    """En leverans som inte var som beställd (INV-8)."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"line": 1, "kind": "damaged"}]})

    line: Annotated[LineNumber, Field(description="Radnummer")]
    kind: Annotated[
        Word,
        Known(*DEVIATIONS),
        Field(description="short, wrong_article, too_many eller damaged"),
    ]


class SettleBody(Body):
    """Hur en avvikelse löstes med leverantören (INV-8)."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"line": 1, "how": "credited", "asked_by": "k082lno"}]}
    )

    line: Annotated[LineNumber, Field(description="Radnummer")]
    how: Annotated[Word, Field(description="credited, delivered_anew, returned eller kept")]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


class PurchaseLineView(BaseModel):
    """En rad på en inköpsorder."""

    model_config = ConfigDict(frozen=True)

    line_id: OrderLineId
    number: Annotated[LineNumber, Field(description="Radens nummer i ordern")]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    quantity: Annotated[Quantity, Field(description="Antal")]
    price: Annotated[Money | None, Field(description="Avtalat pris per styck")]
    state: Annotated[LineState, Field(description="Väntas, mottagen eller makulerad")]
    expected_on: Annotated[date, Field(description="När leverantören väntas leverera (ORD-4)")]
    received_on: date | None
    deviation: Annotated[Word | None, Field(description="Hur leveransen avvek (INV-8)")]
    deviation_by: Annotated[UserId | None, Field(description="Vem som anmälde den")]
    settled: Annotated[Word | None, Field(description="Hur avvikelsen löstes")]
    comment: Annotated[str | None, Field(description="Det som leverantören får veta")] = None


class PurchaseOrderSummary(BaseModel):
    """En inköpsorder i en lista."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    purchase_order_id: Annotated[PurchaseOrderId, Field(validation_alias="id")]
    purchase_order_number: Annotated[OrderNumber, Field(description="Eget nummer (ORD-2)")]
    reference: Annotated[Reference | None, Field(description="Regionens egen referens")]
    status: Status
    order_id: OrderId
    order_number: Annotated[OrderNumber, Field(description="Ordernumret")]
    supplier_id: SupplierId
    service_point: ServicePointId
    created_on: date
    expected_on: Annotated[date, Field(description="Väntad dag när den gjordes")]
    awaited_on: Annotated[date | None, Field(description="När det sista väntas nu")]
    sent_on: Annotated[date | None, Field(description="När leverantören fick den")]
    has_deviation: Annotated[bool, Field(description="Har en avvikelse som inte är löst")]

    @classmethod
    def of(cls, row: PurchaseOrderRow) -> "PurchaseOrderSummary":
        """A row as it is listed."""
        return cls.model_validate(row)


class PurchaseOrderView(PurchaseOrderSummary):
    """En inköpsorder."""

    is_sent_by_kvitt: bool
    how: Annotated[Word | None, Field(description="Hur leverantören fick den")]
    sent_by: Annotated[UserId | None, Field(description="Vem som såg till det")]
    by: Annotated[UserId, Field(description="Vem som gjorde den")]
    asked_by: Annotated[UserId | None, Field(description="Vem som bad om den")]
    lines: Annotated[list[PurchaseLineView], Field(validation_alias="shown")]

    @classmethod
    def showing(
        cls, row: PurchaseOrderRow, details: PurchaseOrderDetailsRow | None
    ) -> "PurchaseOrderView":
        """The view of a row, with what the supplier is told."""
        comments = details.comments if details is not None else {}
        state = row.state()
        values = same_fields(state, PurchaseOrder) | {
            "order_number": row.order_number,
            "awaited_on": state.awaited_on,
            "has_deviation": state.has_deviation,
            "shown": lines_of(state, comments),
        }
        return cls.model_validate(values)


class LineToPurchase(BaseModel):
    """En rad som saknar inköpsorder."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: Annotated[LineNumber, Field(description="Radnummer")]
    article_number: ArticleNumber
    quantity: Annotated[int, Field(description="Antal")]
    supplier_id: Annotated[SupplierId, Field(description="Leverantören som den köps av")]


class ToPurchase(BaseModel):
    """En order med direkta rader som saknar inköpsorder (ORD-11)."""

    model_config = ConfigDict(frozen=True)

    order_id: OrderId
    order_number: OrderNumber
    service_point: ServicePointId
    prescriber: UserId
    placed_on: date
    lines: list[LineToPurchase]

    @classmethod
    def of(cls, row: OrderRow) -> "ToPurchase":
        """A row as it is listed."""
        left = [one for one in row.lines if one.is_direct and one.state is OrderLineState.ORDERED]
        return cls(
            order_id=OrderId(row.id),
            order_number=row.order_number,
            service_point=row.service_point,
            prescriber=row.prescriber,
            placed_on=row.placed_on,
            lines=[LineToPurchase.model_validate(line) for line in left],
        )


def lines_of(purchase_order: PurchaseOrder, comments: dict[int, str]) -> list[PurchaseLineView]:
    """The lines as they are shown, with their numbers in the order."""
    numbers = numbers_of(purchase_order.order_id)
    return [
        PurchaseLineView(
            **same_fields(line, PurchaseLineView),
            number=numbers[line.line_id],
            comment=comments.get(numbers[line.line_id]),
        )
        for line in purchase_order.lines
    ]
