"""Handlers of basket loans: set everything aside or nothing, deliver and put back, let go."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import BasketActRefused
from kvitt_contracts.orders import (
    BasketLoanActRequested,
    BasketLoanDeclined,
    BasketLoanRequested,
)
from kvitt_contracts.types import DeviceId, OrderLineId

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id, get_article
from inventory.baskets import domain
from inventory.baskets.models import BasketOrderRow, BasketRow
from inventory.baskets.writes import deliver, free, lock_goods, reserve
from inventory.devices.models import DeviceRow
from inventory.devices.queries import new_device_id
from inventory.people.queries import rows_of_holder
from inventory.stock.writes import balance_rows
from inventory.stores.models import StoreRow
from inventory.tables import same_columns

messages = Handlers()


def _locked_to_lend(event: BasketLoanRequested, tx: Transaction) -> Iterable[RowKey]:
    yield from balance_rows(event.store, {line.article_number for line in event.lines}, tx)
    for line in event.lines:
        if line.device_number is not None:
            yield DeviceRow, new_device_id(tx, line.device_number)
    yield BasketRow, event.order_id


def _read_to_lend(event: BasketLoanRequested, tx: Transaction) -> Iterable[RowKey]:
    yield StoreRow, event.store
    for line in event.lines:
        yield ArticleRow, article_id(tx, line.article_number)


@messages.on(BasketLoanRequested, loads=_locked_to_lend, reads=_read_to_lend)
async def answer_basket(event: BasketLoanRequested, tx: Transaction) -> None:
    """ORD-10: claim every device of the basket and set the unmarked aside, or decline it whole.

    Answers BasketReserved, or ReservationDeclined with the reason and its rule. An article or a
    store that is not known yet: the event waits.
    """
    if await tx.look_up(BasketRow, event.order_id) is not None:
        return
    await tx.get(StoreRow, event.store)
    order = BasketOrderRow(region=tx.region, **same_columns(event, BasketOrderRow))
    tx.put(order)
    await reserve(tx, order)


def _read_to_act(event: BasketLoanActRequested, tx: Transaction) -> Iterable[RowKey]:
    yield BasketOrderRow, event.order_id
    yield BasketRow, event.order_id
    order = tx.fetched(BasketOrderRow, event.order_id)
    for line in order.lines if order is not None else ():
        yield ArticleRow, article_id(tx, line.article_number)
    if event.recipient is not None:
        yield from rows_of_holder(event.recipient, tx)


def _locked_to_act(event: BasketLoanActRequested, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(BasketOrderRow, event.order_id)
    if order is not None:
        yield from balance_rows(order.store, {line.article_number for line in order.lines}, tx)
        known = tx.fetched(BasketRow, event.order_id)
        for device_id in _devices(known, _named(event)) if known is not None else ():
            yield DeviceRow, device_id
        yield BasketRow, event.order_id


@messages.on(BasketLoanActRequested, loads=_locked_to_act, reads=_read_to_act)
async def act_on_basket(event: BasketLoanActRequested, tx: Transaction) -> None:
    """ORD-10: deliver lines to the act's recipient and put lines back, all of them or none.

    Answers LineDelivered and BasketLinePutBack, or BasketActRefused with the reason.
    """
    order = await tx.get(BasketOrderRow, event.order_id)
    known = await tx.get(BasketRow, event.order_id)
    goods = await lock_goods(tx, order, _devices(known, _named(event)))
    row = await tx.lock(BasketRow, event.order_id)
    answer = domain.act(
        row.state(),
        event,
        placed={line.line_id: line for line in order.lines},
        charging={
            line.article_number: (await get_article(tx, line.article_number)).charging
            for line in order.lines
        },
    )
    if isinstance(answer, BasketActRefused):
        tx.record(row, answer)
        return
    devices = {line.line_id: line.devices for line in row.lines}
    tx.record(row, *answer)
    await free(tx, order, {line: devices[line] for line in event.put_back}, goods)
    await deliver(tx, order, event, answer)


def _read_to_let_go(event: BasketLoanDeclined, tx: Transaction) -> Iterable[RowKey]:
    return [(BasketOrderRow, event.order_id), (BasketRow, event.order_id)]


def _locked_to_let_go(event: BasketLoanDeclined, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(BasketOrderRow, event.order_id)
    if order is not None:
        yield from balance_rows(order.store, {line.article_number for line in order.lines}, tx)
        known = tx.fetched(BasketRow, event.order_id)
        for device_id in _devices(known) if known is not None else ():
            yield DeviceRow, device_id
        yield BasketRow, event.order_id


@messages.on(BasketLoanDeclined, loads=_locked_to_let_go, reads=_read_to_let_go)
async def let_go(event: BasketLoanDeclined, tx: Transaction) -> None:
    """ORD-10: what orders waited for too long, and got too late, is free again."""
    order = await tx.look_up(BasketOrderRow, event.order_id)
    known = await tx.look_up(BasketRow, event.order_id)
    if order is None or known is None:
        return
    goods = await lock_goods(tx, order, _devices(known))
    row = await tx.lock(BasketRow, event.order_id)
    was_open = {line.line_id: line.devices for line in row.state().open_lines}
    released = domain.release(event.order_id, row.state())
    tx.record(row, *released)
    if released:
        await free(tx, order, was_open, goods)


def _named(event: BasketLoanActRequested) -> tuple[OrderLineId, ...]:
    return (*(one.line_id for one in event.deliver), *event.put_back)


def _devices(row: BasketRow, lines: Iterable[OrderLineId] | None = None) -> list[DeviceId]:
    """The devices that a basket has, in these of its lines, or in all."""
    named = None if lines is None else frozenset(lines)
    return [
        device
        for line in row.lines
        if named is None or line.line_id in named
        for device in line.devices
    ]
