"""Orders over HTTP: place, withdraw, void, list, show. A handler fills a command and runs it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    Listing,
    Page,
    Reader,
    RegionReader,
    SignedIn,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    PlaceOrder,
    RegisterWithdrawal,
    Supply,
    VoidOrder,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    CareUnitRecipient,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    PersonRef,
    Role,
    ServicePointId,
    UserId,
)

from orders.customer_orders.deliveries import resolve_delivery
from orders.customer_orders.domain import Status
from orders.customer_orders.handlers import preview
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.queries import OrderFilter, orders_query
from orders.customer_orders.views import (
    DeliveryView,
    OrderBody,
    OrderPreview,
    OrderSummary,
    OrderView,
    PreviewLine,
    WithdrawalBody,
)
from orders.people.domain import Purpose, roles_that_may_ask
from orders.people.models import PersonRow
from orders.read_transaction import Asking

router = ApiRouter(tags=["Ordrar"])

_WRITERS = (Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE, Role.REGION_SYSTEM)


@router.post("/orders", status_code=201)
async def place_order(body: OrderBody, commands: Commands, reader: Reader) -> OrderView:
    """Lägg en order (ORD-1). `pending` är sann tills lagret har svarat med planerat datum."""
    commands.caller.must_have(*_WRITERS)
    order_id = uuid4()
    command = await _command(body, reader)
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
    row = await reader.get(OrderRow, order_id, rule="ORD-15")
    return OrderView.of(row, await reader.look_up(OrderDetailsRow, order_id))


@router.post("/orders:preview")
async def preview_order(body: OrderBody, tx: Asking, reader: Reader) -> OrderPreview:
    """Visa en order som den skulle bli: avgiften syns så snart raden är tillagd (ORD-18)."""
    reader.caller.must_have(*_WRITERS)
    placed = await preview(await _command(body, reader), tx)
    return OrderPreview(lines=[PreviewLine.model_validate(line) for line in placed.lines])


@router.post("/orders/{order_id}:resolve-delivery")
async def show_delivery(order_id: UUID, tx: Asking, caller: SignedIn) -> DeliveryView:
    """Vart en order ska, för den som levererar. Varje uppslag av en patient loggas."""
    caller.must_have(*roles_that_may_ask(Purpose.DELIVERY))
    row = await tx.get(OrderRow, order_id, rule="ORD-3")
    return await resolve_delivery(row, tx, user=caller.user_id)


def show_order(order_id: UUID) -> Callable[[Transaction], Awaitable[OrderView]]:
    """What a command about an order shows when it is done."""

    async def show(tx: Transaction) -> OrderView:
        row = await tx.get(OrderRow, order_id)
        return OrderView.of(row, await tx.look_up(OrderDetailsRow, order_id))

    return show


async def _command(body: OrderBody, reader: RegionReader) -> PlaceOrder:
    return PlaceOrder(
        recipient=await _named(body.recipient, reader),
        prescriber=body.prescriber,
        requester=reader.caller.user_id,
        service_point=body.service_point,
        payer_id=body.payer_id,
        lines=body.lines,
        delivery=body.delivery,
    )


async def _named(
    recipient: PatientRecipient | CareUnitRecipient, reader: RegionReader
) -> NamedRecipient:
    if isinstance(recipient, CareUnitRecipient):
        return recipient
    row = await reader.get(PersonRow, recipient.person, rule="REF-1")
    return NamedPatient(person=row.region_person_id)
