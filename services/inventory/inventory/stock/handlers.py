"""What we do about goods that come into a store, and about balances of the old stock."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import DeviceRegistered, MoveKind
from kvitt_contracts.regions import BalanceStated, GoodsReceived

from inventory.articles.handlers import article_id, get_article
from inventory.articles.models import ArticleRow
from inventory.devices import domain as devices
from inventory.devices.custody import new_device_id, register, taken_numbers
from inventory.devices.models import DeviceRow
from inventory.reservations.backorders import serve_backorders
from inventory.stock import domain
from inventory.stock.ledger import balance_rows, lock_balances, move_stock
from inventory.stock.models import DeliveryRow
from inventory.stores.handlers import check_store_holds_stock, rows_of_store

messages = Handlers()


def _reference(fact: GoodsReceived | BalanceStated, tx: Transaction) -> str:
    kind = MoveKind.RECEIVED if isinstance(fact, GoodsReceived) else MoveKind.STATED
    return f"{kind}/{tx.subject}"


def _read(fact: GoodsReceived | BalanceStated, tx: Transaction) -> Iterable[RowKey]:
    yield DeliveryRow, _reference(fact, tx)
    yield ArticleRow, article_id(tx, fact.article_number)
    yield from rows_of_store(fact.store, tx)
    if isinstance(fact, GoodsReceived):
        for device in fact.devices:
            yield DeviceRow, new_device_id(tx, device.device_number)


def _moved(fact: GoodsReceived | BalanceStated, tx: Transaction) -> Iterable[RowKey]:
    if tx.fetched(ArticleRow, article_id(tx, fact.article_number)) is None:
        return []  # not yet, or the fact will wait
    if tx.fetched(DeliveryRow, _reference(fact, tx)) is not None:
        return []  # booked before: nothing moves
    return balance_rows(fact.store, [fact.article_number], tx)


@messages.on(GoodsReceived, loads=_moved, reads=_read)
async def receive_goods(fact: GoodsReceived, tx: Transaction) -> None:
    """INV-4, INV-5: book the goods, register each marked device, serve what waits for them."""
    delivery = DeliveryRow(
        region=tx.region,
        reference=_reference(fact, tx),
        kind=MoveKind.RECEIVED,
        store=fact.store,
        article_number=fact.article_number,
        quantity=fact.quantity,
        booked_on=fact.received_on,
    )
    if await _is_booked(tx, delivery):
        return
    await check_store_holds_stock(tx, fact.store)
    article = await get_article(tx, fact.article_number)
    numbers = [device.device_number for device in fact.devices]
    domain.check_received(article, quantity=fact.quantity, numbers=numbers)
    await lock_balances(tx, fact.store, [fact.article_number])
    taken = await taken_numbers(tx, numbers)
    for place, number in enumerate(numbers):
        if number in taken:
            raise devices.refuse_taken_number(f"devices.{place}.device_number")
    for device in fact.devices:
        register(
            tx,
            DeviceRegistered(
                device_id=new_device_id(tx, device.device_number),
                device_number=device.device_number,
                serial_number=device.serial_number,
                article_number=fact.article_number,
                store=fact.store,
                registered_on=fact.received_on,
            ),
        )
    await _book(tx, delivery)


@messages.on(BalanceStated, loads=_moved, reads=_read)
async def state_balance(fact: BalanceStated, tx: Transaction) -> None:
    """INV-4: the old stock enters the ledger as a move of its own."""
    stated = DeliveryRow(
        region=tx.region,
        reference=_reference(fact, tx),
        kind=MoveKind.STATED,
        store=fact.store,
        article_number=fact.article_number,
        quantity=fact.quantity,
        booked_on=fact.stated_on,
    )
    if await _is_booked(tx, stated):
        return
    await check_store_holds_stock(tx, fact.store)
    domain.check_stated_balance(await get_article(tx, fact.article_number))
    await _book(tx, stated)


async def _is_booked(tx: Transaction, new: DeliveryRow) -> bool:
    """True for what is booked with the same content. Raises GoodsRefused where it differs."""
    known = await tx.look_up(DeliveryRow, new.reference)
    if known is None:
        return False
    same = (known.store, known.article_number, known.quantity, known.booked_on)
    if same != (new.store, new.article_number, new.quantity, new.booked_on):
        raise domain.refuse_changed_booking()
    return True


async def _book(tx: Transaction, delivery: DeliveryRow) -> None:
    tx.put(delivery)
    await move_stock(
        tx,
        delivery.store,
        delivery.article_number,
        delivery.kind,
        on=delivery.booked_on,
        available=delivery.quantity,
    )
    await serve_backorders(tx, delivery.store, delivery.article_number, on=delivery.booked_on)
