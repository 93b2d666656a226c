"""Receipts over HTTP: report, show, and what is awaited. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import Eq, StartsWith, To
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Page, Reader, named
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import ReportReceipt
from kvitt_contracts.types import Day, ServicePointId, SupplierId, identify
from pydantic import Field
from sqlalchemy import select

from orders.customer_orders.api import SCOPE as ORDERS
from orders.customer_orders.models import OrderRow
from orders.purchase_orders.domain import Status
from orders.purchase_orders.models import PurchaseOrderRow
from orders.purchase_orders.queries import SCOPE as PURCHASE_ORDERS
from orders.receipts.models import ReceiptRow
from orders.receipts.queries import SCOPE, articles_numbered
from orders.receipts.views import AwaitedView, ReceiptBody, ReceiptView

router = ApiRouter(tags=["Direktleveranser"])


@router.post("/receipts", status_code=202)
async def report_receipt(body: ReceiptBody, commands: Commands) -> ReceiptView:
    """Kvittera det som har kommit direkt från en leverantör (ORD-12): bara det som har kommit, och
    bara hela rader. Alla på tjänstestället kvitterar. Lagret svarar; `Prefer: wait=2` väntar.

    Nekas: UNKNOWN_USER (REF-3), ALREADY_REPORTED, UNKNOWN_NUMBER (ORD-12), RECEIVED_BEFORE_ORDER
    (DAY-5); en rad: LINE_TWICE, UNKNOWN_LINE, NOT_DIRECT, NOT_ON_PURCHASE_ORDER, NOT_PURCHASED,
    RECEIPT_UNDERWAY, LINE_RECEIVED_ALREADY, LINE_VOIDED, NOT_IN_PART, MORE_THAN_ORDERED,
    UNIT_PRICE_MISSING, DEVICES_DO_NOT_MATCH_QUANTITY, SERIAL_NUMBER_MISSING, DEVICE_NUMBER_TWICE,
    SERIAL_NUMBER_TWICE (ORD-12).
    """
    caller, reference = commands.caller, body.reference
    target = identify(caller.region, "receipt", reference) if reference else uuid4()
    said = {name: value for name, value in dict(body).items() if name != "reference"}
    command = ReportReceipt(**said, by=caller.user_id)
    return await commands.run(
        command, target=target, subject=reference, rule="ORD-12", show=_show(target)
    )


class AwaitedQuery(ListQuery):
    """Which unreceived direct deliveries; each that is given narrows the list."""

    service_point: Annotated[
        ServicePointId | None, Eq(PurchaseOrderRow.service_point, "Tjänsteställe")
    ] = None
    supplier_id: Annotated[SupplierId | None, Eq(PurchaseOrderRow.supplier_id, "Leverantör")] = None
    order_number: Annotated[
        str | None,
        StartsWith(PurchaseOrderRow.order_number, "Ordernumret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    purchase_order_number: Annotated[
        str | None,
        StartsWith(PurchaseOrderRow.purchase_order_number, "Inköpsordernumret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None
    expected_to: Annotated[Day | None, To(PurchaseOrderRow.awaited_on, "Väntat till och med")] = (
        None
    )


AWAITED = ListOf(
    select(PurchaseOrderRow),
    scope=PURCHASE_ORDERS,
    sorts=named(
        PurchaseOrderRow.created_on,
        PurchaseOrderRow.awaited_on,
        PurchaseOrderRow.purchase_order_number,
        PurchaseOrderRow.order_number,
    ),
    default="created_on",
    view=lambda row: row,
)


@router.get("/receipts/awaited")
async def list_awaited(
    reader: Reader, asked: Annotated[AwaitedQuery, Query()]
) -> Page[AwaitedView]:
    """Okvitterade direktleveranser på dina tjänsteställen, de äldsta först, med antalet i `total`
    (ORD-15): för varje inköpsorder de rader som återstår, och vad en kvittens av dem ska säga.
    """
    page = await AWAITED.page(asked, reader, PurchaseOrderRow.status != Status.CLOSED)
    orders = await reader.several(OrderRow, [row.order_id for row in page.items], scope=ORDERS)
    known = {order.id: order for order in orders}
    numbers = {line.article_number for row in page.items for line in row.lines}
    articles = await articles_numbered(numbers, reader)
    return Page[AwaitedView](
        items=[AwaitedView.showing(row, known.get(row.order_id), articles) for row in page.items],
        total=page.total,
        total_is_exact=page.total_is_exact,
        next=page.next,
    )


@router.get("/receipts/{receipt_id}")
async def show_receipt(receipt_id: UUID, reader: Reader) -> ReceiptView:
    """En kvittens, med lagrets svar."""
    return ReceiptView.of(await reader.get(ReceiptRow, receipt_id, scope=SCOPE, rule="ORD-12"))


def _show(receipt_id: UUID) -> Callable[[Transaction], Awaitable[ReceiptView]]:
    async def show(tx: Transaction) -> ReceiptView:
        return ReceiptView.of(await tx.get(ReceiptRow, receipt_id))

    return show
