"""Orders over HTTP: place, withdraw, void, list, show. A handler fills a command and runs it."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Contains, Eq, From, In, StartsWith, To, Where
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    Scope,
    SignedIn,
    named,
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
from pydantic import Field
from sqlalchemy import ColumnElement, or_, select

from orders.customer_orders.deliveries import resolve_delivery
from orders.customer_orders.domain import Status
from orders.customer_orders.handlers import preview
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.queries import is_for_the_person
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


def _is_mine(_: bool, reader: RegionReader) -> ColumnElement[bool]:
    me = reader.caller.user_id
    return or_(OrderRow.prescriber == me, OrderRow.requester == me)


class OrderQuery(ListQuery):
    """What ORD-15 lets one search by; each that is given narrows the list. Days are inclusive."""

    service_point: Annotated[ServicePointId | None, Eq(OrderRow.service_point, "Tjänsteställe")] = (
        None
    )
    placed_from: Annotated[date | None, From(OrderRow.placed_on, "Från och med dag")] = None
    placed_to: Annotated[date | None, To(OrderRow.placed_on, "Till och med dag")] = None
    status: Annotated[list[Status] | None, In(OrderRow.status, "En eller flera statusar")] = None
    supply: Annotated[Supply | None, Eq(OrderRow.supply, "Order eller uttag")] = None
    order_number: Annotated[
        str | None,
        StartsWith(OrderRow.order_number, "Hela numret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    prescriber: Annotated[UserId | None, Eq(OrderRow.prescriber, "Förskrivare")] = None
    requester: Annotated[UserId | None, Eq(OrderRow.requester, "Beställare")] = None
    mine: Annotated[bool, Where(_is_mine, "Där jag är förskrivare eller beställare")] = False
    recipient: Annotated[PersonRef | None, Where(is_for_the_person, "Patientens referens")] = None
    care_unit: Annotated[
        CareUnitId | None, Eq(OrderRow.recipient_unit, "Vårdenhet som mottagare")
    ] = None
    article_number: Annotated[
        ArticleNumber | None, Contains(OrderRow.lines, "Artikel", member="article_number")
    ] = None


ORDERS = ListOf(
    select(OrderRow),
    scope=Scope(OrderRow.region, OrderRow.service_point),
    sorts=named(
        OrderRow.order_number,
        OrderRow.placed_on,
        OrderRow.status,
        OrderRow.supply,
        OrderRow.service_point,
        OrderRow.prescriber,
        OrderRow.requester,
        OrderRow.planned_dispatch_on,
        OrderRow.delivered_on,
    ),
    default="-order_number",
    view=OrderSummary.of,
)


@router.get("/orders")
async def list_orders(reader: Reader, asked: Annotated[OrderQuery, Query()]) -> Page[OrderSummary]:
    """Sök ordrar (ORD-15)."""
    return await ORDERS.page(asked, reader)


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
