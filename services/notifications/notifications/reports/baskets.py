"""Reports of basket loans: asked for, running, late, over (ORD-10)."""

from collections.abc import Iterable
from typing import Any

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import (
    BasketLoanDeclined,
    BasketLoanLineEnded,
    BasketLoanOpened,
    BasketLoanOverdue,
    BasketLoanRequested,
)
from kvitt_contracts.regions import BasketReported, OrderLineReported
from kvitt_contracts.types import Reference, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import last_said, report, say_again, when

messages = Handlers()

ORDERED = Word("ordered")


def _report_of(
    event: BasketLoanOpened | BasketLoanDeclined | BasketLoanOverdue,
    _: Transaction,
) -> Iterable[RowKey]:
    return [(ReportRow, event.order_id)]


def _whole(event: BasketLoanRequested, _: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, one) for one in (event.order_id, *(line.line_id for line in event.lines))]


@messages.on(BasketLoanRequested, loads=_whole)
async def on_basket_loan_requested(event: BasketLoanRequested, tx: Transaction) -> None:
    """A prescriber wants to lend from their store; each line has a report of its own."""
    name = Reference(event.reference or str(event.order_id))
    reported = BasketReported(
        status=Word("requested"),
        occurred_at=when(tx),
        business_day=event.lent_on,
        order=name,
        order_number=event.order_number,
        prescriber=event.prescriber,
        service_point=event.service_point,
        store=event.store,
        due_on=event.due_on,
        open_lines=len(event.lines),
    )
    await report(tx, event.order_id, reported)
    for line in event.lines:
        wanted = OrderLineReported(
            status=ORDERED,
            occurred_at=when(tx),
            business_day=event.lent_on,
            order=name,
            order_number=event.order_number,
            number=line.number,
            article_number=line.article_number,
            quantity=line.quantity,
            store=event.store,
            device_number=line.device_number,
        )
        await report(tx, line.line_id, wanted)


@messages.on(BasketLoanOpened, loads=_report_of)
async def on_basket_loan_opened(event: BasketLoanOpened, tx: Transaction) -> None:
    """Everything is reserved: the loan runs."""
    await say_again(tx, BasketReported, event.order_id, status=Word("open"))


@messages.on(BasketLoanDeclined, loads=_report_of)
async def on_basket_loan_declined(event: BasketLoanDeclined, tx: Transaction) -> None:
    """The store could not serve it."""
    declined = {"status": Word("declined"), "reason": event.reason}
    await say_again(tx, BasketReported, event.order_id, **declined)


@messages.on(BasketLoanOverdue, loads=_report_of)
async def on_basket_loan_overdue(event: BasketLoanOverdue, tx: Transaction) -> None:
    """The last day has passed and lines are open: told once, though users are told daily."""
    last = await last_said(tx, BasketReported, event.order_id)
    if last is not None and last.status != "overdue":
        await say_again(tx, BasketReported, event.order_id, status=Word("overdue"))


def _line_and_basket(event: BasketLoanLineEnded, _: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, event.order_id), (ReportRow, event.line_id)]


@messages.on(BasketLoanLineEnded, loads=_line_and_basket)
async def on_basket_loan_line_ended(event: BasketLoanLineEnded, tx: Transaction) -> None:
    """A line is delivered, put back, lost or not due; with none open the basket is closed. What is
    delivered of goods inventory tells, with the devices.
    """
    last = await last_said(tx, BasketReported, event.order_id)
    if last is not None:
        left: dict[str, Any] = {"open_lines": last.open_lines - 1, "business_day": event.ended_on}
        if last.open_lines == 1:
            left["status"] = Word("closed")
        await say_again(tx, BasketReported, event.order_id, **left)
    line = await last_said(tx, OrderLineReported, event.line_id)
    if line is not None and line.status != event.outcome:
        ended = {"status": event.outcome, "business_day": event.ended_on}
        await say_again(tx, OrderLineReported, event.line_id, **ended)
