"""What we do about orders: answer each, and free what is set aside when one is to be voided."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import MoveKind, ReservationReleased
from kvitt_contracts.orders import OrderPlaced, OrderVoidRequested, Supply
from kvitt_contracts.types import ArticleNumber, OrderId

from inventory.articles.handlers import article_id, get_article
from inventory.articles.models import ArticleRow
from inventory.devices.custody import new_device_id
from inventory.devices.models import DeviceRow
from inventory.metrics import ORDERS_ANSWERED, count
from inventory.people.handlers import rows_of_holder
from inventory.reservations import domain
from inventory.reservations.backorders import note_missing, serve_backorders
from inventory.reservations.models import PlacedOrderRow, ReservationRow
from inventory.stock.ledger import balance_rows, lock_balances, move_stock
from inventory.stores.models import StoreRow
from inventory.withdrawals.handlers import withdraw

messages = Handlers()


def _locked_to_answer(event: OrderPlaced, tx: Transaction) -> Iterable[RowKey]:
    yield ReservationRow, event.order_id
    yield from balance_rows(event.store, {line.article_number for line in event.lines}, tx)
    if event.supply is Supply.OWN_STORE:
        for line in event.lines:
            if line.device_number is not None:
                yield DeviceRow, new_device_id(tx, line.device_number)


def _read_to_answer(event: OrderPlaced, tx: Transaction) -> Iterable[RowKey]:
    yield StoreRow, event.store
    for line in event.lines:
        yield ArticleRow, article_id(tx, line.article_number)
    if event.supply is Supply.OWN_STORE:
        yield from rows_of_holder(event.recipient, tx)


@messages.on(OrderPlaced, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_order(event: OrderPlaced, tx: Transaction) -> None:
    """ORD-4, ORD-7: set the goods aside, or hand them over at once from one's own store."""
    if await tx.find(ReservationRow, event.order_id) is not None:
        return
    await tx.get(StoreRow, event.store)
    order = PlacedOrderRow(
        region=tx.region,
        order_id=event.order_id,
        order_number=event.order_number,
        reference=event.reference,
        recipient=event.recipient,
        prescriber=event.prescriber,
        service_point=event.service_point,
        customer_id=event.customer_id,
        store=event.store,
        placed_on=event.placed_on,
        lines=event.lines,
    )
    tx.put(order)
    if event.supply is Supply.OWN_STORE:
        await withdraw(order, tx)
    else:
        await _reserve(order, tx)


def _locked_to_release(event: OrderVoidRequested, tx: Transaction) -> Iterable[RowKey]:
    order = tx.fetched(PlacedOrderRow, event.order_id)
    if order is not None:  # balances come before reservations
        yield from balance_rows(order.store, {line.article_number for line in order.lines}, tx)
        yield ReservationRow, event.order_id


@messages.on(
    OrderVoidRequested,
    loads=_locked_to_release,
    reads=lambda event, _: [(PlacedOrderRow, event.order_id)],
)
async def release(event: OrderVoidRequested, tx: Transaction) -> None:
    """ORD-14: free what is set aside, unless the warehouse has begun."""
    order = await tx.get(PlacedOrderRow, event.order_id)
    await lock_balances(tx, order.store, {line.article_number for line in order.lines})
    row = await tx.lock(ReservationRow, event.order_id)
    before = row.state()
    answer = domain.release(event.order_id, before)
    if answer is None:
        return
    tx.record(row, answer)
    if isinstance(answer, ReservationReleased):
        await _free(order, before, row, tx)


async def _reserve(order: PlacedOrderRow, tx: Transaction) -> None:
    articles = {line.article_number: None for line in order.lines}
    lead_times = {n: (await get_article(tx, n)).lead_time_days for n in articles}
    balances = await lock_balances(tx, order.store, articles)
    answer = domain.reserve(
        order.order_id,
        order.lines,
        available={number: balance.available for number, balance in balances.items()},
        lead_time_days=lead_times,
        placed_on=order.placed_on,
    )
    row = tx.start(ReservationRow, order.order_id, answer)
    count(tx, ORDERS_ANSWERED, row.status)
    await note_missing(tx, order, (), row.lines)
    for number, (reserved, missing) in _by_article(order, row.lines).items():
        await move_stock(
            tx,
            order.store,
            number,
            MoveKind.RESERVED if reserved else MoveKind.ORDERED,
            on=order.placed_on,
            available=-reserved,
            reserved=reserved,
            on_order=missing,
            cause_id=order.order_id,
        )


async def _free(
    order: PlacedOrderRow, before: domain.Reservation, row: ReservationRow, tx: Transaction
) -> None:
    await note_missing(tx, order, before.lines, row.lines)
    freed = _by_article(order, before.lines)
    for number, (reserved, missing) in freed.items():
        await move_stock(
            tx,
            order.store,
            number,
            MoveKind.RELEASED,
            on=tx.today,
            available=reserved,
            reserved=-reserved,
            on_order=-missing,
            cause_id=OrderId(row.id),
        )
    for number in freed:
        await serve_backorders(tx, order.store, number, on=tx.today)


def _by_article(
    order: PlacedOrderRow, lines: tuple[domain.Line, ...]
) -> dict[ArticleNumber, tuple[int, int]]:
    """Set aside and missing per stocked article, in the order of the articles' numbers."""
    stocked = {line.line_id for line in order.lines if line.article_type != "service"}
    sums: dict[ArticleNumber, tuple[int, int]] = {}
    for line in sorted(lines, key=lambda line: line.article_number):
        if line.line_id in stocked:
            reserved, missing = sums.get(line.article_number, (0, 0))
            sums[line.article_number] = (reserved + line.reserved, missing + line.missing)
    return sums
