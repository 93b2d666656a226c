"""The handler of receipts of direct deliveries."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import OrderReceiptReported
from kvitt_contracts.types import ArticleNumber, DeviceNumber, StoreHolder, StoreId

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id, get_article
from inventory.devices.models import DeviceRow, UsedNumberRow
from inventory.devices.queries import new_device_id, taken_numbers
from inventory.direct_deliveries import domain
from inventory.direct_deliveries.models import AnsweredReceiptRow
from inventory.direct_deliveries.queries import direct_lines, serials_taken
from inventory.direct_deliveries.writes import book
from inventory.people.queries import rows_of_holder
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.stock.writes import balance_rows, lock_balances

messages = Handlers()


def _read(event: OrderReceiptReported, tx: Transaction) -> Iterable[RowKey]:
    yield PlacedOrderRow, event.order_id
    yield AnsweredReceiptRow, event.receipt_id
    yield from rows_of_holder(event.deliver_to, tx)
    for number in _articles(event, tx):
        yield ArticleRow, article_id(tx, number)
    for device in _numbers(event):
        yield DeviceRow, new_device_id(tx, device)
        yield UsedNumberRow, device


def _locked(event: OrderReceiptReported, tx: Transaction) -> Iterable[RowKey]:
    for store, numbers in _balances(event, tx).items():
        yield from balance_rows(store, numbers, tx)
    yield ReservationRow, event.order_id


@messages.on(OrderReceiptReported, loads=_locked, reads=_read)
async def receive_direct_delivery(event: OrderReceiptReported, tx: Transaction) -> None:
    """ORD-12: register goods and devices in the purchasing store and hand them on, all or none.

    Answers LineDelivered for each line, LineStocked where it is for a store (REF-14), or
    ReceiptRefused with each hindered line's reason. An order or an article that is not known yet:
    the event waits. A receipt that is answered has no further effect.
    """
    order = await tx.get(PlacedOrderRow, event.order_id)
    if await tx.look_up(AnsweredReceiptRow, event.receipt_id) is not None:
        return
    for store, numbers in sorted(_balances(event, tx).items()):
        await lock_balances(tx, store, numbers)
    row = await tx.find(ReservationRow, event.order_id)
    lines = direct_lines(order)
    known = domain.Known(
        lines=lines,
        articles={number: await get_article(tx, number) for number in _articles(event, tx)},
        received=domain.received_lines(row.state() if row else None),
        taken=await taken_numbers(tx, _numbers(event)),
        serials=await serials_taken(tx, domain.serial_numbers(event.lines, lines=lines)),
    )
    refused = domain.refuse(event, known=known)
    tx.put(
        AnsweredReceiptRow(
            region=tx.region,
            receipt_id=event.receipt_id,
            order_id=event.order_id,
            received_on=event.received_on,
            is_booked=refused is None,
        )
    )
    if refused is not None:
        tx.record_at(ReservationRow, event.order_id, refused)
        return
    await book(tx, order, event, known)


def _numbers(event: OrderReceiptReported) -> list[DeviceNumber]:
    return [device.device_number for line in event.lines for device in line.devices]


def _articles(event: OrderReceiptReported, tx: Transaction) -> list[ArticleNumber]:
    lines = direct_lines(tx.fetched(PlacedOrderRow, event.order_id))
    return sorted(
        {lines[line.line_id].article_number for line in event.lines if line.line_id in lines}
    )


def _balances(event: OrderReceiptReported, tx: Transaction) -> dict[StoreId, list[ArticleNumber]]:
    """The articles whose balances move, by store: the purchasing store, and the one that it is
    for.
    """
    lines = direct_lines(tx.fetched(PlacedOrderRow, event.order_id))
    named = [lines[line.line_id] for line in event.lines if line.line_id in lines]
    stores = {line.store for line in named}
    if isinstance(event.deliver_to, StoreHolder):
        stores.add(event.deliver_to.store)
    return {store: _articles(event, tx) for store in stores}
