"""How baskets are written: balances, claims and custody with each line, in one transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    BasketLinePutBack,
    BasketReserved,
    LineDelivered,
    MoveKind,
)
from kvitt_contracts.orders import BasketLine, BasketLoanActRequested
from kvitt_contracts.types import (
    ArticleNumber,
    CustomerId,
    DeviceId,
    DeviceNumber,
    OrderId,
    OrderLineId,
    Recipient,
    StoreId,
    UserId,
)

from inventory.articles.queries import get_article
from inventory.baskets import domain
from inventory.baskets.models import (
    BasketDeliveryRow,
    BasketFreedRow,
    BasketOrderRow,
    BasketRow,
)
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.queries import lock_devices_numbered
from inventory.metrics import ORDERS_ANSWERED, count
from inventory.reservations.backorders import lock_waiting, serve_backorders
from inventory.reservations.writes import give_devices
from inventory.stock.writes import lock_balances, move_stock
from inventory.withdrawals.domain import Shelf, Wanted

Devices = Mapping[OrderLineId, tuple[DeviceId, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToRecipient:
    order_id: OrderId
    recipient: Recipient
    customer_id: CustomerId
    prescriber: UserId


async def reserve(tx: Transaction, order: BasketOrderRow) -> None:
    """Answer a new basket: reserve all of it on the prescriber, or decline it (ORD-10)."""
    shelf = await _lock_shelf(tx, order)
    answer = domain.lend(order.order_id, order.lines, shelf=shelf)
    tx.start(BasketRow, order.order_id, answer)
    if not isinstance(answer, BasketReserved):
        count(tx, ORDERS_ANSWERED, domain.Status.DECLINED)
        return
    count(tx, ORDERS_ANSWERED, domain.Status.LENT)
    for line in domain.lent(order.lines):
        await _move(tx, order, line, MoveKind.RESERVED, available=-line.quantity, reserved=1)
    for reserved in answer.lines:
        for row in await tx.lock_all(DeviceRow, reserved.devices):
            row.claim = _claim(order)


async def lock_goods(
    tx: Transaction, order: BasketOrderRow, devices: Iterable[DeviceId]
) -> Sequence[DeviceRow]:
    """Lock the balances of all that a basket has, and these of its devices."""
    await lock_balances(tx, order.store, {line.article_number for line in order.lines})
    return await tx.lock_all(DeviceRow, devices)


async def deliver(
    tx: Transaction,
    order: BasketOrderRow,
    act: BasketLoanActRequested,
    answer: Sequence[LineDelivered | BasketLinePutBack],
) -> None:
    """Hand over what an act delivers: out of the balance, devices to the recipient (ORD-10).

    Locks the region's count, after which nothing else may be locked.
    """
    recipient = act.recipient
    if recipient is None:
        return
    to = _ToRecipient(
        order_id=order.order_id,
        recipient=recipient,
        customer_id=CustomerId(order.service_point),
        prescriber=order.prescriber,
    )
    delivered = [event for event in answer if isinstance(event, LineDelivered)]
    lines = {line.line_id: line for line in order.lines}
    for event in delivered:
        line = lines[event.line_id]
        await _move(tx, order, line, MoveKind.WITHDRAWN, available=0, reserved=-1)
        tx.put(
            BasketDeliveryRow(
                region=tx.region,
                line_id=event.line_id,
                order_id=order.order_id,
                recipient=recipient,
                payer_id=event.payer_id,
                delivered_on=event.delivered_on,
            )
        )
    for event in delivered:
        await give_devices(tx, to, event)


async def free(
    tx: Transaction, order: BasketOrderRow, lines: Devices, goods: Sequence[DeviceRow]
) -> None:
    """Free what these lines had set aside, for whoever waits for it (ORD-10, ORD-4); their balances
    and devices are locked.
    """
    named = [line for line in order.lines if line.line_id in lines]
    claimed = {device for devices in lines.values() for device in devices}
    freed: Counter[tuple[StoreId, ArticleNumber]] = Counter()
    for line in named:
        freed[order.store, line.article_number] += line.quantity
    await lock_waiting(tx, freed)
    for row in goods:
        if row.id in claimed and row.claim == _claim(order):
            row.claim = None
    for line in named:
        await _move(tx, order, line, MoveKind.RELEASED, available=line.quantity, reserved=-1)
        note_freed(tx, order, line.line_id)
    for store, number in sorted(freed):
        await serve_backorders(tx, store, number)


def note_freed(tx: Transaction, order: BasketOrderRow, line_id: OrderLineId) -> None:
    """Note that what a line had set aside is free from now on: it was out until then (ORD-10)."""
    tx.put(
        BasketFreedRow(
            region=tx.region,
            line_id=line_id,
            order_id=order.order_id,
            store=order.store,
            freed_at=tx.now,
        )
    )


async def _move(
    tx: Transaction,
    order: BasketOrderRow,
    line: BasketLine,
    kind: MoveKind,
    *,
    available: int,
    reserved: int,
) -> None:
    """Move the balance of a whole line; `reserved` says which way its reserved quantity goes."""
    await move_stock(
        tx,
        order.store,
        line.article_number,
        kind,
        on=tx.today,
        available=available,
        reserved=reserved * line.quantity,
        cause_id=order.order_id,
    )


def _claim(order: BasketOrderRow) -> Claim:
    return Claim(kind=ClaimKind.BASKET, by=order.order_id)


async def _lock_shelf(tx: Transaction, order: BasketOrderRow) -> Shelf:
    lines = domain.lent(order.lines)
    numbers = sorted({line.article_number for line in lines})
    articles = {number: await get_article(tx, number) for number in numbers}
    balances = await lock_balances(tx, order.store, numbers)
    named = [line.device_number for line in lines if line.device_number is not None]
    return Shelf(
        store=order.store,
        articles=articles,
        available={number: balance.available for number, balance in balances.items()},
        devices=await _lock_devices(tx, named),
    )


async def _lock_devices(
    tx: Transaction, named: Sequence[DeviceNumber]
) -> dict[DeviceNumber, Wanted]:
    """The named devices that are known, locked in the order of their ids. One that is meant for a
    patient is lent to nobody (INV-12).
    """
    return {
        number: Wanted(
            device_id=DeviceId(row.id),
            device=row.state(),
            claim=row.claim,
            is_meant_for_another=row.meant_for is not None,
        )
        for number, row in (await lock_devices_numbered(tx, named)).items()
    }
