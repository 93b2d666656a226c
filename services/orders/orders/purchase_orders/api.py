"""Purchase orders over HTTP: create, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, StartsWith, To
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Day, OrderId, ServicePointId, SupplierId, identify
from pydantic import Field
from sqlalchemy import select

from orders.customer_orders.api import SCOPE as ORDERS
from orders.customer_orders.models import OrderRow
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.purchase_orders.domain import Status
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.purchase_orders.queries import SCOPE
from orders.purchase_orders.views import (
    PurchaseOrderBody,
    PurchaseOrderSummary,
    PurchaseOrderView,
)

router = ApiRouter(tags=["Inköpsordrar"])


@router.post("/purchase-orders", status_code=201)
async def create_purchase_order(
    body: PurchaseOrderBody, commands: Commands, reader: Reader
) -> PurchaseOrderView:
    """Gör en inköpsorder av en orders direkta rader hos en leverantör (ORD-11). Den som gör den ser
    till att leverantören får den.

    Nekas: ALREADY_CREATED (ORD-11); okända namn UNKNOWN_ORDER (ORD-11), UNKNOWN_SUPPLIER (REF-13),
    UNKNOWN_USER (REF-3); NOT_YOUR_ORDER (REF-3), SUPPLIER_INACTIVE (REF-13), NOT_YET (NTF-4),
    ORDER_IS_OVER, WAITING, UNKNOWN_LINE, LINE_TWICE, NOT_DIRECT, OTHER_SUPPLIER, LINE_IS_OVER,
    ALREADY_PURCHASED, NOTHING_TO_PURCHASE, COMMENT_MISSING (ORD-11).
    """
    await reader.get(OrderRow, body.order_id, scope=ORDERS, rule="ORD-11")
    caller, reference = commands.caller, body.reference
    target = identify(caller.region, "purchase-order", reference) if reference else uuid4()
    command = CreatePurchaseOrderInWords(
        order_id=body.order_id,
        supplier_id=body.supplier_id,
        lines=body.lines,
        comments=body.comments,
        prices=body.prices,
        is_sent_by_kvitt=body.is_sent_by_kvitt,
        by=caller.user_id,
        asked_by=body.asked_by,
    )
    return await commands.run(
        command, target=target, subject=reference, rule="ORD-11", show=_show(target)
    )


class PurchaseOrderQuery(ListQuery):
    """Which purchase orders; each that is given narrows the list. Days are inclusive."""

    purchase_order_number: Annotated[
        str | None,
        StartsWith(PurchaseOrderRow.purchase_order_number, "Hela numret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    order_number: Annotated[
        str | None,
        StartsWith(PurchaseOrderRow.order_number, "Ordernumret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    order_id: Annotated[OrderId | None, Eq(PurchaseOrderRow.order_id, "Ordern")] = None
    supplier_id: Annotated[SupplierId | None, Eq(PurchaseOrderRow.supplier_id, "Leverantör")] = None
    service_point: Annotated[
        ServicePointId | None, Eq(PurchaseOrderRow.service_point, "Tjänsteställe")
    ] = None
    created_from: Annotated[Day | None, From(PurchaseOrderRow.created_on, "Från och med dag")] = (
        None
    )
    created_to: Annotated[Day | None, To(PurchaseOrderRow.created_on, "Till och med dag")] = None
    status: Annotated[
        list[Status] | None, In(PurchaseOrderRow.status, "En eller flera statusar")
    ] = None


PURCHASE_ORDERS = ListOf(
    select(PurchaseOrderRow),
    scope=SCOPE,
    sorts=named(
        PurchaseOrderRow.purchase_order_number,
        PurchaseOrderRow.order_number,
        PurchaseOrderRow.created_on,
        PurchaseOrderRow.expected_on,
        PurchaseOrderRow.status,
        PurchaseOrderRow.supplier_id,
        PurchaseOrderRow.service_point,
    ),
    default="-purchase_order_number",
    view=PurchaseOrderSummary.of,
)


@router.get("/purchase-orders")
async def list_purchase_orders(
    reader: Reader, asked: Annotated[PurchaseOrderQuery, Query()]
) -> Page[PurchaseOrderSummary]:
    """Sök inköpsordrar (ORD-11)."""
    return await PURCHASE_ORDERS.page(asked, reader)


@router.get("/purchase-orders/{purchase_order_id}")
async def show_purchase_order(purchase_order_id: UUID, reader: Reader) -> PurchaseOrderView:
    """En inköpsorder med rader."""
    row = await reader.get(PurchaseOrderRow, purchase_order_id, scope=SCOPE, rule="ORD-11")
    details = await reader.look_up(PurchaseOrderDetailsRow, purchase_order_id)
    return PurchaseOrderView.showing(row, details)


def _show(purchase_order_id: UUID) -> Callable[[Transaction], Awaitable[PurchaseOrderView]]:
    async def show(tx: Transaction) -> PurchaseOrderView:
        row = await tx.get(PurchaseOrderRow, purchase_order_id)
        return PurchaseOrderView.showing(
            row, await tx.look_up(PurchaseOrderDetailsRow, purchase_order_id)
        )

    return show
