"""Handlers of goods that come into a store, and of the old stock that a region states."""

from collections.abc import Iterable
from typing import Any

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import Custody, DeviceRegistered, DeviceStatedOnLoan, MoveKind
from kvitt_contracts.regions import BalanceStated, DeviceStated, GoodsReceived, Owner
from kvitt_contracts.types import NamedRecipient, StoreHolder, StoreId, Word, identify

from inventory.articles.models import ArticleRow
from inventory.articles.queries import article_id, get_article
from inventory.devices import domain as devices
from inventory.devices.models import DeviceRow, UsedNumberRow
from inventory.devices.queries import custody_history, find_device_id, new_device_id, taken_numbers
from inventory.devices.writes import register, register_on_loan
from inventory.people.queries import current_holder, recipient_named, rows_of_recipient
from inventory.receipts import domain
from inventory.receipts.models import DeliveryRow
from inventory.reservations.backorders import serve_backorders
from inventory.stock.writes import balance_rows, lock_balances, move_stock
from inventory.stores.queries import check_store_holds_stock, rows_of_store
from inventory.tables import same_columns

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
    """INV-4, INV-5: book the goods, register each marked device, serve what waits for them.

    An article or a store that nobody has stated: the fact waits. Refused: ALREADY_BOOKED (INV-4)
    with other content, PURCHASING_STORE_HAS_NO_BALANCE, SERVICE_IS_NEVER_STOCKED (INV-4),
    CONTRIBUTION_IS_NEVER_STOCKED (INV-16), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7),
    DEVICES_DO_NOT_MATCH_QUANTITY, DEVICE_NUMBER_TAKEN (INV-5).
    """
    delivery = DeliveryRow(
        region=tx.region,
        reference=_reference(fact, tx),
        kind=MoveKind.RECEIVED,
        booked_on=fact.received_on,
        **same_columns(fact, DeliveryRow),
    )
    if await _is_booked(tx, delivery):
        await _check_same_devices(fact, tx)
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
    """INV-4: the old stock enters the ledger as a move of its own.

    Waits as receive_goods does. Refused: ALREADY_BOOKED (INV-4) with other content,
    PURCHASING_STORE_HAS_NO_BALANCE, SERVICE_IS_NEVER_STOCKED (INV-4), CONTRIBUTION_IS_NEVER_STOCKED
    (INV-16), PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7), MARKED_ARTICLE_IS_STATED_BY_DEVICE (INV-5).
    """
    stated = DeliveryRow(
        region=tx.region,
        reference=_reference(fact, tx),
        kind=MoveKind.STATED,
        booked_on=fact.stated_on,
        **same_columns(fact, DeliveryRow),
    )
    if await _is_booked(tx, stated):
        return
    await check_store_holds_stock(tx, fact.store)
    domain.check_stated_balance(await get_article(tx, fact.article_number))
    await _book(tx, stated)


def _read_to_state(fact: DeviceStated, tx: Transaction) -> Iterable[RowKey]:
    yield ArticleRow, article_id(tx, fact.article_number)
    yield DeviceRow, new_device_id(tx, fact.device_number)
    yield DeviceRow.device_number, fact.device_number
    yield UsedNumberRow, fact.device_number
    if fact.store is not None:
        yield from rows_of_store(fact.store, tx)
    if fact.recipient is not None:
        yield from rows_of_recipient(fact.recipient, tx)


def _moved_to_state(fact: DeviceStated, tx: Transaction) -> Iterable[RowKey]:
    if fact.store is None or tx.fetched(ArticleRow, article_id(tx, fact.article_number)) is None:
        return []  # nothing moves; or it is not read yet, or the fact will wait
    if tx.fetched(DeviceRow, new_device_id(tx, fact.device_number)) is not None:
        return []
    return balance_rows(fact.store, [fact.article_number], tx)


@messages.on(DeviceStated, loads=_moved_to_state, reads=_read_to_state)
async def state_device(fact: DeviceStated, tx: Transaction) -> None:
    """INV-5: a device of the old stock, in a store or on loan at the cut-over day.

    An article, a store or a person that is not known yet: the fact waits. Refused:
    EITHER_STORE_OR_RECIPIENT, ARTICLE_IS_NOT_MARKED, DEVICE_NUMBER_TAKEN,
    BOUGHT_AFTERWARDS (INV-5), LOAN_WITHOUT_PAYER, NO_LOAN_IN_A_STORE (BIL-1),
    DEVICE_STATED_OTHERWISE (PHY-1), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
    article = await get_article(tx, fact.article_number)
    devices.check_stated(fact, marked=article.marked)
    if await _is_known(fact, tx):
        return
    if fact.store is not None:
        await _state_in_store(fact, fact.store, tx)
    if fact.recipient is not None:
        await _state_on_loan(fact, fact.recipient, tx)


async def _is_booked(tx: Transaction, new: DeliveryRow) -> bool:
    """True for what is booked with the same content. Raises GoodsRefused where it differs."""
    known = await tx.look_up(DeliveryRow, new.reference)
    if known is None:
        return False
    for name, field in _BOOKED.items():
        if getattr(known, name) != getattr(new, name):
            raise domain.refuse_changed_booking(field or _day_of(new))
    return True


_BOOKED = {
    "store": "store",
    "article_number": "article_number",
    "quantity": "quantity",
    "booked_on": None,
}


def _day_of(booked: DeliveryRow) -> str:
    return "received_on" if booked.kind is MoveKind.RECEIVED else "stated_on"


async def _check_same_devices(fact: GoodsReceived, tx: Transaction) -> None:
    came = Custody(holder=StoreHolder(store=fact.store), since=fact.received_on)
    known = {}
    for device in fact.devices:
        device_id = await find_device_id(tx, device.device_number)
        if device_id is None:
            continue
        row = await tx.get(DeviceRow, device_id)
        history = await custody_history(tx, row)
        with_it = history[0].custody == came and row.article_number == fact.article_number
        known[device.device_number] = domain.Came(with_it=with_it, serial_number=row.serial_number)
    domain.check_same_devices(fact.devices, known)


async def _book(tx: Transaction, delivery: DeliveryRow) -> None:
    tx.put(delivery)
    await move_stock(
        tx,
        delivery.store,
        delivery.article_number,
        delivery.kind,
        on=delivery.booked_on,
        available=delivery.quantity,
        cause_id=identify(tx.region, "delivery", delivery.reference),
    )
    await serve_backorders(tx, delivery.store, delivery.article_number)


async def _is_known(fact: DeviceStated, tx: Transaction) -> bool:
    device_id = await find_device_id(tx, fact.device_number)
    if device_id is None:
        return False
    row = await tx.get(DeviceRow, device_id)
    same = devices.is_same_unit(
        row.state(), article_number=fact.article_number, serial_number=fact.serial_number
    )
    if not same:
        raise devices.refuse_taken_number("device_number")
    first = (await custody_history(tx, row))[0].custody
    holder = await current_holder(tx, first.holder)
    domain.check_stated_again(
        first.model_copy(update={"holder": holder}), await _stated_custody(fact, tx)
    )
    domain.check_bought_again(fact, owner=row.owner, bought_on=row.bought_on, value=row.value)
    return True


async def _stated_custody(fact: DeviceStated, tx: Transaction) -> Custody:
    if fact.recipient is not None:
        return await _custody_on_loan(fact, fact.recipient, tx)
    assert fact.store is not None  # see devices.check_stated
    return Custody(holder=StoreHolder(store=fact.store), since=fact.stated_on)


async def _custody_on_loan(
    fact: DeviceStated, recipient: NamedRecipient, tx: Transaction
) -> Custody:
    return Custody(
        holder=await recipient_named(tx, recipient),
        payer_id=fact.payer_id,
        customer_id=fact.customer_id,
        prescriber=fact.prescriber,
        since=fact.stated_on,
    )


async def _state_in_store(fact: DeviceStated, store: StoreId, tx: Transaction) -> None:
    await check_store_holds_stock(tx, store)
    await lock_balances(tx, store, [fact.article_number])
    row = register(
        tx,
        DeviceRegistered(
            device_id=new_device_id(tx, fact.device_number),
            device_number=fact.device_number,
            serial_number=fact.serial_number,
            article_number=fact.article_number,
            store=store,
            registered_on=fact.stated_on,
            **_bought(fact),
        ),
    )
    await move_stock(
        tx,
        store,
        row.article_number,
        MoveKind.STATED,
        on=fact.stated_on,
        available=1,
        cause_id=row.id,
    )
    await serve_backorders(tx, store, row.article_number)


async def _state_on_loan(fact: DeviceStated, recipient: NamedRecipient, tx: Transaction) -> None:
    stated = DeviceStatedOnLoan(
        device_id=new_device_id(tx, fact.device_number),
        device_number=fact.device_number,
        serial_number=fact.serial_number,
        article_number=fact.article_number,
        custody=await _custody_on_loan(fact, recipient, tx),
        **_bought(fact),
    )
    await register_on_loan(tx, stated)


def _bought(fact: DeviceStated) -> dict[str, Any]:
    """Whose it is, when it was bought and for what (INV-5)."""
    owner = Word(fact.owner or Owner.REGION)
    return {"owner": owner, "bought_on": fact.bought_on, "value": fact.value}
