"""Purchase orders over HTTP: create, list, show. No rule here."""

from collections.abc import Awaitable, Callable
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query, Response
from kvitt_chassis.filters import Eq, From, In, StartsWith, To, Where
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
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.envelope import Command
from kvitt_contracts.orders import (
    ChangePurchaseOrderLine,
    DelayPurchaseOrder,
    ReportDeviation,
    SendPurchaseOrder,
    SettleDeviation,
)
from kvitt_contracts.types import Day, OrderId, ServicePointId, SupplierId, identify
from pydantic import Field
from sqlalchemy import ColumnElement, cast, select
from sqlalchemy.dialects.postgresql import JSONB

from orders.customer_orders.api import SCOPE as ORDERS
from orders.customer_orders.lines import LineState
from orders.customer_orders.models import OrderRow
from orders.people.keys.opening import opened_if_any
from orders.purchase_orders import documents
from orders.purchase_orders.commands import CreatePurchaseOrderInWords
from orders.purchase_orders.domain import Status
from orders.purchase_orders.models import PurchaseOrderDetailsRow, PurchaseOrderRow
from orders.purchase_orders.queries import BUYING, SCOPE
from orders.purchase_orders.views import (
    ChangeLineBody,
    DelayBody,
    DeviationBody,
    PurchaseOrderBody,
    PurchaseOrderSummary,
    PurchaseOrderView,
    SendBody,
    SettleBody,
    ToPurchase,
)
from orders.slips.documents import as_pdf

router = ApiRouter(tags=["Inköpsordrar"])


@router.post("/purchase-orders", status_code=201)
async def create_purchase_order(
    body: PurchaseOrderBody, commands: Commands, reader: Reader
) -> PurchaseOrderView:
    """Gör en inköpsorder av en orders direkta rader hos en leverantör (ORD-11). Den som gör den ser
    till att leverantören får den, om inte Kvitt ska skicka den med e-post (NTF-4).

    Nekas: ALREADY_CREATED (ORD-11); okända namn UNKNOWN_ORDER (ORD-11), UNKNOWN_SUPPLIER (REF-13),
    UNKNOWN_USER (REF-3); NOT_YOUR_ORDER (REF-3), SUPPLIER_INACTIVE (REF-13),
    NO_ORDER_ADDRESS (NTF-4), ORDER_IS_OVER, WAITING, UNKNOWN_LINE, LINE_TWICE, NOT_DIRECT,
    OTHER_SUPPLIER, LINE_IS_OVER, ALREADY_PURCHASED, NOTHING_TO_PURCHASE, COMMENT_MISSING (ORD-11).
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


@router.post("/purchase-orders/{purchase_order_id}:send")
async def send_purchase_order(
    purchase_order_id: UUID, body: SendBody, commands: Commands
) -> PurchaseOrderView:
    """Ange att leverantören har fått inköpsordern: hur och när (ORD-11).

    Nekas: UNKNOWN_PURCHASE_ORDER (ORD-11), UNKNOWN_USER, NOT_YOUR_PURCHASE_ORDER (REF-3),
    UNKNOWN_WORD, SENT_BEFORE_CREATED, IS_OVER (ORD-11).
    """
    command = SendPurchaseOrder(how=body.how, sent_on=body.sent_on, by=commands.caller.user_id)
    return await _run(command, purchase_order_id, commands)


@router.post("/purchase-orders/{purchase_order_id}:delay")
async def delay_purchase_order(
    purchase_order_id: UUID, body: DelayBody, commands: Commands
) -> PurchaseOrderView:
    """Ange att leverantören levererar en annan dag (ORD-4): förskrivaren får veta det.

    Nekas: UNKNOWN_PURCHASE_ORDER (ORD-11), UNKNOWN_LINE, DAY_HAS_PASSED, IS_OVER (ORD-4).
    """
    command = DelayPurchaseOrder(
        lines=body.lines,
        expected_on=body.expected_on,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await _run(command, purchase_order_id, commands)


@router.post("/purchase-orders/{purchase_order_id}:change-line")
async def change_purchase_order_line(
    purchase_order_id: UUID, body: ChangeLineBody, commands: Commands
) -> PurchaseOrderView:
    """Ändra en rad som avtalat med leverantören; antalet 0 makulerar den (ORD-14, REF-12).

    Nekas: UNKNOWN_PURCHASE_ORDER, UNKNOWN_LINE, LINE_IS_OVER, MORE_THAN_ORDERED (ORD-11).
    """
    command = ChangePurchaseOrderLine(
        line=body.line,
        quantity=body.quantity,
        price=body.price,
        by=commands.caller.user_id,
        asked_by=body.asked_by,
    )
    return await _run(command, purchase_order_id, commands)


@router.post("/purchase-orders/{purchase_order_id}:report-deviation")
async def report_deviation(
    purchase_order_id: UUID, body: DeviationBody, commands: Commands
) -> PurchaseOrderView:
    """Anmäl att en leverans inte var som beställd: kundservice löser det (INV-8).

    Nekas: UNKNOWN_PURCHASE_ORDER (INV-8), UNKNOWN_USER, NOT_YOUR_PURCHASE_ORDER (REF-3),
    UNKNOWN_LINE, UNKNOWN_WORD, LINE_IS_OVER (INV-8).
    """
    command = ReportDeviation(line=body.line, kind=body.kind, by=commands.caller.user_id)
    return await _run(command, purchase_order_id, commands, rule="INV-8")


@router.post("/purchase-orders/{purchase_order_id}:settle-deviation")
async def settle_deviation(
    purchase_order_id: UUID, body: SettleBody, commands: Commands
) -> PurchaseOrderView:
    """Ange hur en avvikelse löstes med leverantören (INV-8, REF-12).

    Nekas: UNKNOWN_PURCHASE_ORDER, UNKNOWN_LINE, UNKNOWN_WORD, NO_DEVIATION (INV-8).
    """
    command = SettleDeviation(
        line=body.line, how=body.how, by=commands.caller.user_id, asked_by=body.asked_by
    )
    return await _run(command, purchase_order_id, commands, rule="INV-8")


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
    awaited_to: Annotated[
        Day | None, To(PurchaseOrderRow.awaited_on, "Väntas till och med dag, och är inte mottagen")
    ] = None
    has_deviation: Annotated[
        bool | None, Eq(PurchaseOrderRow.has_deviation, "Med en avvikelse som inte är löst")
    ] = None


PURCHASE_ORDERS = ListOf(
    select(PurchaseOrderRow),
    scope=SCOPE,
    sorts=named(
        PurchaseOrderRow.purchase_order_number,
        PurchaseOrderRow.order_number,
        PurchaseOrderRow.created_on,
        PurchaseOrderRow.expected_on,
        PurchaseOrderRow.awaited_on,
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
async def show_purchase_order(
    purchase_order_id: UUID, reader: Reader, tx: ReadTransaction
) -> PurchaseOrderView:
    """En inköpsorder med rader."""
    row = await reader.get(PurchaseOrderRow, purchase_order_id, scope=SCOPE, rule="ORD-11")
    details = await reader.look_up(PurchaseOrderDetailsRow, purchase_order_id)
    return PurchaseOrderView.showing(row, await opened_if_any(details, tx))


@router.get(
    "/purchase-orders/{purchase_order_id}/document",
    response_class=Response,
    responses={200: {"content": {"application/pdf": {}}}},
)
async def show_document(purchase_order_id: UUID, reader: Reader, tx: ReadTransaction) -> Response:
    """Inköpsordern som PDF, att skicka till leverantören; den som gäller en tjänst följer med
    hjälpmedlet (ORD-11). Den kan skrivas ut igen.

    Nekas: UNKNOWN_PURCHASE_ORDER, IS_OVER (ORD-11).
    """
    await reader.get(PurchaseOrderRow, purchase_order_id, scope=SCOPE, rule="ORD-11")
    row = await tx.get(PurchaseOrderRow, purchase_order_id, rule="ORD-11")
    content = await documents.print_purchase_order(row, tx)
    return as_pdf(content, name=f"inkopsorder-{row.purchase_order_number}")


def _has_to_buy(**of: str) -> ColumnElement[bool]:
    """Some direct line has no purchase order, and is of this."""
    waiting = {"is_direct": True, "reached": LineState.ORDERED, **of}
    return cast(OrderRow.lines, JSONB).contains([waiting])


def _is_to_buy_of(supplier_id: SupplierId, _: RegionReader) -> ColumnElement[bool]:
    return _has_to_buy(supplier_id=supplier_id)


class ToPurchaseQuery(ListQuery):
    """Which lines wait for a purchase order."""

    service_point: Annotated[ServicePointId | None, Eq(OrderRow.service_point, "Tjänsteställe")] = (
        None
    )
    supplier_id: Annotated[
        SupplierId | None, Where(_is_to_buy_of, "Leverantör som en rad ska köpas av")
    ] = None
    order_number: Annotated[
        str | None,
        StartsWith(OrderRow.order_number, "Ordernumret eller dess början"),
        Field(pattern=r"^\d{1,9}$"),
    ] = None


TO_PURCHASE = ListOf(
    select(OrderRow).where(OrderRow.status.in_(BUYING), _has_to_buy()),
    scope=ORDERS,
    sorts=named(OrderRow.order_number, OrderRow.placed_on, OrderRow.service_point),
    default="order_number",
    view=ToPurchase.of,
)


@router.get("/orders:to-purchase")
async def list_lines_to_purchase(
    reader: Reader, asked: Annotated[ToPurchaseQuery, Query()]
) -> Page[ToPurchase]:
    """Arbetslista: ordrar med direkta rader som saknar inköpsorder, äldst först. Den som beställde
    eller hjälpmedelsservice gör den (ORD-11).
    """
    return await TO_PURCHASE.page(asked, reader)


async def _run(
    command: Command, purchase_order_id: UUID, commands: Commands, *, rule: str = "ORD-11"
) -> PurchaseOrderView:
    return await commands.run(
        command,
        target=purchase_order_id,
        scope=SCOPE,
        rule=rule,
        show=_show(purchase_order_id),
    )


def _show(purchase_order_id: UUID) -> Callable[[Transaction], Awaitable[PurchaseOrderView]]:
    async def show(tx: Transaction) -> PurchaseOrderView:
        row = await tx.get(PurchaseOrderRow, purchase_order_id)
        details = await tx.look_up(PurchaseOrderDetailsRow, purchase_order_id)
        return PurchaseOrderView.showing(row, await opened_if_any(details, tx))

    return show
