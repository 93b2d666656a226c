"""Orders over HTTP: void, list, show. They are placed in `orders.placements`."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq, In, StartsWith, Where
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_chassis.web.stories import Story, told
from kvitt_contracts.orders import LineSupply, SetDelivery, VoidOrder, VoidOrderLines
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    Day,
    OrderId,
    PersonRef,
    ServicePointId,
    UserId,
)
from pydantic import Field
from sqlalchemy import ColumnElement, and_, or_, select

from orders.blocks.queries import WISHES
from orders.customer_orders import domain, story
from orders.customer_orders.domain import OrderType, Status
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.queries import has_lines_of, is_for_protected, is_for_whom_they_act
from orders.customer_orders.views import (
    DeliveryView,
    OrderSummary,
    OrderView,
    SetDeliveryBody,
    VoidingView,
    VoidLinesBody,
)
from orders.numbers.domain import begins_at, ends_before
from orders.people.keys.opening import opened_if_any
from orders.people.queries import concerns
from orders.places.resolving import place_of
from orders.replenishment_addresses.queries import address_of
from orders.units.models import UserRow
from orders.units.queries import user_key

router = ApiRouter(tags=["Ordrar"])

# decision 0280: an order is its service point's, its parties' and theirs who act for its prescriber
SCOPE = ScopeOfPersons(
    OrderRow.region,
    service_points=[OrderRow.service_point],
    users=[OrderRow.prescriber, OrderRow.requester],
    also=is_for_whom_they_act,
    protected=is_for_protected,
    wishes=WISHES.of(
        OrderRow.recipient_person,
        units=[OrderRow.service_point],
        is_under_way=lambda: OrderRow.status.in_(domain.OPEN),
    ),
)


@router.post("/orders/{order_id}:void", status_code=202)
async def void_order(order_id: UUID, commands: Commands) -> OrderView:
    """Makulera en hel order (ORD-14). Lagret svarar; `Prefer: wait=2` väntar. Det som bara kommer
    direkt från leverantörer makuleras genast.

    Nekas: UNKNOWN_ORDER (ORD-14), UNKNOWN_USER, NOT_YOUR_ORDER (REF-3), WITHDRAWAL_IS_DELIVERED,
    DELIVERED, DECLINED, PICKING_BEGUN, PURCHASE_ORDER_EXISTS (ORD-14).
    """
    command = VoidOrder(by=commands.caller.user_id)
    return await commands.run(
        command, target=order_id, scope=SCOPE, rule="ORD-14", show=show_order(order_id)
    )


@router.post("/orders/{order_id}:void-lines")
async def void_order_lines(order_id: UUID, body: VoidLinesBody, commands: Commands) -> OrderView:
    """Makulera enstaka rader som kommer direkt från leverantören; de andra står kvar (ORD-14).

    Nekas: UNKNOWN_ORDER (ORD-14), UNKNOWN_USER, NOT_YOUR_ORDER (REF-3), ASKED_BY_MISSING (REF-12),
    BY_CUSTOMER_SERVICE_ONLY, UNKNOWN_LINE, NOT_DIRECT, DECLINED, LINE_IS_RECEIVED,
    SUPPLIER_NOT_TOLD (ORD-14).
    """
    command = VoidOrderLines(
        lines=body.lines,
        reason=body.reason,
        is_supplier_told=body.is_supplier_told,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await commands.run(
        command, target=order_id, scope=SCOPE, rule="ORD-14", show=show_order(order_id)
    )


@router.post("/orders/{order_id}:set-delivery")
async def set_delivery(order_id: UUID, body: SetDeliveryBody, commands: Commands) -> OrderView:
    """Gör en order brådskande, eller låt den levereras i delar eller samlad: kundservice, för den
    som bad om det (REF-12). Planerad dag ändras inte av det.

    Nekas: UNKNOWN_ORDER (REF-12), UNKNOWN_USER (REF-3), NOTHING_TO_DELIVER (REF-12),
    NEVER_CONSOLIDATED (ORD-3).
    """
    command = SetDelivery(
        is_urgent=body.is_urgent,
        is_consolidated=body.is_consolidated,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await commands.run(
        command, target=order_id, scope=SCOPE, rule="REF-12", show=show_order(order_id)
    )


def _is_mine(_: bool, reader: RegionReader) -> ColumnElement[bool]:
    me = reader.caller.user_id
    return or_(OrderRow.prescriber == me, OrderRow.requester == me)


def _is_of_type(kind: OrderType, _: RegionReader) -> ColumnElement[bool]:
    fills_up = OrderRow.to_store.is_not(None)
    if kind is OrderType.REPLENISHMENT:
        return fills_up
    is_withdrawal = OrderRow.supply == LineSupply.OWN_STORE
    return is_withdrawal if kind is OrderType.WITHDRAWAL else and_(~fills_up, ~is_withdrawal)


# decision 0471: in the order of numbers a list of some days begins at the first of their weeks
def _is_placed_from(day: date, _: RegionReader) -> ColumnElement[bool]:
    first = begins_at(day)
    is_later = OrderRow.placed_on >= day
    return is_later if first is None else and_(is_later, OrderRow.order_number >= first)


def _is_placed_to(day: date, _: RegionReader) -> ColumnElement[bool]:
    end = ends_before(day)
    is_earlier = OrderRow.placed_on <= day
    return is_earlier if end is None else and_(is_earlier, OrderRow.order_number < end)


class OrderQuery(ListQuery):
    """What ORD-15 lets one search by; each that is given narrows the list. Days are inclusive."""

    service_point: Annotated[ServicePointId | None, Eq(OrderRow.service_point, "Tjänsteställe")] = (
        None
    )
    placed_from: Annotated[Day | None, Where(_is_placed_from, "Från och med dag")] = None
    placed_to: Annotated[Day | None, Where(_is_placed_to, "Till och med dag")] = None
    status: Annotated[list[Status] | None, In(OrderRow.status, "En eller flera statusar")] = None
    supply: Annotated[
        LineSupply | None, Eq(OrderRow.supply, "Centrallager, uttag eller bara direktleverans")
    ] = None
    order_type: Annotated[
        OrderType | None, Where(_is_of_type, "Order, uttag eller lagerpåfyllnad")
    ] = None
    is_urgent: Annotated[bool | None, Eq(OrderRow.is_urgent, "Bara (inte) brådskande")] = None
    order_number: Annotated[
        str | None,
        StartsWith(OrderRow.order_number, "Hela numret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    prescriber: Annotated[UserId | None, Eq(OrderRow.prescriber, "Förskrivare")] = None
    requester: Annotated[UserId | None, Eq(OrderRow.requester, "Beställare")] = None
    mine: Annotated[bool, Where(_is_mine, "Där jag är förskrivare eller beställare")] = False
    recipient: Annotated[
        PersonRef | None, Where(concerns(OrderRow.recipient_person), "Patientens referens")
    ] = None
    care_unit: Annotated[
        CareUnitId | None, Eq(OrderRow.recipient_unit, "Vårdenhet som mottagare")
    ] = None
    article_number: Annotated[ArticleNumber | None, Where(has_lines_of, "Artikel")] = None


ORDERS = ListOf(
    select(OrderRow),
    scope=SCOPE,
    sorts=named(
        OrderRow.order_number,
        OrderRow.reference,
        OrderRow.placed_on,
        OrderRow.status,
        OrderRow.supply,
        OrderRow.service_point,
        OrderRow.prescriber,
        OrderRow.requester,
        OrderRow.planned_dispatch_on,
        OrderRow.delivered_on,
        OrderRow.to_store,
        OrderRow.is_urgent,
    ),
    default="-order_number",
    then=OrderRow.placed_on,
    view=OrderSummary.of,
)


@router.get("/orders")
async def list_orders(reader: Reader, asked: Annotated[OrderQuery, Query()]) -> Page[OrderSummary]:
    """Sök ordrar (ORD-15)."""
    return await ORDERS.page(asked, reader)


@router.get("/orders/{order_id}")
async def get_order(order_id: UUID, reader: Reader, tx: ReadTransaction) -> OrderView:
    """En order med rader."""
    row = await reader.get(OrderRow, order_id, scope=SCOPE, rule="ORD-15")
    details = await reader.look_up(OrderDetailsRow, order_id)
    return OrderView.of(row, await opened_if_any(details, tx))


@router.get("/orders/{order_id}/story")
async def tell_order(order_id: UUID, reader: Reader) -> Story:
    """Varför en order är som den är: vad som har hänt, av vem och enligt vilken regel, och vad som
    kommer (REF-6).
    """
    row = await reader.get(OrderRow, order_id, scope=SCOPE, rule="ORD-15")
    order, due = row.state(), await reader.due(*story.TIMERS, of=[order_id])
    return Story(
        items=told(await reader.log_of(row), by=lambda event: story.tell(event, order)),
        next=list(story.what_comes(order, due=due)),
    )


@router.get("/orders/{order_id}/voiding")
async def may_be_voided(order_id: UUID, reader: Reader, tx: ReadTransaction) -> VoidingView:
    """Om den som frågar kan makulera ordern nu, och annars varför inte (ORD-14). Ingenting
    registreras; lagret är inte tillfrågat.
    """
    row = await reader.get(OrderRow, order_id, scope=SCOPE, rule="ORD-14")
    order = row.state()
    by = await tx.get(UserRow, user_key(reader.caller.user_id, tx), rule="REF-3")
    try:
        may = bool(domain.request_void(order, by=by.state()))
    except Refused as refused:
        return VoidingView(
            may=False, reason=refused.reason, rule=refused.rule, way_on=refused.way_on
        )
    if may:
        return VoidingView(may=True)
    ended = order.status is Status.VOIDED
    way_on = "Ordern är redan makulerad." if ended else "Makuleringen väntar på lagrets svar."
    return VoidingView(may=False, reason=order.status.upper(), rule="ORD-14", way_on=way_on)


@router.post("/orders/{order_id}:resolve-delivery")
async def show_delivery(order_id: UUID, reader: Reader, tx: ReadTransaction) -> DeliveryView:
    """Vart en order ska, för den som levererar. Varje uppslag av en patient loggas."""
    await reader.get(OrderRow, order_id, scope=SCOPE, rule="ORD-3")
    row = await tx.get(OrderRow, order_id, rule="ORD-3")
    kept = await opened_if_any(await tx.look_up(OrderDetailsRow, order_id), tx)
    given = kept.delivery if kept is not None else None
    place = await place_of(row, given, tx, user=reader.caller.user_id)
    if row.to_store is not None and (elsewhere := await address_of(row.customer_id, tx)):
        place = place.model_copy(update={"address": elsewhere})  # REF-12
    return DeliveryView(
        **dict(place),
        order_id=OrderId(row.id),
        order_number=row.order_number,
        consolidated=row.consolidated,
        is_urgent=row.is_urgent,
    )


def show_order(order_id: UUID) -> Callable[[Transaction], Awaitable[OrderView]]:
    """What a command about an order shows when it is done."""

    async def show(tx: Transaction) -> OrderView:
        row = await tx.get(OrderRow, order_id)
        details = await tx.look_up(OrderDetailsRow, order_id)
        return OrderView.of(row, await opened_if_any(details, tx))

    return show
