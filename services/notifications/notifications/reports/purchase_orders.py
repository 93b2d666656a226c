"""Reports of purchase orders, with what is received of each line (ORD-11, ORD-12)."""

from collections.abc import Iterable
from typing import Any

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    PurchaseOrderCreated,
    PurchaseOrderDelayed,
    PurchaseOrderLineChanged,
    PurchaseOrderLineReceived,
    PurchaseOrderSent,
)
from kvitt_contracts.regions import PurchaseOrderReported, ReportedPurchaseLine
from kvitt_contracts.types import OrderLineId, PurchaseOrderId, Reference, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import last_said, report, say_again, when
from notifications.orders.models import OrderRow

messages = Handlers()

CLOSED = Word("closed")

Lines = tuple[ReportedPurchaseLine, ...]


def _report_of(
    event: PurchaseOrderCreated
    | PurchaseOrderSent
    | PurchaseOrderDelayed
    | PurchaseOrderLineChanged
    | PurchaseOrderLineReceived,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.purchase_order_id)]


@messages.on(
    PurchaseOrderCreated, loads=_report_of, reads=lambda event, _: [(OrderRow, event.order_id)]
)
async def on_purchase_order_created(event: PurchaseOrderCreated, tx: Transaction) -> None:
    """A supplier is to deliver lines of an order, which is waited for."""
    order = await tx.get(OrderRow, event.order_id)
    lines = (
        ReportedPurchaseLine(
            line_id=one.line_id,
            article_number=one.article_number,
            quantity=one.quantity,
            price=one.price,
            expected_on=event.expected_on,
        )
        for one in event.lines
    )
    reported = PurchaseOrderReported(
        status=Word("created"),
        occurred_at=when(tx),
        business_day=event.created_on,
        purchase_order=Reference(event.reference or str(event.purchase_order_id)),
        purchase_order_number=event.purchase_order_number,
        order=Reference(order.name),
        supplier_id=event.supplier_id,
        service_point=event.service_point,
        lines=tuple(lines),
    )
    await report(tx, event.purchase_order_id, reported)


@messages.on(PurchaseOrderSent, loads=_report_of)
async def on_purchase_order_sent(event: PurchaseOrderSent, tx: Transaction) -> None:
    """The supplier has it; one that is closed stays so."""
    last = await last_said(tx, PurchaseOrderReported, event.purchase_order_id)
    if last is not None:
        sent = {"sent_on": event.sent_on, "how": event.how, "business_day": event.sent_on}
        status = last.status if last.status == CLOSED else Word("sent")
        await say_again(tx, PurchaseOrderReported, event.purchase_order_id, status=status, **sent)


@messages.on(PurchaseOrderDelayed, loads=_report_of)
async def on_purchase_order_delayed(event: PurchaseOrderDelayed, tx: Transaction) -> None:
    """The supplier delivers these lines on another day (ORD-4)."""
    for line_id in event.lines:
        await _change_line(event.purchase_order_id, line_id, tx, expected_on=event.expected_on)


@messages.on(PurchaseOrderLineChanged, loads=_report_of)
async def on_line_changed(event: PurchaseOrderLineChanged, tx: Transaction) -> None:
    """A line was changed with the supplier, or voided (ORD-14)."""
    changed = {"quantity": event.quantity} | ({"price": event.price} if event.price else {})
    await _change_line(event.purchase_order_id, event.line_id, tx, **changed)


@messages.on(PurchaseOrderLineReceived, loads=_report_of)
async def on_line_received(event: PurchaseOrderLineReceived, tx: Transaction) -> None:
    """Some or all of a line is received, at this price (ORD-12)."""
    item = event.item
    last = await last_said(tx, PurchaseOrderReported, event.purchase_order_id)
    if last is not None:
        received = sum(one.received for one in last.lines if one.line_id == item.line_id)
        changes = {"received": received + item.quantity, "price": event.price}
        await _change_line(event.purchase_order_id, item.line_id, tx, **changes)


async def _change_line(
    purchase_order_id: PurchaseOrderId, line_id: OrderLineId, tx: Transaction, **changes: Any
) -> None:
    last = await last_said(tx, PurchaseOrderReported, purchase_order_id)
    if last is None:
        return
    lines: Lines = tuple(
        one.model_copy(update=changes) if one.line_id == line_id else one for one in last.lines
    )
    is_over = all(one.received >= one.quantity for one in lines)
    status = CLOSED if is_over else last.status
    await say_again(tx, PurchaseOrderReported, purchase_order_id, lines=lines, status=status)
