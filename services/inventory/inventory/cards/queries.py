"""Look-ups for a device's card: whose it is, and the work that is named."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceNumber, UserId, WorkOrderId

from inventory.cards.domain import CardRefused, WorkOrder
from inventory.cards.models import WorkOrderRow
from inventory.devices.models import DeviceRow
from inventory.devices.queries import find_device_id, new_device_id
from inventory.people.models import UserRow
from inventory.registered_returns.queries import has_part_in_device
from inventory.stores.queries import is_store_of, rows_of_own_store


def rows_of_card(number: DeviceNumber, by: UserId, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `lock_device_of` reads."""
    yield UserRow, by
    yield DeviceRow, new_device_id(tx, number)
    device = tx.fetched(DeviceRow, new_device_id(tx, number))
    store = device.state().store if device else None
    if store is not None:
        yield from rows_of_own_store(store, tx.fetched(UserRow, by))


async def device_of(number: DeviceNumber, by: UserRow, tx: Transaction, *, act: str) -> DeviceRow:
    """The device that bears a number, or has borne it, where it is the user's or their units'
    (REF-18), not locked. Raises CardRefused: none is.
    """
    device_id = await find_device_id(tx, number)
    row = await tx.look_up(DeviceRow, device_id) if device_id else None
    if row is None:
        raise _unknown()
    await must_be_theirs(row, by, tx, act=act)
    return row


async def lock_device_of(
    number: DeviceNumber, by: UserRow, tx: Transaction, *, act: str
) -> DeviceRow:
    """As `device_of`, locked. Raises CardRefused."""
    row = await tx.lock(DeviceRow, (await device_of(number, by, tx, act=act)).id)
    await must_be_theirs(row, by, tx, act=act)  # by now it may be another's
    return row


async def must_be_theirs(row: DeviceRow, by: UserRow, tx: Transaction, *, act: str) -> None:
    """Raises CardRefused: a device is not the user's or their units' (REF-18)."""
    store = row.state().store
    if store is not None:
        is_theirs = await is_store_of(tx, store, by, act=act)
    else:
        is_theirs = await has_part_in_device(tx, row.custody, by, act=act)
    if not is_theirs:
        raise _unknown()


async def work_order(work_order_id: WorkOrderId, tx: Transaction) -> WorkOrder:
    """The work that a new number follows from. Raises CardRefused: there is none (ACT-4)."""
    row = await tx.look_up(WorkOrderRow, work_order_id)
    if row is None:
        raise CardRefused(
            "UNKNOWN_WORK_ORDER", rule="ACT-4", field="work_order", way_on=_CHECK_WORK
        )
    return WorkOrder(id=row.work_order_id, kind=row.kind, device_id=row.device_id)


def _unknown() -> CardRefused:
    return CardRefused("UNKNOWN_DEVICE", rule="INV-5", field="device_number", way_on=_CHECK)


_CHECK = (
    "Kontrollera individnumret. Kortet för det som hör till en annan enhet ändras av den, eller av "
    "kundtjänst."
)
_CHECK_WORK = "Kontrollera arbetsordern, eller utelämna den."
