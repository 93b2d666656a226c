"""Handlers of orders: answer each, and release the goods of one that is to be voided."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import (
    OrderPlaced,
    OrderPlacedV2,
    OrderVoidRequested,
    Supply,
    direct_lines,
    served_by_store,
)
from kvitt_contracts.types import DeviceNumber, PatientRecipient

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id
from inventory.devices.models import DeviceRow
from inventory.devices.queries import new_device_id
from inventory.people.queries import rows_of_holder
from inventory.reservations import domain
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.writes import free_goods, reserve
from inventory.stock.writes import balance_rows, lock_balances
from inventory.stores.models import StoreRow
from inventory.tables import same_columns
from inventory.withdrawals.writes import withdraw

messages = Handlers()


def _answerable(said: OrderPlaced | OrderPlacedV2) -> Iterator[OrderPlaced]:
    """What a store serves of the order; nothing with lines of several stores, which the handler
    then fails on.
    """
    with suppress(ValueError):
        served = served_by_store(said)
        if served is not None:
            yield served


def _locked_to_answer(said: OrderPlaced | OrderPlacedV2, tx: Transaction) -> Iterable[RowKey]:
    for event in _answerable(said):
        yield from balance_rows(event.store, {line.article_number for line in event.lines}, tx)
        if event.supply is Supply.OWN_STORE:
            for line in event.lines:
                if line.device_number is not None:
                    yield DeviceRow, new_device_id(tx, line.device_number)


def _read_to_answer(said: OrderPlaced | OrderPlacedV2, tx: Transaction) -> Iterable[RowKey]:
    yield PlacedOrderRow, said.order_id
    for event in _answerable(said):
        yield ReservationRow, event.order_id
        yield StoreRow, event.store
        for line in event.lines:
            yield ArticleRow, article_id(tx, line.article_number)
        if event.supply is Supply.OWN_STORE:
            yield from rows_of_holder(event.recipient, tx)
            for line in event.lines:
                if line.device_number is not None:
                    yield from _rows_of_whom_it_is_meant_for(line.device_number, tx)


def _rows_of_whom_it_is_meant_for(number: DeviceNumber, tx: Transaction) -> Iterable[RowKey]:
    device_id = new_device_id(tx, number)
    yield DeviceRow, device_id
    device = tx.fetched(DeviceRow, device_id)
    if device is not None and device.meant_for is not None:
        yield from rows_of_holder(PatientRecipient(person=device.meant_for), tx)


@messages.on(OrderPlaced, OrderPlacedV2, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_order(said: OrderPlaced | OrderPlacedV2, tx: Transaction) -> None:
    """ORD-4, ORD-7: reserve the goods, or deliver them at once from the service point's own store.

    Answers StockReserved or StockBackordered, for a withdrawal LineDelivered; or
    ReservationDeclined with the reason and its rule, also for what nobody purchases (ORD-6). An
    article or a store that is not known yet: the event waits. Lines that come direct from suppliers
    are kept and not answered: of these alone the first receipt makes the reservation (ORD-21).
    """
    # Not locked: nobody else answers this order meanwhile, since its messages come in order.
    if await tx.look_up(PlacedOrderRow, said.order_id) is not None:
        return
    event, direct = served_by_store(said), direct_lines(said)
    if event is None:
        kept = same_columns(said, PlacedOrderRow) | {"lines": (), "direct_lines": direct}
        tx.put(PlacedOrderRow(region=tx.region, store=direct[0].store, **kept))
        return
    await tx.get(StoreRow, event.store)
    kept = same_columns(event, PlacedOrderRow) | {"direct_lines": direct}
    order = PlacedOrderRow(region=tx.region, **kept)
    tx.put(order)
    if event.supply is Supply.OWN_STORE:
        await withdraw(tx, order)
    else:
        await reserve(tx, order)


def _locked_to_release(event: OrderVoidRequested, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, event.order_id)
    if order is not None:
        yield from balance_rows(order.store, {line.article_number for line in order.lines}, tx)
        yield ReservationRow, event.order_id


def _read_to_release(event: OrderVoidRequested, tx: Transaction) -> Iterable[RowKey]:
    yield PlacedOrderRow, event.order_id
    order = tx.fetched(PlacedOrderRow, event.order_id)
    for line in order.lines if order else ():
        yield ArticleRow, article_id(tx, line.article_number)


@messages.on(
    OrderVoidRequested,
    loads=_locked_to_release,
    reads=_read_to_release,
)
async def release(event: OrderVoidRequested, tx: Transaction) -> None:
    """ORD-14: free what is set aside, unless the warehouse has begun.

    Answers ReservationReleased, or ReleaseRefused with the reason.
    """
    order = await tx.get(PlacedOrderRow, event.order_id)
    await lock_balances(tx, order.store, {line.article_number for line in order.lines})
    row = await tx.lock(ReservationRow, event.order_id)
    before = row.state()
    answers = domain.release(event.order_id, before)
    tx.record(row, *answers)
    if any(isinstance(answer, ReservationReleased) for answer in answers):
        await free_goods(tx, order, before, row)
