"""What orders look like over HTTP: bodies that come in, views that go out. No route, no rule."""

from datetime import date
from typing import Annotated
from uuid import UUID

from kvitt_chassis.http import Body
from kvitt_contracts.orders import (
    AddressKind,
    Cover,
    CoverToOrder,
    Delivery,
    LineSupply,
    LineToOrder,
    OrderPlaced,
    OrderPlacedV2,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    DeviceNumber,
    Known,
    LineNumber,
    Money,
    OrderId,
    OrderLineId,
    OrderNumber,
    PayerId,
    PurchaseOrderId,
    Quantity,
    ReasonCode,
    Recipient,
    Reference,
    ServicePointId,
    StoreId,
    SupplierId,
    UserId,
    WorkOrderId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.attachments.domain import MOST_SENT
from orders.customer_orders.domain import OrderType, Status
from orders.customer_orders.line_rules.domain import purchases_to_offer
from orders.customer_orders.lines import LineState
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.reasons import Reason
from orders.drafting.domain import DraftSeen
from orders.places.views import PlaceView

Recipients = Annotated[Recipient, Field(description="Patient (referens) eller vårdenhet")]
Lines = Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]


class Asked(Body):
    """Det som en order och ett uttag har gemensamt."""

    model_config = ConfigDict(extra="forbid")

    recipient: Recipients
    prescriber: Annotated[UserId, Field(description="Förskrivare")]
    service_point: Annotated[ServicePointId, Field(description="Tjänsteställe")]
    payer_id: Annotated[PayerId | None, Field(description="Bara när den avviker (REF-4)")] = None
    cover: Annotated[
        CoverToOrder | None,
        Field(description="Vem som betalar i stället: hemregionen eller staten (BIL-5, BIL-11)"),
    ] = None
    lines: Annotated[Lines, Field(description="Orderrader")]
    reference: Annotated[
        Reference | None,
        Field(description="Regionens egen beteckning: den namnger ordern i regionens flöde"),
    ] = None


class OrderBody(Asked):
    """En order från centrallagret (ORD-1)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "prescriber": "k082lno",
                    "service_point": "61201",
                    "lines": [{"article_number": "12345", "quantity": 1}],
                    "delivery": {"to": {"kind": "recipient"}, "door_code": "1789"},
                }
            ]
        }
    )

    delivery: Annotated[Delivery, Field(description="Leverans (ORD-3)")] = Delivery()
    draft: Annotated[
        DraftSeen | None, Field(description="Utkastet som den började som, och som är slut då")
    ] = None
    attachments: Annotated[
        tuple[UUID, ...],
        Field(max_length=MOST_SENT, description="Bilagor, som en artikel kan kräva (ORD-24)"),
    ] = ()


class WithdrawalBody(Asked):
    """Ett uttag ur eget förråd (ORD-7)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "recipient": {
                        "kind": "patient",
                        "person": "0b7c2f5e-58a4-4a5f-9d5e-3f1f4b8b3c11",
                    },
                    "prescriber": "k082lno",
                    "service_point": "61201",
                    "store": "402",
                    "lines": [{"article_number": "12345", "device_number": "RUL-1001"}],
                }
            ]
        }
    )

    store: Annotated[StoreId, Field(description="Tjänsteställets eget förråd")]


class VoidLinesBody(Body):
    """Rader som makuleras (ORD-14)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"lines": [2], "reason": "CANNOT_DELIVER", "is_supplier_told": True}]
        }
    )

    lines: Annotated[
        tuple[LineNumber, ...], Field(min_length=1, max_length=100, description="Radnummer")
    ]
    reason: Annotated[ReasonCode, Field(description="Orsak, som en kod")]
    is_supplier_told: Annotated[
        bool, Field(description="Leverantören är meddelad; krävs när en inköpsorder är gjord")
    ] = False
    asked_by: Annotated[
        UserId | None, Field(description="Vem som bad om det, när kundservice gör det (REF-12)")
    ] = None


class SetDeliveryBody(Body):
    """Hur det som är kvar av en order levereras, som någon har bett om (REF-12)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"is_urgent": True, "is_consolidated": False, "asked_by": "k082lno"}]
        }
    )

    is_urgent: Annotated[bool, Field(description="Brådskande leverans")]
    is_consolidated: Annotated[
        bool, Field(description="Samlad leverans; annars delleveranser (ORD-3)")
    ]
    asked_by: Annotated[UserId, Field(description="Vem som bad om det (REF-12)")]


class PreviewLine(BaseModel):
    """En orderrad som den skulle bli."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: Annotated[int, Field(description="Radnummer")]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    article_type: ArticleType
    marked: Annotated[bool, Field(description="Individmärkt")]
    quantity: Annotated[Quantity, Field(description="Beställt antal")]
    payer_id: Annotated[PayerId, Field(description="Betalare")]
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer")]
    fee: Annotated[Money | None, Field(description="Patientavgift per styck, i öre (ORD-18)")]
    application: Annotated[
        WorkOrderId | None, Field(description="Ansökan som artikeln beställs efter (ACT-5)")
    ]
    supply: Annotated[
        LineSupply | None, Field(description="Centrallager, eget förråd eller direkt (ORD-21)")
    ] = None
    supplier_id: Annotated[
        SupplierId | None, Field(description="Leverantören, när raden kommer direkt")
    ] = None
    instead_of: Annotated[
        ArticleNumber | None,
        Field(description="Artikeln som först söktes, när en äldre valdes i stället (ORD-6)"),
    ] = None


class LineView(PreviewLine):
    """En orderrad."""

    line_id: OrderLineId
    delivered: Annotated[int, Field(description="Levererat antal")]
    state: Annotated[LineState, Field(description="Var raden är")]
    purchase_order_id: Annotated[
        PurchaseOrderId | None, Field(description="Inköpsordern som raden är med på (ORD-11)")
    ]
    planned_dispatch_on: Annotated[
        date | None, Field(description="När raden väntas lämna leverantören (ORD-4)")
    ]
    planned_arrival_on: Annotated[
        date | None, Field(description="När raden väntas fram: normalt arbetsdagen efter (ORD-4)")
    ]
    comment: Annotated[str | None, Field(description="Kommentar till raden")] = None


class OrderPreview(BaseModel):
    """En order som den skulle bli, med betalare och avgift (ORD-18). Ingenting registreras."""

    lines: list[PreviewLine]

    @classmethod
    def of(cls, placed: OrderPlaced | OrderPlacedV2) -> "OrderPreview":
        """The view of an order as it would be placed."""
        lines = [PreviewLine.model_validate(line) for line in placed.lines]
        if isinstance(placed, OrderPlaced):
            supply = {"supply": LineSupply(placed.supply)}
            lines = [line.model_copy(update=supply) for line in lines]
        return cls(lines=lines)


class OrderSummary(BaseModel):
    """En order i en lista."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    order_id: Annotated[OrderId, Field(validation_alias="id")]
    order_number: Annotated[OrderNumber, Field(description="Ordernummer (ORD-2)")]
    reference: Annotated[Reference | None, Field(description="Regionens egen referens")]
    status: Annotated[Status, Field(description="Status (ORD-15)")]
    pending: Annotated[
        bool, Field(validation_alias="is_waiting", description="Väntar på svar från lagret")
    ]
    supply: Annotated[
        LineSupply,
        Field(description="Centrallager, eget förråd, eller bara direkt från leverantörer"),
    ]
    order_type: Annotated[OrderType, Field(description="Order, uttag eller lagerpåfyllnad")]
    recipient: Annotated[
        Recipient | None,
        Field(description="Patient (referens) eller vårdenhet; saknas för en lagerpåfyllnad"),
    ]
    to_store: Annotated[StoreId | None, Field(description="Förrådet som fylls på (ORD-9)")]
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    placed_on: date
    is_urgent: Annotated[bool, Field(description="Brådskande leverans (REF-12)")]
    planned_dispatch_on: Annotated[date | None, Field(description="Planerad leverans (ORD-4)")]
    planned_arrival_on: Annotated[
        date | None, Field(description="När den väntas fram: normalt arbetsdagen efter (ORD-4)")
    ]
    delivered_on: date | None
    cover: Annotated[
        Cover | None,
        Field(description="Vem som betalar i stället: hemregionen eller staten (BIL-5, BIL-11)"),
    ]

    @classmethod
    def of(cls, row: OrderRow) -> "OrderSummary":
        """A row as it is listed."""
        return cls.model_validate(row.state())


class PurchaseOffer(BaseModel):
    """En inköpsorder som kan skapas: `POST /purchase-orders` (ORD-21)."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"supplier_id": "nordhjalp", "lines": [1, 3]}]}
    )

    supplier_id: Annotated[SupplierId, Field(description="Leverantören: en per inköpsorder")]
    lines: Annotated[tuple[LineNumber, ...], Field(description="Radnummer som saknar inköpsorder")]


class OrderView(OrderSummary):
    """En order."""

    customer_id: Annotated[str, Field(description="Kund")]
    store: Annotated[StoreId, Field(description="Förråd")]
    address_kind: Annotated[AddressKind, Field(description="Vart den levereras (ORD-3)")]
    consolidated: Annotated[
        bool, Field(description="Samlad leverans; annars delleveranser (ORD-3)")
    ]
    picking_begun: Annotated[bool, Field(description="Plocket har börjat: går inte att makulera")]
    refusal: Annotated[str | None, Field(description="Varför den avvisades eller inte makulerades")]
    lines: list[LineView]
    to_purchase: Annotated[
        list[PurchaseOffer],
        Field(description="Inköpsordrar som rader över inköpsförrådet erbjuder (ORD-21)"),
    ] = []

    @classmethod
    def of(cls, row: OrderRow, details: OrderDetailsRow | None = None) -> "OrderView":
        """The view of a row, with the comments that are stored beside it."""
        comments = details.comments if details is not None else {}
        order = row.state()
        view = cls.model_validate(order)
        lines = [
            shown.model_copy(
                update={
                    "comment": comments.get(line.number),
                    "supply": LineSupply.DIRECT if line.is_direct else order.supply,
                }
            )
            for shown, line in zip(view.lines, order.lines, strict=True)
        ]
        offers = [
            PurchaseOffer(supplier_id=supplier, lines=numbers)
            for supplier, numbers in purchases_to_offer(order).items()
        ]
        return view.model_copy(update={"lines": lines, "to_purchase": offers})


class VoidingView(BaseModel):
    """Om den som frågar kan makulera en order nu, och annars varför inte (ORD-14)."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "may": False,
                    "reason": "PICKING_BEGUN",
                    "rule": "ORD-14",
                    "way_on": "Plocket har börjat. Kontakta hjälpmedelsservice.",
                }
            ]
        },
    )

    may: Annotated[bool, Field(description="Går att makulera, om lagret släpper varorna")]
    reason: Annotated[
        str | None,
        Known(Reason, "VOIDED", "VOIDING"),
        Field(description="Varför inte"),
    ] = None
    rule: Annotated[str | None, Field(description="Enligt vilken regel")] = None
    way_on: Annotated[str | None, Field(description="Vad man kan göra i stället")] = None


class DeliveryView(PlaceView):
    """Vart en order ska, för den som levererar (ORD-3)."""

    order_id: OrderId
    order_number: OrderNumber
    consolidated: Annotated[bool, Field(description="Samlad leverans")]
    is_urgent: Annotated[bool, Field(description="Brådskande leverans (REF-12)")]
