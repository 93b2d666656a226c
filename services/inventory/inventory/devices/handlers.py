"""What we do about devices that a region states or that have come back."""

from collections.abc import Iterable
from datetime import date

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import Custody, DeviceRegistered, DeviceStatedOnLoan, MoveKind
from kvitt_contracts.regions import DeviceReturned, DeviceStated
from kvitt_contracts.types import DeviceId, NamedRecipient, StoreId

from inventory.articles.handlers import article_id, get_article
from inventory.articles.models import ArticleRow
from inventory.devices import domain
from inventory.devices.custody import (
    change_custody,
    change_days,
    find_device_id,
    get_device_numbered,
    new_device_id,
    register,
    register_on_loan,
)
from inventory.devices.models import DeviceRow
from inventory.holds.breaking import break_claim
from inventory.holds.models import HoldRow
from inventory.people.handlers import recipient_named, rows_of_recipient
from inventory.reservations.backorders import serve_backorders
from inventory.stock.ledger import balance_rows, lock_balances, move_stock
from inventory.stores.handlers import check_store_holds_stock, rows_of_store

messages = Handlers()


def _read_to_state(fact: DeviceStated, tx: Transaction) -> Iterable[RowKey]:
    yield ArticleRow, article_id(tx, fact.article_number)
    yield DeviceRow, new_device_id(tx, fact.device_number)
    yield DeviceRow.device_number, fact.device_number
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
    """INV-5: a device of the old stock, in a store or on loan at the cut-over day."""
    article = await get_article(tx, fact.article_number)
    domain.check_stated(fact, marked=article.marked)
    if await _is_known(fact, tx):
        return
    if fact.store is not None:
        await _state_in_store(fact, fact.store, tx)
    if fact.recipient is not None:
        await _state_on_loan(fact, fact.recipient, tx)


def _read_to_take_back(fact: DeviceReturned, tx: Transaction) -> Iterable[RowKey]:
    yield DeviceRow, new_device_id(tx, fact.device_number)
    yield from rows_of_store(fact.store, tx)


def _locked_to_take_back(fact: DeviceReturned, tx: Transaction) -> Iterable[RowKey]:
    known = tx.fetched(DeviceRow, new_device_id(tx, fact.device_number))
    if known is None or known.device_number != fact.device_number:
        return
    yield from balance_rows(fact.store, [known.article_number], tx)
    yield DeviceRow, known.id
    if known.claim is not None and known.claim.kind is not domain.ClaimKind.DISPATCH:
        yield HoldRow, known.claim.by


@messages.on(DeviceReturned, loads=_locked_to_take_back, reads=_read_to_take_back)
async def take_back(fact: DeviceReturned, tx: Transaction) -> None:
    """INV-7: the device is in the store again, whatever it was claimed for."""
    await check_store_holds_stock(tx, fact.store)
    known = await get_device_numbered(tx, fact.device_number)
    await lock_balances(tx, fact.store, [known.article_number])
    row = await tx.lock(DeviceRow, known.id)
    device, claim = row.state(), row.claim
    in_transit = claim is not None and claim.kind is domain.ClaimKind.DISPATCH
    if domain.is_back_already(device, store=fact.store, in_transit=in_transit):
        return
    returned = domain.return_to_store(
        DeviceId(row.id),
        device,
        store=fact.store,
        on=fact.returned_on,
        in_transit=in_transit,
        change_days=await change_days(tx, row),
    )
    await break_claim(tx, row, reason="RETURNED")
    for changed in returned:
        await change_custody(tx, row, changed)
    await _put_into_store(tx, fact.store, row, MoveKind.RETURNED, on=fact.returned_on)


async def _is_known(fact: DeviceStated, tx: Transaction) -> bool:
    device_id = await find_device_id(tx, fact.device_number)
    if device_id is None:
        return False
    row = await tx.get(DeviceRow, device_id)
    same = domain.is_same_unit(
        row.state(), article_number=fact.article_number, serial_number=fact.serial_number
    )
    if not same:
        raise domain.refuse_taken_number("device_number")
    return True


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
        ),
    )
    await _put_into_store(tx, store, row, MoveKind.STATED, on=fact.stated_on)


async def _state_on_loan(fact: DeviceStated, recipient: NamedRecipient, tx: Transaction) -> None:
    custody = Custody(
        holder=await recipient_named(tx, recipient),
        payer_id=fact.payer_id,
        prescriber=fact.prescriber,
        since=fact.stated_on,
    )
    stated = DeviceStatedOnLoan(
        device_id=new_device_id(tx, fact.device_number),
        device_number=fact.device_number,
        serial_number=fact.serial_number,
        article_number=fact.article_number,
        custody=custody,
    )
    await register_on_loan(tx, stated)


async def _put_into_store(
    tx: Transaction, store: StoreId, row: DeviceRow, kind: MoveKind, *, on: date
) -> None:
    await move_stock(tx, store, row.article_number, kind, on=on, available=1, cause_id=row.id)
    await serve_backorders(tx, store, row.article_number, on=on)
