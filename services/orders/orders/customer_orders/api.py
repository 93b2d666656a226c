"""Orders over HTTP: place, withdraw, void, list, show. A handler fills a command and runs it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Commands, Listing, Page, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    AddressKind,
    Delivery,
    LineToOrder,
    PlaceOrder,
    RegisterWithdrawal,
    Supply,
    VoidOrder,
)
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    CareUnitId,
    CareUnitRecipient,
    DeviceNumber,
    Money,
    NamedPatient,
    NamedRecipient,
    OrderId,
    OrderLineId,
    OrderNumber,
    PatientRecipient,
    PayerId,
    PersonRef,
    Quantity,
    Recipient,
    Reference,
    Role,
    ServicePointId,
    StoreId,
    UserId,
)
from pydantic import BaseModel, ConfigDict, Field

from orders.customer_orders.domain import Order, Status
from orders.customer_orders.models import OrderRow
from orders.customer_orders.queries import OrderFilter, orders_query
from orders.people.models import PersonRow

router = ApiRouter(tags=["Ordrar"])

_WRITERS = (Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE, Role.REGION_SYSTEM)

Recipients = Annotated[Recipient, Field(description="Patient (referens) eller vårdenhet")]
Lines = Annotated[tuple[LineToOrder, ...], Field(min_length=1, max_length=100)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    recipient: Recipients
    prescriber: Annotated[UserId, Field(description="Förskrivare")]
    service_point: Annotated[ServicePointId, Field(description="Tjänsteställe")]
    payer_id: Annotated[PayerId | None, Field(description="Bara när den avviker (REF-4)")] = None
    lines: Annotated[Lines, Field(description="Orderrader")]


class OrderBody(_Body):
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


class WithdrawalBody(_Body):
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


class LineView(BaseModel):
    """En orderrad."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    line_id: OrderLineId
    number: Annotated[int, Field(description="Radnummer")]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    article_type: ArticleType
    marked: Annotated[bool, Field(description="Individmärkt")]
    quantity: Annotated[Quantity, Field(description="Beställt antal")]
    delivered: Annotated[int, Field(description="Levererat antal")]
    payer_id: Annotated[PayerId, Field(description="Betalare")]
    device_number: Annotated[DeviceNumber | None, Field(description="Individnummer")]
    fee: Annotated[Money | None, Field(description="Patientavgift per styck, i öre (ORD-18)")]


class OrderSummary(BaseModel):
    """En order i en lista."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    order_id: OrderId
    order_number: Annotated[OrderNumber, Field(description="Ordernummer (ORD-2)")]
    reference: Annotated[Reference | None, Field(description="Regionens egen referens")]
    status: Annotated[Status, Field(description="Status (ORD-15)")]
    pending: Annotated[bool, Field(description="Väntar på svar från lagret")]
    supply: Annotated[Supply, Field(description="Centrallager eller eget förråd")]
    recipient: Recipients
    prescriber: UserId
    requester: UserId
    service_point: ServicePointId
    placed_on: date
    planned_dispatch_on: Annotated[date | None, Field(description="Planerad leverans (ORD-4)")]
    delivered_on: date | None

    @classmethod
    def of(cls, row: OrderRow) -> "OrderSummary":
        """A row as it is listed."""
        return cls.model_validate(_values(row.state()))


class OrderView(OrderSummary):
    """En order."""

    customer_id: Annotated[str, Field(description="Kund")]
    store: Annotated[StoreId, Field(description="Förråd")]
    address_kind: Annotated[AddressKind, Field(description="Vart den levereras (ORD-3)")]
    consolidated: Annotated[bool, Field(description="Samlad leverans")]
    picking_begun: Annotated[bool, Field(description="Plocket har börjat: går inte att makulera")]
    refusal: Annotated[str | None, Field(description="Varför den avvisades eller inte makulerades")]
    lines: list[LineView]

    @classmethod
    def of(cls, row: OrderRow) -> "OrderView":
        """A row as it is shown."""
        return cls.of_order(row.state())

    @classmethod
    def of_order(cls, order: Order) -> "OrderView":
        """An order as it is shown."""
        return cls.model_validate(_values(order))


@router.post("/orders", status_code=201)
async def place_order(body: OrderBody, commands: Commands, reader: Reader) -> OrderView:
    """Lägg en order (ORD-1). `pending` är sann tills lagret har svarat med planerat datum."""
    commands.caller.must_have(*_WRITERS)
    order_id = uuid4()
    command = PlaceOrder(
        recipient=await _named(body.recipient, reader),
        prescriber=body.prescriber,
        requester=commands.caller.user_id,
        service_point=body.service_point,
        payer_id=body.payer_id,
        lines=body.lines,
        delivery=body.delivery,
    )
    return await commands.run(command, target=order_id, show=show_order(order_id))


@router.post("/withdrawals", status_code=202)
async def register_withdrawal(
    body: WithdrawalBody, commands: Commands, reader: Reader
) -> OrderView:
    """Registrera ett uttag ur eget förråd (ORD-7). Lagret svarar; `Prefer: wait=2` väntar."""
    commands.caller.must_have(*_WRITERS)
    order_id = uuid4()
    command = RegisterWithdrawal(
        recipient=await _named(body.recipient, reader),
        prescriber=body.prescriber,
        requester=commands.caller.user_id,
        service_point=body.service_point,
        store=body.store,
        payer_id=body.payer_id,
        lines=body.lines,
    )
    return await commands.run(command, target=order_id, show=show_order(order_id))


@router.post("/orders/{order_id}:void", status_code=202)
async def void_order(order_id: UUID, commands: Commands) -> OrderView:
    """Makulera en hel order (ORD-14). Lagret svarar; `Prefer: wait=2` väntar."""
    commands.caller.must_have(*_WRITERS)
    command = VoidOrder(by=commands.caller.user_id)
    return await commands.run(command, target=order_id, show=show_order(order_id))


@router.get("/orders")
async def list_orders(
    reader: Reader,
    listing: Listing,
    service_point: Annotated[ServicePointId | None, Query(description="Tjänsteställe")] = None,
    placed_from: Annotated[date | None, Query(description="Från och med dag")] = None,
    placed_to: Annotated[date | None, Query(description="Till och med dag")] = None,
    status: Annotated[list[Status] | None, Query(description="En eller flera statusar")] = None,
    supply: Annotated[Supply | None, Query(description="Order eller uttag")] = None,
    order_number: Annotated[
        str | None, Query(pattern=r"^\d{1,9}$", description="Hela numret eller dess början")
    ] = None,
    prescriber: Annotated[UserId | None, Query(description="Förskrivare")] = None,
    requester: Annotated[UserId | None, Query(description="Beställare")] = None,
    mine: Annotated[bool, Query(description="Där jag är förskrivare eller beställare")] = False,
    recipient: Annotated[PersonRef | None, Query(description="Patientens referens")] = None,
    care_unit: Annotated[CareUnitId | None, Query(description="Vårdenhet som mottagare")] = None,
    article_number: Annotated[ArticleNumber | None, Query(description="Artikel")] = None,
) -> Page[OrderSummary]:
    """Sök ordrar (ORD-15)."""
    wanted = OrderFilter(
        service_point=service_point,
        placed_from=placed_from,
        placed_to=placed_to,
        statuses=tuple(status or ()),
        supply=supply,
        order_number=order_number,
        prescriber=prescriber,
        requester=requester,
        either=reader.caller.user_id if mine else None,
        recipient=recipient,
        care_unit=care_unit,
        article_number=article_number,
    )
    return await reader.page(
        orders_query(wanted, region=reader.region),
        listing,
        view=OrderSummary.of,
        sorts={
            name: getattr(OrderRow, name)
            for name in (
                "order_number",
                "placed_on",
                "status",
                "supply",
                "service_point",
                "prescriber",
                "requester",
                "planned_dispatch_on",
                "delivered_on",
            )
        },
        default="-order_number",
    )


@router.get("/orders/{order_id}")
async def get_order(order_id: UUID, reader: Reader) -> OrderView:
    """En order med rader."""
    return OrderView.of(await reader.get(OrderRow, order_id, rule="ORD-15"))


def show_order(order_id: UUID) -> Callable[[Transaction], Awaitable[OrderView]]:
    """What a command about an order shows when it is done."""

    async def show(tx: Transaction) -> OrderView:
        return OrderView.of(await tx.get(OrderRow, order_id))

    return show


async def _named(recipient: PatientRecipient | CareUnitRecipient, reader: Reader) -> NamedRecipient:
    if isinstance(recipient, CareUnitRecipient):
        return recipient
    row = await reader.get(PersonRow, recipient.person, rule="REF-1")
    return NamedPatient(person=row.region_person_id)


def _values(order: Order) -> dict[str, object]:
    return {
        "order_id": order.id,
        "order_number": order.order_number,
        "reference": order.reference,
        "status": order.status,
        "pending": order.is_waiting,
        "supply": order.supply,
        "recipient": order.recipient,
        "prescriber": order.prescriber,
        "requester": order.requester,
        "service_point": order.service_point,
        "placed_on": order.placed_on,
        "planned_dispatch_on": order.planned_dispatch_on,
        "delivered_on": order.delivered_on,
        "customer_id": order.customer_id,
        "store": order.store,
        "address_kind": order.address_kind,
        "consolidated": order.consolidated,
        "picking_begun": order.picking_begun,
        "refusal": order.refusal,
        "lines": [LineView.model_validate(line) for line in order.lines],
    }
