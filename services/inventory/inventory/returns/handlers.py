"""Handlers of devices that have come back."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import MoveKind
from kvitt_contracts.regions import DeviceReturned
from kvitt_contracts.types import DeviceId

from inventory.devices import domain
from inventory.devices.models import DeviceRow
from inventory.devices.queries import custody_history, get_device_numbered, new_device_id
from inventory.devices.writes import change_custody
from inventory.holds.models import HoldRow
from inventory.holds.writes import break_claim
from inventory.reservations.backorders import serve_backorders
from inventory.stock.writes import balance_rows, lock_balances, move_stock
from inventory.stores.queries import check_store_holds_stock, rows_of_store

messages = Handlers()


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
    """INV-7: the device is in the store again, whatever it was claimed for.

    A store or a device that is not known yet: the fact waits. Refused: NOT_ON_LOAN (INV-7),
    RETURNED_BEFORE_LOAN (DAY-5), PURCHASING_STORE_HAS_NO_BALANCE (INV-4),
    PRIVATE_CLINIC_HOLDS_NO_STOCK (REF-7).
    """
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
        history=await custody_history(tx, row),
    )
    await break_claim(tx, row, reason="RETURNED")
    await move_stock(
        tx,
        fact.store,
        row.article_number,
        MoveKind.RETURNED,
        on=fact.returned_on,
        available=1,
        cause_id=row.id,
    )
    await serve_backorders(tx, fact.store, row.article_number, on=fact.returned_on)
    for changed in returned:  # last, since it locks the region's count
        await change_custody(tx, row, changed)
