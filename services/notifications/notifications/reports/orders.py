"""Reports of the lines of orders and basket loans: what is expected, and what has come (ORD-4,
ORD-10, ORD-15).
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.inventory import LineDelivered, LineReturned, LineStocked
from kvitt_contracts.orders import (
    OrderLineDiverted,
    OrderLinePlanned,
    OrderLineReduced,
    OrderLineVoided,
    OrderPlaced,
    OrderPlacedV2,
    OrderReceiptRefused,
    OrderReceiptReported,
    PlacedLine,
    ReplenishmentPlaced,
    SuppliedLine,
)
from kvitt_contracts.regions import OrderLineReported, ReceiptReported, ReportedReceiptLine
from kvitt_contracts.types import OrderNumber, Reference, Word

from notifications.baskets.models import BasketLoanRow
from notifications.feed.models import ReportRow
from notifications.feed.writes import last_said, report, say_again, when
from notifications.orders.models import OrderRow

messages = Handlers()

Placed = OrderPlaced | OrderPlacedV2 | ReplenishmentPlaced
Come = LineDelivered | LineStocked | LineReturned

ORDERED: Final = Word("ordered")
_STATUSES: Final = {word: Word(word) for word in ("part_delivered", "delivered", "diverted")}


def _reports_of(event: Placed, _: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, line.line_id) for line in event.lines]


def _report_of(
    event: OrderLinePlanned | OrderLineVoided | OrderLineReduced | OrderLineDiverted | Come,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.line_id)]


# -- what is ordered -----------------------------------------------------------------------------


@messages.on(OrderPlaced, OrderPlacedV2, ReplenishmentPlaced, loads=_reports_of)
async def on_order_placed(event: Placed, tx: Transaction) -> None:
    """Each of its lines is ordered."""
    for line in event.lines:
        reported = OrderLineReported(
            status=ORDERED,
            occurred_at=when(tx),
            business_day=event.placed_on,
            order=Reference(event.reference or str(event.order_id)),
            order_number=event.order_number,
            number=line.number,
            article_number=line.article_number,
            quantity=line.quantity,
            payer_id=line.payer_id,
            device_number=line.device_number,
            to_store=event.to_store if isinstance(event, ReplenishmentPlaced) else None,
            **_supply(event, line),
        )
        await report(tx, line.line_id, reported)


def _supply(event: Placed, line: PlacedLine) -> dict[str, Any]:
    if isinstance(event, OrderPlaced):
        return {"supply": Word(event.supply), "store": event.store}
    assert isinstance(line, SuppliedLine)
    return {
        "supply": Word(line.supply),
        "store": line.store,
        "supplier_id": line.supplier_id,
        "instead_of": line.instead_of,
    }


# -- what becomes of a line ----------------------------------------------------------------------


@messages.on(OrderLinePlanned, loads=_report_of)
async def on_order_line_planned(event: OrderLinePlanned, tx: Transaction) -> None:
    """A direct line is expected to leave its supplier on the day (ORD-4)."""
    await say_again(tx, OrderLineReported, event.line_id, planned_on=event.planned_dispatch_on)


@messages.on(OrderLineVoided, loads=_report_of)
async def on_order_line_voided(event: OrderLineVoided, tx: Transaction) -> None:
    """The line has no effect (ORD-14)."""
    voided = {"status": Word("voided"), "reason": event.reason}
    await say_again(tx, OrderLineReported, event.line_id, **voided)


@messages.on(OrderLineReduced, loads=_report_of)
async def on_order_line_reduced(event: OrderLineReduced, tx: Transaction) -> None:
    """So much is left of the line (REF-12)."""
    await say_again(tx, OrderLineReported, event.line_id, quantity=event.quantity)


@messages.on(OrderLineDiverted, loads=_report_of)
async def on_order_line_diverted(event: OrderLineDiverted, tx: Transaction) -> None:
    """The line is in a store instead of with its recipient (REF-14)."""
    diverted = {"status": _STATUSES["diverted"], "to_store": event.store}
    await say_again(tx, OrderLineReported, event.line_id, **diverted)


def _whose_line(event: Come, _: Transaction) -> Iterable[RowKey]:
    return [(OrderRow, event.order_id), (BasketLoanRow, event.order_id)]


@messages.on(
    LineDelivered,
    LineStocked,
    loads=lambda event, tx: _report_of(event, tx),
    reads=lambda event, tx: _whose_line(event, tx),
)
async def on_line_delivered(event: LineDelivered | LineStocked, tx: Transaction) -> None:
    """Some or all of a line has come to whom it is for, or into a store (ORD-9, ORD-15)."""
    last = await _last_of_line(event, tx)
    if last is None:
        return
    delivered = last.delivered + event.quantity
    status = "delivered" if delivered >= last.quantity else "part_delivered"
    day = event.delivered_on if isinstance(event, LineDelivered) else event.stocked_on
    come: dict[str, Any] = {
        # a line that was told to be diverted stays so, whichever was heard first
        "status": last.status if last.status == _STATUSES["diverted"] else _STATUSES[status],
        "business_day": day,
        "delivered": delivered,
        "delivered_on": _latest(last.delivered_on, day),
        "devices": (*last.devices, *event.devices),
    }
    if isinstance(event, LineStocked):
        come["to_store"] = event.store
    await say_again(tx, OrderLineReported, event.line_id, **come)


@messages.on(LineReturned, loads=_report_of, reads=_whose_line)
async def on_line_returned(event: LineReturned, tx: Transaction) -> None:
    """Some of an unmarked line has come back, or was scrapped (INV-7)."""
    last = await _last_of_line(event, tx)
    if last is not None:
        back = {"returned": last.returned + event.quantity, "business_day": event.returned_on}
        await say_again(tx, OrderLineReported, event.line_id, **back)


async def _last_of_line(event: Come, tx: Transaction) -> OrderLineReported | None:
    """What was told last of a line; None of one that is older than its feed. One that is not known
    yet is waited for: goods are told of on another topic than orders.
    """
    last = await last_said(tx, OrderLineReported, event.line_id)
    if last is None and not await _is_known(event, tx):
        raise NotYetKnown(ReportRow, event.line_id)
    return last


async def _is_known(event: Come, tx: Transaction) -> bool:
    order = await tx.look_up(OrderRow, event.order_id)
    return order is not None or await tx.look_up(BasketLoanRow, event.order_id) is not None


def _latest(before: date | None, day: date) -> date:
    return day if before is None else max(before, day)


# -- receipts of direct deliveries ---------------------------------------------------------------


def _receipt(event: OrderReceiptReported | OrderReceiptRefused, _: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, event.receipt_id)]


@messages.on(OrderReceiptReported, of=OrderRow, loads=_receipt)
async def on_receipt_reported(row: OrderRow, event: OrderReceiptReported, tx: Transaction) -> None:
    """Somebody has reported a direct delivery (ORD-12)."""
    lines = (
        ReportedReceiptLine(line_id=one.line_id, quantity=one.quantity, price=one.price)
        for one in event.lines
    )
    reported = ReceiptReported(
        status=Word("reported"),
        occurred_at=when(tx),
        business_day=event.received_on,
        order=Reference(row.name),
        order_number=OrderNumber(row.order_number),
        lines=tuple(lines),
        by=event.by,
    )
    await report(tx, event.receipt_id, reported)


@messages.on(OrderReceiptRefused, loads=_receipt)
async def on_receipt_refused(event: OrderReceiptRefused, tx: Transaction) -> None:
    """Nothing of a receipt is booked (ORD-12)."""
    refused = {"status": Word("refused"), "refused": event.refused}
    await say_again(tx, ReceiptReported, event.receipt_id, **refused)
