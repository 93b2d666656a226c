"""What is written where a purchase order, a receipt or an invoice changes: those that wait are
matched anew, under the lock of their purchase order.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.billing import SupplierInvoiceCleared
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import DeviceRegistered, Origin
from kvitt_contracts.types import (
    ArticleNumber,
    DeviceNumber,
    OrderNumber,
    ServicePointId,
    SupplierInvoiceId,
)

from billing.ledger.writes import enter_supplier_invoice
from billing.supplier_invoices import domain, queries
from billing.supplier_invoices.domain import SupplierInvoiceStatus
from billing.supplier_invoices.matching.domain import (
    Credited,
    Document,
    Hold,
    Purchased,
    Verdict,
    hindrance,
    judge,
    judge_credits,
    taken_by_release,
)
from billing.supplier_invoices.models import (
    PurchaseLineRow,
    PurchaseOrderRow,
    SupplierInvoiceRow,
    SupplierRow,
    TakeoverRow,
)

REMIND = Timer("supplier_invoice_reminder", SupplierInvoiceRow)

_WAITING = (SupplierInvoiceStatus.RECEIVED, SupplierInvoiceStatus.HELD)


async def match_of_order(order: PurchaseOrderRow, tx: Transaction, *, is_new: bool = False) -> None:
    """Match what waits for a purchase order, which is locked, with what is known of it now.
    `is_new`: it is known from now on; what finance has released of it takes its part first.
    """
    lines = await tx.lock_all(PurchaseLineRow, order.line_ids)
    # asked under the order's lock: what has come meanwhile is among them
    named = await queries.of_order(tx, order.purchase_order_number)

    async def differs(row: SupplierInvoiceRow) -> Hold | None:
        if order.purchase_order_id is None:
            return Hold.PURCHASE_ORDER_UNKNOWN
        if order.supplier_id != row.supplier_id:
            return Hold.SUPPLIER_DIFFERS
        return None if await _is_active(row, tx) else Hold.SUPPLIER_INACTIVE

    of = _Purchase((PurchaseOrderRow, order.purchase_order_number), lines, order.service_point)
    await _match(of, named, differs, tx, is_new=is_new)


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
    is_new = row.device_id is None
    row.device_id = event.device_id
    row.article_number = event.article_number
    row.from_region = origin.from_region
    row.service_point = origin.service_point
    row.bought_on = event.bought_on
    row.value = event.value
    await match_of_device(row, tx, is_new=is_new)


async def match_of_device(takeover: TakeoverRow, tx: Transaction, *, is_new: bool = False) -> None:
    """Match what waits for a device that was bought over, which is locked (BIL-13). A line without
    an article is of that device. `is_new`: as of a purchase order.
    """
    named = await queries.of_device(tx, takeover.device_number)

    async def differs(row: SupplierInvoiceRow) -> Hold | None:
        if takeover.device_id is None:
            return Hold.DEVICE_NOT_BOUGHT
        return None if await _is_active(row, tx) else Hold.SUPPLIER_INACTIVE

    lines = [takeover] if takeover.device_id is not None else []
    of = _Purchase(
        (TakeoverRow, takeover.device_number),
        lines,
        takeover.service_point,
        takeover.article_number,
    )
    await _match(of, named, differs, tx, is_new=is_new)


def hold_alone(row: SupplierInvoiceRow, tx: Transaction) -> None:
    """What names no purchase is held; a credit note until the invoice comes that it names."""
    names_invoice = row.is_credit and row.credits is not None
    _hold(row, [Hold.NOTHING_TO_CREDIT if names_invoice else Hold.PURCHASE_ORDER_MISSING], tx)


async def match_of_invoice(key: SupplierInvoiceId, tx: Transaction) -> None:
    """Match the credit notes of an invoice that names no purchase, whose supplier is locked: they
    wait until finance releases it (BIL-6).
    """
    locked = await _locked(await queries.of_invoice(tx, key), tx)
    paid = [row for row in locked if row.status in domain.PAYABLE]
    waiting = []
    for row in locked:
        if row.id == key or row.status not in _WAITING:
            continue
        hindered = await _hindered(row, None, locked, tx)
        if hindered is None:
            waiting.append(row)
        else:
            _hold(row, [hindered], tx)
    verdict = judge_credits(
        [document_of(row, tx) for row in waiting], paid=[document_of(row, tx) for row in paid]
    )
    await _settle(waiting, verdict, tx)


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


_Named: TypeAlias = tuple[type[PurchaseOrderRow | TakeoverRow], OrderNumber | DeviceNumber]
"""A purchase as an invoice names it: by purchase order, else by a device that was bought over."""


class _Purchase(NamedTuple):
    """What invoices are matched with: as they name it, its lines, all locked, the unit that
    purchased, and the article of what names none.
    """

    named: _Named
    lines: Sequence[PurchaseLineRow | TakeoverRow]
    service_point: ServicePointId | None
    article: ArticleNumber | None = None


async def _match(
    purchase: _Purchase,
    named: Iterable[SupplierInvoiceId],
    differs: Callable[[SupplierInvoiceRow], Awaitable[Hold | None]],
    tx: Transaction,
    *,
    is_new: bool,
) -> None:
    """Clear or hold what waits of the invoices that name a purchase; `differs`: what they are held
    for before their lines are looked at. `is_new`: it is known from now on.
    """
    locked = await _locked(named, tx)
    if is_new:
        for row in locked:
            await _take_released(purchase, row, differs, tx)
    to_match: list[SupplierInvoiceRow] = []
    for row in locked:
        if row.status not in _WAITING:
            continue
        if _is_of(row, purchase.named):
            row.service_point = purchase.service_point
        reason = await _hindered(row, purchase.named, locked, tx) or await differs(row)
        if reason is None:
            to_match.append(row)
        else:
            _hold(row, [reason], tx)
    verdict = judge(
        [line.purchased() for line in purchase.lines],
        [document_of(row, tx, of=purchase.article) for row in to_match],
        paid=[document_of(row, tx) for row in locked if row.status in domain.PAYABLE],
    )
    keep(purchase.lines, verdict.lines)
    await _settle(to_match, verdict, tx)


def _is_of(row: SupplierInvoiceRow, named: _Named | None) -> bool:
    """False for what names another purchase than the one that it is matched with."""
    if row.purchase_order_number is not None:
        return named == (PurchaseOrderRow, row.purchase_order_number)
    return row.device_number is None or named == (TakeoverRow, row.device_number)


async def _hindered(
    row: SupplierInvoiceRow,
    named: _Named | None,
    of_purchase: Iterable[SupplierInvoiceRow],
    tx: Transaction,
) -> Hold | None:
    """What is in the way of a document of a purchase, of those that are `of_purchase` (BIL-6p)."""
    credited = None
    if row.is_credit and row.credits is not None:
        key = domain.invoice_id(tx.region, row.supplier_id, row.credits)
        known = {one.id: one for one in of_purchase}
        found = known.get(key) or await queries.invoice(tx, key)
        if found is not None:
            is_rejected = found.status is SupplierInvoiceStatus.REJECTED
            credited = Credited(is_rejected=is_rejected, is_of_purchase=key in known)
    return hindrance(is_of_purchase=_is_of(row, named), credited=credited)


async def _locked(keys: Iterable[SupplierInvoiceId], tx: Transaction) -> list[SupplierInvoiceRow]:
    """Invoices, locked, in the order in which they came."""
    rows = await tx.lock_all(SupplierInvoiceRow, keys)
    return sorted(rows, key=lambda row: (row.received_on, row.number, row.id))


async def _settle(rows: Iterable[SupplierInvoiceRow], verdict: Verdict, tx: Transaction) -> None:
    for row in rows:
        key = SupplierInvoiceId(row.id)
        if key in verdict.held:
            _hold(row, verdict.held[key], tx)
            continue
        tx.record(row, SupplierInvoiceCleared(supplier_invoice_id=key, lines=verdict.cleared[key]))
        tx.cancel_timer(REMIND, key=row.id)
        await enter_supplier_invoice(
            tx, key, net_ore=row.net_ore, vat_ore=row.vat_ore, is_credit=row.is_credit
        )


async def _take_released(
    purchase: _Purchase,
    row: SupplierInvoiceRow,
    differs: Callable[[SupplierInvoiceRow], Awaitable[Hold | None]],
    tx: Transaction,
) -> None:
    """What finance released before its purchase was known takes its part of it now, so that nobody
    is paid for the same again (BIL-6g).
    """
    if row.status is not SupplierInvoiceStatus.RELEASED or not _is_of(row, purchase.named):
        return
    if await differs(row) not in (None, Hold.SUPPLIER_INACTIVE):
        return
    row.service_point = purchase.service_point
    lines = [line.purchased() for line in purchase.lines]
    taken, after = taken_by_release(lines, document_of(row, tx, of=purchase.article))
    tx.record(row, *domain.take(SupplierInvoiceId(row.id), row.state(), lines=taken))
    keep(purchase.lines, after)


async def _is_active(row: SupplierInvoiceRow, tx: Transaction) -> bool:
    supplier = await tx.look_up(SupplierRow, row.supplier_id)
    return supplier is not None and supplier.is_active


def _hold(row: SupplierInvoiceRow, reasons: Iterable[Hold], tx: Transaction) -> None:
    is_new = row.status is SupplierInvoiceStatus.RECEIVED
    tx.record(row, *domain.hold(SupplierInvoiceId(row.id), row.state(), reasons))
    if is_new:
        remind_later(row, tx)
