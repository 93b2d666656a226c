"""Handlers of the warehouse's facts: picking, dispatch, and arrival on its day."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

from kvitt_chassis.handlers import Handlers, RowKey, Timer
from kvitt_chassis.transaction import NotYetKnown, Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import MoveKind, OrderGoodsDispatched
from kvitt_contracts.regions import GoodsDispatched, PickingBegun
from kvitt_contracts.types import (
    DeviceId,
    DeviceNumber,
    OrderId,
    Reference,
    identify,
)

from inventory.arrivals.domain import arrivals, arriving, next_arrival, stockings
from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id, get_article
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.devices.queries import lock_devices_numbered, new_device_id
from inventory.dispatches import domain
from inventory.holds.writes import break_claim, lock_claiming, rows_of_claim
from inventory.replenishments.writes import balances_filled, put_into_stock
from inventory.reservations import domain as reservations
from inventory.reservations.backorders import note_missing, serve_all_backorders
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.reservations.queries import order_id_numbered
from inventory.reservations.writes import contributions_of, give_devices
from inventory.stock.writes import balance_rows, lock_balances, move_stock

messages = Handlers()


def _locked_to_pick(fact: PickingBegun, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, _order_id(fact.order, tx))
    return [] if order is None else [(ReservationRow, order.order_id)]


@messages.on(
    PickingBegun,
    loads=_locked_to_pick,
    reads=lambda fact, tx: [(PlacedOrderRow, _order_id(fact.order, tx))],
)
async def begin_picking(fact: PickingBegun, tx: Transaction) -> None:
    """ORD-14: the warehouse has begun with the order.

    An order that is not known yet: the fact waits. Refused: ORDER_HAS_NO_GOODS (ORD-14, ORD-21).
    """
    order = await _order_named(fact.order, tx)
    row = await tx.lock(ReservationRow, order.order_id)
    domain.check_has_goods(row.state())
    tx.record(row, *reservations.begin_picking(order.order_id, row.state()))


def _read_to_dispatch(fact: GoodsDispatched, tx: Transaction) -> Iterable[RowKey]:
    yield PlacedOrderRow, _order_id(fact.order, tx)
    yield ReservationRow, _order_id(fact.order, tx)
    yield from _articles_of(_order_id(fact.order, tx), tx)
    for device_id in _named_devices(fact, tx):
        yield DeviceRow, device_id


def _locked_to_dispatch(fact: GoodsDispatched, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, _order_id(fact.order, tx))
    if order is None:  # known by its number alone, or the fact will wait
        return
    yield from balance_rows(order.store, {line.article_number for line in order.lines}, tx)
    yield from balances_filled(order, tx)
    for device_id in _named_devices(fact, tx):
        yield DeviceRow, device_id
        device = tx.fetched(DeviceRow, device_id)
        if device is not None:
            yield from rows_of_claim(device.claim)
    yield from _locked_to_arrive(order.order_id, tx)
    yield ReservationRow, order.order_id


@messages.on(GoodsDispatched, loads=_locked_to_dispatch, reads=_read_to_dispatch)
async def dispatch(fact: GoodsDispatched, tx: Transaction) -> None:
    """ORD-13: goods have left the store; they count as received on arrival.

    What is on its way already changes nothing (PHY-1). An order or a device that is not known yet:
    the fact waits. Refused: ORDER_HAS_NO_GOODS (ORD-14, ORD-21), DISPATCHED_BEFORE_ORDER (DAY-5),
    ARRIVES_BEFORE_DISPATCH, LINE_UNKNOWN_OR_TWICE, MORE_THAN_ORDERED (ORD-13),
    DEVICE_NAMED_TWICE, DEVICES_DO_NOT_MATCH_QUANTITY (INV-5), DEVICE_NOT_IN_STORE,
    DEVICE_OF_ANOTHER_ARTICLE (ORD-8), DEVICE_GONE (INV-7), MEANT_FOR_PATIENT (INV-12),
    BALANCE_TOO_LOW (INV-4).
    """
    order = await _order_named(fact.order, tx)
    await lock_balances(tx, order.store, {line.article_number for line in order.lines})
    if order.to_store is not None:
        await lock_balances(tx, order.to_store, {line.article_number for line in order.lines})
    sent = await _lock_sent(fact, tx)
    await _lock_arriving(order, tx)
    await lock_claiming(tx, sent.values())
    row = await tx.lock(ReservationRow, order.order_id)
    before = row.state()
    ids = {number: DeviceId(device.id) for number, device in sent.items()}
    if domain.is_on_its_way(before, order.lines, fact, devices=ids):
        return
    dispatched = domain.dispatch(
        order.order_id,
        before,
        order.lines,
        fact,
        store=order.store,
        placed_on=order.placed_on,
        devices={number: _sent(device) for number, device in sent.items()},
    )
    tx.record(row, *reservations.begin_picking(order.order_id, before), dispatched)
    await note_missing(tx, order, before.lines, row.lines)
    freed = {device.article_number for device in sent.values() if device.claim is not None}
    for device in sent.values():
        await _send_off(device, order, tx)
    await _take_from_stock(order, before, dispatched, tx)
    # what a transfer had set aside and the dispatch did not take goes to who waits
    await serve_all_backorders(tx, order.store, sorted(freed))
    await _deliver_arrived(row, order, tx, until=tx.today)


def _locked_to_arrive(order_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, order_id)
    if order is not None:
        yield from balances_filled(order, tx)
    reservation = tx.fetched(ReservationRow, order_id)
    if reservation is not None:
        for device_id in arriving(reservation.state().in_transit, until=tx.today):
            yield DeviceRow, device_id


def _read_to_arrive(order_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    yield PlacedOrderRow, order_id
    yield ReservationRow, order_id
    yield from _articles_of(order_id, tx)


def _articles_of(order_id: UUID, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, order_id)
    for line in order.lines if order else ():
        yield ArticleRow, article_id(tx, line.article_number)


GOODS_ARRIVE = Timer("goods_arrive", ReservationRow, loads=_locked_to_arrive, reads=_read_to_arrive)


@messages.timer(GOODS_ARRIVE)
async def arrive(row: ReservationRow, due: datetime, tx: Transaction) -> None:
    """ORD-13: the day of arrival has begun; what arrives later by the same order may be due too."""
    order = await tx.get(PlacedOrderRow, row.id)
    await _deliver_arrived(row, order, tx, until=tx.today)


async def _order_named(name: Reference, tx: Transaction) -> PlacedOrderRow:
    """The order by the region's own reference, or by its number where it was placed over HTTP.

    One that orders has not published yet: the fact waits.
    """
    order_id = _order_id(name, tx)
    order = await tx.look_up(PlacedOrderRow, order_id)
    if order is None:
        order = await tx.get(PlacedOrderRow, await order_id_numbered(tx, name) or order_id)
    domain.check_is_served(order.lines)
    return order


def _order_id(name: Reference, tx: Transaction) -> OrderId:
    return OrderId(identify(tx.region, "order", name))


def _named_devices(fact: GoodsDispatched, tx: Transaction) -> Iterable[DeviceId]:
    return (new_device_id(tx, number) for line in fact.lines for number in line.devices)


async def _lock_sent(fact: GoodsDispatched, tx: Transaction) -> dict[DeviceNumber, DeviceRow]:
    """The named devices, locked in the order of their ids. An unknown one: the fact waits."""
    named = [number for line in fact.lines for number in line.devices]
    found = await lock_devices_numbered(tx, named)
    for number in named:
        if number not in found:
            raise NotYetKnown(DeviceRow, new_device_id(tx, number))
    return found


async def _lock_arriving(order: PlacedOrderRow, tx: Transaction) -> None:
    """Lock what has arrived of the order, before its reservation."""
    reservation = await tx.get(ReservationRow, order.order_id)
    await tx.lock_all(DeviceRow, arriving(reservation.state().in_transit, until=tx.today))


def _sent(row: DeviceRow) -> domain.Sent:
    return domain.Sent(device_id=DeviceId(row.id), device=row.state(), claim=row.claim)


async def _send_off(row: DeviceRow, order: PlacedOrderRow, tx: Transaction) -> None:
    """The device is on its way: nothing else may claim it, and what had claimed it is informed."""
    if row.claim is not None:
        # the transfer had set one aside; the dispatch takes the order's own
        await move_stock(
            tx,
            order.store,
            row.article_number,
            MoveKind.RELEASED,
            on=tx.today,
            available=1,
            reserved=-1,
            cause_id=row.claim.by,
        )
    await break_claim(tx, row, reason="DISPATCHED")
    # decision 0041: what is on its way is claimed by its order
    row.claim = Claim(kind=ClaimKind.DISPATCH, by=order.order_id)


async def _take_from_stock(
    order: PlacedOrderRow,
    before: reservations.Reservation,
    dispatched: OrderGoodsDispatched,
    tx: Transaction,
) -> None:
    never = await contributions_of(tx, order)
    for taken in domain.taken_from_stock(before, order.lines, dispatched, never_stocked=never):
        await move_stock(
            tx,
            order.store,
            taken.article_number,
            MoveKind.DISPATCHED,
            on=dispatched.dispatched_on,
            available=-taken.available,
            reserved=-taken.reserved,
            on_order=-taken.available,
            cause_id=order.order_id,
        )


async def _deliver_arrived(
    row: ReservationRow, order: PlacedOrderRow, tx: Transaction, *, until: date
) -> None:
    """Deliver what has arrived by a day, to the recipient or into the store that it fills up, and
    wait for the next arrival.
    """
    state = row.state()
    still_sent = await _still_sent(order, state, tx, until=until)
    if order.to_store is not None:
        for stocked in stockings(
            order.order_id,
            state.in_transit,
            order.lines,
            until=until,
            still_sent=still_sent,
            store=order.to_store,
        ):
            tx.record(row, stocked)
            await put_into_stock(tx, order, stocked)
    else:
        await _hand_over(row, order, tx, until=until, still_sent=still_sent)
    following = next_arrival(row.state().in_transit, after=until)
    if following is not None:
        tx.schedule(GOODS_ARRIVE, key=row.id, due=start_of_day(following))


async def _hand_over(
    row: ReservationRow,
    order: PlacedOrderRow,
    tx: Transaction,
    *,
    until: date,
    still_sent: Collection[DeviceId],
) -> None:
    for delivered in arrivals(
        order.order_id,
        row.in_transit,
        order.lines,
        until=until,
        still_sent=still_sent,
        charging={
            line.article_number: (await get_article(tx, line.article_number)).charging
            for line in order.lines
        },
    ):
        tx.record(row, delivered)
        await give_devices(tx, order, delivered)


async def _still_sent(
    order: PlacedOrderRow, state: reservations.Reservation, tx: Transaction, *, until: date
) -> set[DeviceId]:
    rows = await tx.lock_all(DeviceRow, arriving(state.in_transit, until=until))
    mine = Claim(kind=ClaimKind.DISPATCH, by=order.order_id)
    return {DeviceId(row.id) for row in rows if row.claim == mine}
