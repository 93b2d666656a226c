"""Orders over HTTP: void, list, show. Placing them stands in `orders.placements`."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.http import (
    ApiRouter,
    Commands,
    Listing,
    Page,
    Reader,
    SignedIn,
)
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    Supply,
    VoidOrder,
)
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    PersonRef,
    Role,
    ServicePointId,
    UserId,
)

from orders.customer_orders.deliveries import resolve_delivery
from orders.customer_orders.domain import Status
from orders.customer_orders.models import OrderDetailsRow, OrderRow
from orders.customer_orders.queries import OrderFilter, orders_query
from orders.customer_orders.views import (
    DeliveryView,
    OrderSummary,
    OrderView,
)
from orders.people.domain import Purpose, roles_that_may_ask
from orders.read_transaction import ReadTransaction

router = ApiRouter(tags=["Ordrar"])

WRITERS = (Role.PRESCRIBER, Role.REQUESTER, Role.CUSTOMER_SERVICE, Role.REGION_SYSTEM)


@router.post("/orders/{order_id}:void", status_code=202)
async def void_order(order_id: UUID, commands: Commands) -> OrderView:
    """Makulera en hel order (ORD-14). Lagret svarar; `Prefer: wait=2` väntar."""
    commands.caller.must_have(*WRITERS)
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


@router.post("/orders/{order_id}:resolve-delivery")
async def show_delivery(order_id: UUID, tx: ReadTransaction, caller: SignedIn) -> DeliveryView:
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
