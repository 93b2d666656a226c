"""Handlers of suppliers' invoices: what is purchased, changed and received, what is invoiced, what
finance decides.
"""

from collections.abc import Iterable
from datetime import datetime

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.billing import RejectSupplierInvoice, ReleaseSupplierInvoice
from kvitt_contracts.copying import same_fields
from kvitt_contracts.orders import (
    PurchaseOrderCreated,
    PurchaseOrderDeviationReported,
    PurchaseOrderDeviationSettled,
    PurchaseOrderLineChanged,
    PurchaseOrderLineReceived,
    SupplierRegistered,
)
from kvitt_contracts.regions import SupplierInvoiceStated
from kvitt_contracts.types import OrderLineId, ReasonCode, SupplierInvoiceId, UserId

from billing.ledger.writes import enter_supplier_invoice
from billing.supplier_invoices import domain, queries, writes
from billing.supplier_invoices.commands import (
    ReceiveSupplierInvoice,
    RejectHeldInvoice,
    ReleaseHeldInvoice,
)
from billing.supplier_invoices.domain import Stated
from billing.supplier_invoices.matching.domain import taken_by_release
from billing.supplier_invoices.models import (
    PurchaseLineRow,
    PurchaseOrderRow,
    SupplierInvoiceRow,
    SupplierRow,
    TakeoverRow,
)
from billing.supplier_invoices.writes import REMIND

messages = Handlers()
messages.project(SupplierRegistered, SupplierRow)

OfLine = (
    PurchaseOrderLineChanged
    | PurchaseOrderLineReceived
    | PurchaseOrderDeviationReported
    | PurchaseOrderDeviationSettled
)


# -- what is purchased and received ----------------------------------------------------------------


@messages.on(
    PurchaseOrderCreated,
    loads=lambda event, _: [(PurchaseOrderRow, event.purchase_order_number)],
)
async def on_purchase_order_created(event: PurchaseOrderCreated, tx: Transaction) -> None:
    """Store the lines and prices to match invoices with; one that named it before is matched
    (BIL-6).
    """
    row = await tx.find(PurchaseOrderRow, event.purchase_order_number)
    if row is None:
        row = PurchaseOrderRow(region=tx.region, purchase_order_number=event.purchase_order_number)
        tx.put(row)
    is_new = row.purchase_order_id is None
    row.purchase_order_id = event.purchase_order_id
    row.supplier_id = event.supplier_id
    row.service_point = event.service_point
    row.line_ids = tuple(line.line_id for line in event.lines)
    tx.put(
        *(
            PurchaseLineRow(
                region=tx.region,
                line_id=line.line_id,
                article_number=line.article_number,
                quantity=line.quantity,
                price=line.price,
                received=0,
                cleared=0,
                released=0,
                deviates=False,
            )
            for line in event.lines
        )
    )
    await writes.match_of_order(row, tx, is_new=is_new)


def _order_of(event: OfLine, tx: Transaction) -> Iterable[RowKey]:
    row = tx.fetched(PurchaseOrderRow.purchase_order_id, event.purchase_order_id)
    if row is not None:
        yield PurchaseOrderRow, row.purchase_order_number


def _id_of_order(event: OfLine, tx: Transaction) -> Iterable[RowKey]:
    yield PurchaseOrderRow.purchase_order_id, event.purchase_order_id


@messages.on(PurchaseOrderLineChanged, reads=_id_of_order, loads=_order_of)
async def on_line_changed(event: PurchaseOrderLineChanged, tx: Transaction) -> None:
    """Expect a line as it is now: fewer, none, or at another price, where no receipt has said what
    it cost (BIL-6).
    """
    order, line = await _line_of(event, event.line_id, tx)
    line.quantity = event.quantity
    if not line.received:
        line.price = event.price or line.price
    await writes.match_of_order(order, tx)


@messages.on(PurchaseOrderLineReceived, reads=_id_of_order, loads=_order_of)
async def on_line_received(event: PurchaseOrderLineReceived, tx: Transaction) -> None:
    """What was received may be paid, at the receipt's price for one (BIL-6, ORD-12)."""
    order, line = await _line_of(event, event.item.line_id, tx)
    line.received += event.item.quantity
    line.price = event.price
    await writes.match_of_order(order, tx)


@messages.on(PurchaseOrderDeviationReported, reads=_id_of_order, loads=_order_of)
async def on_deviation_reported(event: PurchaseOrderDeviationReported, tx: Transaction) -> None:
    """A wrong delivery waits for a credit note, or until it is settled (BIL-6)."""
    order, line = await _line_of(event, event.line_id, tx)
    line.deviates = True
    await writes.match_of_order(order, tx)


@messages.on(PurchaseOrderDeviationSettled, reads=_id_of_order, loads=_order_of)
async def on_deviation_settled(event: PurchaseOrderDeviationSettled, tx: Transaction) -> None:
    """The wrong delivery is settled: its invoice waits for it no longer (BIL-6)."""
    order, line = await _line_of(event, event.line_id, tx)
    line.deviates = False
    await writes.match_of_order(order, tx)


async def _line_of(
    event: OfLine, line_id: OrderLineId, tx: Transaction
) -> tuple[PurchaseOrderRow, PurchaseLineRow]:
    found = await tx.search(
        PurchaseOrderRow, PurchaseOrderRow.purchase_order_id, event.purchase_order_id
    )
    if found is None:
        raise NotYetKnown(PurchaseOrderRow, event.purchase_order_id)
    order = await tx.lock(PurchaseOrderRow, found.purchase_order_number)
    await tx.lock_all(PurchaseLineRow, order.line_ids)
    return order, await tx.lock(PurchaseLineRow, line_id)


# -- what is invoiced ------------------------------------------------------------------------------


Stating = SupplierInvoiceStated | ReceiveSupplierInvoice


def _read_stated(stated: Stating, tx: Transaction) -> Iterable[RowKey]:
    """The invoice whose purchase a credit note is of."""
    credited = _key_of_credited(stated, tx)
    if credited is not None:
        yield SupplierInvoiceRow, credited


def _of_stated(stated: Stating, tx: Transaction) -> Iterable[RowKey]:
    yield SupplierRow, stated.supplier_id
    credited = _key_of_credited(stated, tx)
    invoice = None if credited is None else tx.fetched(SupplierInvoiceRow, credited)
    of = invoice or stated
    if of.purchase_order_number is None:
        if of.device_number is not None:
            yield TakeoverRow, of.device_number
        return
    yield PurchaseOrderRow, of.purchase_order_number
    order = tx.fetched(PurchaseOrderRow, of.purchase_order_number)
    if order is not None:  # its lines are locked before its invoices
        yield from ((PurchaseLineRow, one) for one in order.line_ids)
        yield SupplierInvoiceRow, domain.invoice_id(tx.region, stated.supplier_id, stated.number)


@messages.on(SupplierInvoiceStated, reads=_read_stated, loads=_of_stated)
async def on_supplier_invoice_stated(event: SupplierInvoiceStated, tx: Transaction) -> None:
    """Take in an invoice that the region forwards, and match it (BIL-6).

    Refused: DUPLICATE_NUMBER, NEGATIVE_PRICE, SUMS_DIFFER (BIL-6).
    """
    await _receive(event, None, tx)


@messages.command(ReceiveSupplierInvoice, reads=_read_stated, loads=_of_stated)
async def receive_supplier_invoice(command: ReceiveSupplierInvoice, tx: Transaction) -> None:
    """Take in an invoice by hand, or as it was read, and match it (BIL-6).

    Refused: UNKNOWN_SUPPLIER, DUPLICATE_NUMBER, NEGATIVE_PRICE, SUMS_DIFFER (BIL-6).
    """
    await _receive(command, command.by, tx)


async def _receive(stated: Stating, by: UserId | None, tx: Transaction) -> None:
    await tx.lock(SupplierRow, stated.supplier_id, rule="BIL-6", field="supplier_id")
    key = domain.invoice_id(tx.region, stated.supplier_id, stated.number)
    of = await _credited(stated, tx) or stated  # a credit note is of its invoice's purchase
    number = of.purchase_order_number
    order = None if number is None else await tx.find(PurchaseOrderRow, number)
    await tx.lock_all(PurchaseLineRow, order.line_ids if order else ())
    device = of.device_number if number is None else None
    takeover = None if device is None else await tx.find(TakeoverRow, device)
    known = await tx.find(SupplierInvoiceRow, key)
    received = domain.receive(
        known.state() if known else None,
        Stated(**same_fields(stated, Stated)),
        key=key,
        policy=tx.policy.pin,
        today=tx.today,
        by=by,
    )
    if not received:
        return
    row = tx.start(SupplierInvoiceRow, key, *received)
    if device is not None:
        takeover = takeover or writes.unknown_takeover(device, tx)
        await writes.match_of_device(takeover, tx)
        return
    if number is None:
        if isinstance(of, SupplierInvoiceRow):
            await writes.match_of_invoice(SupplierInvoiceId(of.id), tx)
        else:
            writes.hold_alone(row, tx)
            await writes.match_of_invoice(key, tx)  # a credit note may be of another purchase
        return
    if order is None:  # whoever creates it finds the invoice
        order = PurchaseOrderRow(region=tx.region, purchase_order_number=number, line_ids=())
        tx.put(order)
    await writes.match_of_order(order, tx)


async def _credited(stated: Stating, tx: Transaction) -> SupplierInvoiceRow | None:
    """The invoice that a credit note names, where it names no purchase itself. Its supplier is
    locked: it does not come meanwhile.
    """
    key = _key_of_credited(stated, tx)
    return None if key is None else await queries.invoice(tx, key)


# decision 0456: a credit note that names no purchase is of its invoice's
def _key_of_credited(
    stated: Stating | SupplierInvoiceRow, tx: Transaction
) -> SupplierInvoiceId | None:
    if stated.purchase_order_number or stated.device_number or not stated.is_credit:
        return None
    if stated.credits is None:
        return None
    return domain.invoice_id(tx.region, stated.supplier_id, stated.credits)


# -- what finance decides --------------------------------------------------------------------------


@messages.timer(REMIND)
async def remind(row: SupplierInvoiceRow, due: datetime, tx: Transaction) -> None:
    """Tell the unit of what is still held, and again after as many days (BIL-6)."""
    due_now = domain.remind(SupplierInvoiceId(row.id), row.state(), service_point=row.service_point)
    tx.record(row, *due_now)
    if due_now:
        writes.remind_later(row, tx)


def _key_of(command: ReleaseHeldInvoice | RejectHeldInvoice, tx: Transaction) -> SupplierInvoiceId:
    return SupplierInvoiceId(tx.target(SupplierInvoiceRow.noun))


def _key_by_number(
    command: ReleaseSupplierInvoice | RejectSupplierInvoice, tx: Transaction
) -> SupplierInvoiceId:
    return domain.invoice_id(tx.region, command.supplier_id, command.number)


def _read_held(
    command: ReleaseHeldInvoice | RejectHeldInvoice, tx: Transaction
) -> Iterable[RowKey]:
    yield SupplierInvoiceRow, _key_of(command, tx)


def _read_by_number(
    command: ReleaseSupplierInvoice | RejectSupplierInvoice, tx: Transaction
) -> Iterable[RowKey]:
    yield SupplierInvoiceRow, _key_by_number(command, tx)


@messages.command(ReleaseHeldInvoice, reads=_read_held)
async def release_held_invoice(command: ReleaseHeldInvoice, tx: Transaction) -> None:
    """Pay what is held as it is (BIL-6).

    Refused: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    await _release(_key_of(command, tx), command, tx)


@messages.command(
    ReleaseSupplierInvoice,
    reads=_read_by_number,
    loads=lambda command, _: [(SupplierRow, command.supplier_id)],
)
async def release_supplier_invoice(command: ReleaseSupplierInvoice, tx: Transaction) -> None:
    """Pay what is held as it is, by the supplier's number (BIL-6).

    Refused: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    await _release(_key_by_number(command, tx), command, tx, field="number")


@messages.command(RejectHeldInvoice, reads=_read_held)
async def reject_held_invoice(command: RejectHeldInvoice, tx: Transaction) -> None:
    """Do not pay what is held (BIL-6).

    Refused: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    await _reject(_key_of(command, tx), command.reason, command.by, tx)


@messages.command(
    RejectSupplierInvoice,
    reads=_read_by_number,
    loads=lambda command, _: [(SupplierRow, command.supplier_id)],
)
async def reject_supplier_invoice(command: RejectSupplierInvoice, tx: Transaction) -> None:
    """Do not pay what is held, by the supplier's number (BIL-6).

    Refused: UNKNOWN_SUPPLIER_INVOICE, NOT_HELD (BIL-6).
    """
    await _reject(_key_by_number(command, tx), command.reason, command.by, tx, field="number")


async def _release(
    key: SupplierInvoiceId,
    command: ReleaseHeldInvoice | ReleaseSupplierInvoice,
    tx: Transaction,
    *,
    field: str | None = None,
) -> None:
    named = await tx.get(SupplierInvoiceRow, key, rule="BIL-6", field=field)
    await tx.lock(SupplierRow, named.supplier_id)  # no credit note of it comes meanwhile
    number = named.purchase_order_number
    order = None if number is None else await tx.find(PurchaseOrderRow, number)
    lines: list[PurchaseLineRow | TakeoverRow] = [
        *await tx.lock_all(PurchaseLineRow, order.line_ids if order else ())
    ]
    takeover = await _takeover_of(named, tx)
    row = await tx.lock(SupplierInvoiceRow, key, rule="BIL-6", field=field)
    if order is None or order.supplier_id != row.supplier_id:
        lines = [takeover] if takeover else []  # it takes nothing of another supplier's
    document = writes.document_of(row, tx, of=takeover.article_number if takeover else None)
    taken, after = taken_by_release([line.purchased() for line in lines], document)
    released = domain.release(key, row.state(), lines=taken, reason=command.reason, by=command.by)
    tx.record(row, *released)
    if not released:
        return
    writes.keep(lines, after)
    tx.cancel_timer(REMIND, key=key)
    if order is not None:  # a credit note may have waited for it
        await writes.match_of_order(order, tx)
    elif takeover is not None:
        await writes.match_of_device(takeover, tx)
    elif number is None and row.device_number is None and not row.is_credit:
        await writes.match_of_invoice(key, tx)
    await enter_supplier_invoice(
        tx, key, net_ore=row.net_ore, vat_ore=row.vat_ore, is_credit=row.is_credit
    )


async def _takeover_of(row: SupplierInvoiceRow, tx: Transaction) -> TakeoverRow | None:
    """The device that an invoice is of, locked, where it is one and was bought over."""
    if row.device_number is None or row.purchase_order_number is not None:
        return None
    found = await tx.find(TakeoverRow, row.device_number)
    return found if found and found.device_id else None


# decision 0442: what can never be matched says so, and finance ends it
async def _reject(
    key: SupplierInvoiceId,
    reason: ReasonCode,
    by: UserId,
    tx: Transaction,
    *,
    field: str | None = None,
) -> None:
    named = await tx.get(SupplierInvoiceRow, key, rule="BIL-6", field=field)
    await tx.lock(SupplierRow, named.supplier_id)  # no credit note of it comes meanwhile
    credited = _key_of_credited(named, tx)
    of = named if credited is None else await queries.invoice(tx, credited) or named
    number = of.purchase_order_number
    order = None if number is None else await tx.find(PurchaseOrderRow, number)
    await tx.lock_all(PurchaseLineRow, order.line_ids if order else ())
    device = of.device_number if number is None else None
    takeover = None if device is None else await tx.find(TakeoverRow, device)
    row = await tx.lock(SupplierInvoiceRow, key, rule="BIL-6", field=field)
    rejected = domain.reject(key, row.state(), reason=reason, by=by)
    tx.record(row, *rejected)
    if not rejected:
        return
    tx.cancel_timer(REMIND, key=key)
    if order is not None:  # what waited beside it, or for it, is judged without it
        await writes.match_of_order(order, tx)
    elif takeover is not None:
        await writes.match_of_device(takeover, tx)
    elif number is None and device is None:
        await writes.match_of_invoice(SupplierInvoiceId(of.id), tx)
