"""Reports of what is charged and invoiced (BIL-2 to BIL-9), never of which patient pays."""

from collections.abc import Iterable
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import (
    ChargeCancelled,
    ChargeCause,
    ChargeDeferred,
    ChargePaused,
    ChargeRaised,
    ChargeRaisedV2,
    InvoiceIssued,
    InvoiceIssuedV2,
    InvoiceLineV2,
)
from kvitt_contracts.copying import same_fields
from kvitt_contracts.regions import ChargeReported, InvoiceReported
from kvitt_contracts.types import OrderId, Payer, PayerId, Reference, Thing, UnitPayer, Word

from notifications.feed.models import ReportRow
from notifications.feed.writes import day, report, say_again, when
from notifications.orders.models import OrderRow

messages = Handlers()

Raised = ChargeRaised | ChargeRaisedV2 | ChargeDeferred


def _report_of(event: Raised | ChargePaused | ChargeCancelled, _: Transaction) -> Iterable[RowKey]:
    return [(ReportRow, event.charge_id)]


def _order_of(event: Raised, _: Transaction) -> Iterable[RowKey]:
    order_id = _cause(event).order_id
    return [] if order_id is None else [(OrderRow, order_id)]


@messages.on(ChargeRaised, ChargeRaisedV2, ChargeDeferred, loads=_report_of, reads=_order_of)
async def on_charge(event: Raised, tx: Transaction) -> None:
    """Something is to be paid, now or later."""
    cause = _cause(event)
    reported = ChargeReported(
        status=Word("deferred" if isinstance(event, ChargeDeferred) else "raised"),
        occurred_at=when(tx),
        business_day=day(tx) if isinstance(event, ChargeDeferred) else event.charged_on,
        kind=Word(event.kind),
        payer_id=_unit(event.payer),
        order=await _name_of(cause.order_id, tx),
        causes=_things(cause),
        article_number=event.article_number,
        quantity=event.quantity,
        amount=event.amount,
        due_on=event.due_on if isinstance(event, ChargeDeferred) else None,
    )
    await report(tx, event.charge_id, reported)


@messages.on(ChargePaused, loads=_report_of)
async def on_charge_paused(event: ChargePaused, tx: Transaction) -> None:
    """A deferred charge is put off (BIL-4)."""
    paused = {"status": Word("paused"), "due_on": event.due_on}
    await say_again(tx, ChargeReported, event.charge_id, **paused)


@messages.on(ChargeCancelled, loads=_report_of)
async def on_charge_cancelled(event: ChargeCancelled, tx: Transaction) -> None:
    """It is not to be paid (BIL-4)."""
    cancelled = {"status": Word("cancelled"), "reason": event.reason}
    await say_again(tx, ChargeReported, event.charge_id, **cancelled)


@messages.on(InvoiceIssued, InvoiceIssuedV2, loads=lambda event, _: [(ReportRow, event.invoice_id)])
async def on_invoice_issued(event: InvoiceIssued | InvoiceIssuedV2, tx: Transaction) -> None:
    """An invoice or a credit note is issued (BIL-9)."""
    lines = (InvoiceLineV2(**same_fields(one, InvoiceLineV2)) for one in event.lines)
    reported = InvoiceReported(
        status=Word("issued"),
        occurred_at=when(tx),
        business_day=event.issued_on,
        number=event.number,
        payer_id=_unit(event.payer),
        month=event.month,
        is_credit=event.is_credit,
        net_ore=event.net_ore,
        vat_ore=event.vat_ore,
        due_on=event.due_on if isinstance(event, InvoiceIssuedV2) else None,
        lines=tuple(lines),
    )
    await report(tx, event.invoice_id, reported)


def _cause(event: Raised) -> ChargeCause:
    if isinstance(event, ChargeRaised):
        return ChargeCause(order_id=event.order_id, line_id=event.line_id)
    return event.cause


def _things(cause: ChargeCause) -> tuple[Thing, ...]:
    named = {name.removesuffix("_id"): getattr(cause, name) for name in ChargeCause.model_fields}
    return tuple(
        Thing(kind=Word(noun), id=one) for noun, one in named.items() if isinstance(one, UUID)
    )


def _unit(payer: Payer) -> PayerId | None:
    return payer.payer_id if isinstance(payer, UnitPayer) else None


async def _name_of(order_id: OrderId | None, tx: Transaction) -> Reference | None:
    row = await tx.look_up(OrderRow, order_id) if order_id is not None else None
    return Reference(row.name) if row is not None else None
