"""What is written where a purchase order, a receipt or an invoice changes: those that wait are
matched anew, under the lock of their purchase order.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import SupplierInvoiceCleared
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import DeviceRegistered, Origin
from kvitt_contracts.types import ArticleNumber, DeviceNumber, SupplierInvoiceId

from billing.ledger.writes import enter_supplier_invoice
from billing.supplier_invoices import domain
from billing.supplier_invoices.domain import SupplierInvoiceStatus
from billing.supplier_invoices.matching.domain import Document, Hold, Purchased, judge
from billing.supplier_invoices.models import (
    PurchaseLineRow,
    PurchaseOrderRow,
    SupplierInvoiceRow,
    SupplierRow,
    TakeoverRow,
)

REMIND = Timer("supplier_invoice_reminder", SupplierInvoiceRow)

_WAITING = (SupplierInvoiceStatus.RECEIVED, SupplierInvoiceStatus.HELD)


async def match_of_order(order: PurchaseOrderRow, tx: Transaction) -> None:
    """Match what waits for a purchase order, which is locked, with what is known of it now."""
    lines = await tx.lock_all(PurchaseLineRow, order.line_ids)
    # asked under the order's lock: what has come meanwhile is among them
    named = await tx.search_all(
        SupplierInvoiceRow, SupplierInvoiceRow.purchase_order_number, order.purchase_order_number
    )
    locked = await tx.lock_all(SupplierInvoiceRow, [row.id for row in named])
    waiting = sorted(
        (row for row in locked if row.status in _WAITING),
        key=lambda row: (row.received_on, row.number, row.id),
    )
    to_match: list[SupplierInvoiceRow] = []
    for row in waiting:
        row.service_point = order.service_point
        reason = await _order_differs(order, row, tx)
        if reason is None:
            to_match.append(row)
        else:
            _hold(row, [reason], tx)
    paid = [SupplierInvoiceId(row.id) for row in locked if row.status in domain.PAYABLE]
    await _match(lines, to_match, paid, tx)


def unknown_takeover(device_number: DeviceNumber, tx: Transaction) -> TakeoverRow:
    """The row of a device that is not known to be bought over: whoever registers it finds it."""
    row = TakeoverRow(region=tx.region, device_number=device_number, cleared=0, released=0)
    tx.put(row)
    return row


async def expect_invoice(event: DeviceRegistered, origin: Origin, tx: Transaction) -> None:
    """A device was bought over from another region: it waits for that one's invoice (BIL-13)."""
    row = await tx.find(TakeoverRow, event.device_number)
    if row is None:
        row = unknown_takeover(event.device_number, tx)
    row.device_id = event.device_id
    row.article_number = event.article_number
    row.from_region = origin.from_region
    row.service_point = origin.service_point
    row.bought_on = event.bought_on
    row.value = event.value
    await match_of_device(row, tx)


async def match_of_device(takeover: TakeoverRow, tx: Transaction) -> None:
    """Match what waits for a device that was bought over, which is locked (BIL-13). A line without
    an article is of that device.
    """
    named = await tx.search_all(
        SupplierInvoiceRow, SupplierInvoiceRow.device_number, takeover.device_number
    )
    mine = [row.id for row in named if row.purchase_order_number is None]
    locked = await tx.lock_all(SupplierInvoiceRow, mine)
    waiting = sorted(
        (row for row in locked if row.status in _WAITING),
        key=lambda row: (row.received_on, row.number, row.id),
    )
    to_match: list[SupplierInvoiceRow] = []
    for row in waiting:
        row.service_point = takeover.service_point
        if takeover.device_id is None:
            _hold(row, [Hold.DEVICE_NOT_BOUGHT], tx)
        elif await _is_active(row, tx):
            to_match.append(row)
        else:
            _hold(row, [Hold.SUPPLIER_INACTIVE], tx)
    if takeover.device_id is not None:
        paid = [SupplierInvoiceId(row.id) for row in locked if row.status in domain.PAYABLE]
        await _match([takeover], to_match, paid, tx, of=takeover.article_number)


def hold_alone(row: SupplierInvoiceRow, tx: Transaction) -> None:
    """An invoice that names no purchase order is held."""
    _hold(row, [Hold.PURCHASE_ORDER_MISSING], tx)


def remind_later(row: SupplierInvoiceRow, tx: Transaction) -> None:
    """Have the unit told of an invoice that is still held after the policy's days from today."""
    days = tx.pinned_policy(row.policy).supplier_invoice.remind_days
    tx.schedule(REMIND, key=row.id, due=start_of_day(tx.today + timedelta(days=days)))


def document_of(
    row: SupplierInvoiceRow, tx: Transaction, *, of: ArticleNumber | None = None
) -> Document:
    """An invoice as the match sees it, with the tolerance of its policy; `of`: the article of what
    names none.
    """
    key = SupplierInvoiceId(row.id)
    named = row.credits
    return Document(
        id=key,
        is_credit=row.is_credit,
        lines=[
            one if one.article_number else one.model_copy(update={"article_number": of})
            for one in row.lines
        ],
        tolerance_ore=tx.pinned_policy(row.policy).supplier_invoice.tolerance_ore,
        credits=domain.invoice_id(tx.region, row.supplier_id, named) if named else None,
    )


def keep(lines: Sequence[PurchaseLineRow | TakeoverRow], after: Iterable[Purchased]) -> None:
    """Write what is paid for of a purchase order's lines."""
    rows = {row.line_id: row for row in lines}
    for one in after:
        row = rows[one.line_id]
        row.cleared, row.released = one.cleared, one.released


async def _match(
    lines: Sequence[PurchaseLineRow | TakeoverRow],
    waiting: Sequence[SupplierInvoiceRow],
    paid: Sequence[SupplierInvoiceId],
    tx: Transaction,
    *,
    of: ArticleNumber | None = None,
) -> None:
    documents = [document_of(row, tx, of=of) for row in waiting]
    verdict = judge([row.purchased() for row in lines], documents, paid=paid)
    keep(lines, verdict.lines)
    for row in waiting:
        key = SupplierInvoiceId(row.id)
        if key in verdict.held:
            _hold(row, verdict.held[key], tx)
            continue
        tx.record(row, SupplierInvoiceCleared(supplier_invoice_id=key, lines=verdict.cleared[key]))
        tx.cancel_timer(REMIND, key=row.id)
        await enter_supplier_invoice(
            tx, key, net_ore=row.net_ore, vat_ore=row.vat_ore, is_credit=row.is_credit
        )


async def _order_differs(
    order: PurchaseOrderRow, row: SupplierInvoiceRow, tx: Transaction
) -> Hold | None:
    if order.purchase_order_id is None:
        return Hold.PURCHASE_ORDER_UNKNOWN
    if order.supplier_id != row.supplier_id:
        return Hold.SUPPLIER_DIFFERS
    return None if await _is_active(row, tx) else Hold.SUPPLIER_INACTIVE


async def _is_active(row: SupplierInvoiceRow, tx: Transaction) -> bool:
    supplier = await tx.look_up(SupplierRow, row.supplier_id)
    return supplier is not None and supplier.is_active


def _hold(row: SupplierInvoiceRow, reasons: Iterable[Hold], tx: Transaction) -> None:
    is_new = row.status is SupplierInvoiceStatus.RECEIVED
    tx.record(row, *domain.hold(SupplierInvoiceId(row.id), row.state(), reasons))
    if is_new:
        remind_later(row, tx)
