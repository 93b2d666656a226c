"""The handler of devices that are scrapped."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import LaterMoveKind, ScrapDevice
from kvitt_contracts.types import DeviceId

from inventory.devices.models import DeviceRow
from inventory.devices.queries import find_device_id, new_device_id
from inventory.people.models import UserRow
from inventory.scrapping import domain
from inventory.stock.writes import lock_balances, move_stock
from inventory.stores.queries import is_store_of, rows_of_own_store

messages = Handlers()

_SCRAP = "inventory.device.scrap"


def _read(command: ScrapDevice, tx: Transaction) -> Iterable[RowKey]:
    yield UserRow, command.by
    yield DeviceRow, new_device_id(tx, command.device_number)
    device = tx.fetched(DeviceRow, new_device_id(tx, command.device_number))
    store = device.state().store if device else None
    if store is not None:
        yield from rows_of_own_store(store, tx.fetched(UserRow, command.by))


@messages.command(ScrapDevice, reads=_read)
async def scrap_device(command: ScrapDevice, tx: Transaction) -> None:
    """INV-7: the device is none of its store's goods any more, and can be given to nobody.

    Refused: UNKNOWN_DEVICE (INV-5), UNKNOWN_USER (REF-3), NOT_IN_STORE, NOT_IN_YOUR_STORE,
    ALREADY_SCRAPPED (INV-7), IN_TRANSFER, LOCKED, IN_DISPATCH, IN_INVESTIGATION, IN_PICKUP,
    IN_SALE, IN_BASKET, IN_RECONDITIONING (BMB-12), SCRAPPED_BEFORE_IT_CAME (DAY-5),
    RESERVED_FOR_ORDERS (ORD-4).
    """
    by = await tx.get(UserRow, command.by, rule="REF-3", field="by")
    device_id = await find_device_id(tx, command.device_number)
    known = await tx.get(
        DeviceRow,
        device_id or new_device_id(tx, command.device_number),
        rule="INV-5",
        field="device_number",
    )
    store, available = known.state().store, 0
    if store is not None:
        balances = await lock_balances(tx, store, [known.article_number])
        available = balances[known.article_number].available
    row = await tx.lock(DeviceRow, known.id)
    event = domain.scrap(
        DeviceId(row.id),
        row.state(),
        store=store,
        claim=row.claim,
        is_of_their_store=store is not None and await is_store_of(tx, store, by, act=_SCRAP),
        available=available,
        on=command.scrapped_on,
    )
    tx.record(row, event)
    if store is not None:
        await move_stock(
            tx,
            store,
            row.article_number,
            LaterMoveKind.SCRAPPED,
            on=command.scrapped_on,
            available=-1,
            cause_id=row.id,
        )
