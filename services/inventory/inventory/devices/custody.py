"""How devices are written: registration, custody with its history, and the region's count of it."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import Custody, CustodyChanged, DeviceRegistered, DeviceStatedOnLoan
from kvitt_contracts.types import DeviceId, DeviceNumber, OrderId, TransferId, identify
from sqlalchemy import select

from inventory.days.writes import count_custody_change
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.metrics import CUSTODY_CHANGES, count


def new_device_id(tx: Transaction, number: DeviceNumber) -> DeviceId:
    """The id that a device gets when it is registered under this number."""
    return DeviceId(identify(tx.region, "device", number))


async def find_device_id(tx: Transaction, number: DeviceNumber) -> DeviceId | None:
    """The id of the device that carries a number now, or None. Nothing is locked."""
    likely = await tx.look_up(DeviceRow, new_device_id(tx, number))
    if likely is not None and likely.device_number == number:
        return DeviceId(likely.id)
    found = await tx.search(DeviceRow, DeviceRow.device_number, number)
    return None if found is None else DeviceId(found.id)


async def get_device_numbered(tx: Transaction, number: DeviceNumber) -> DeviceRow:
    """The device that carries a number, not locked. One that nobody has named: the fact waits."""
    found = await find_device_id(tx, number)
    return await tx.get(DeviceRow, found or new_device_id(tx, number))


async def lock_devices_numbered(
    tx: Transaction, numbers: Iterable[DeviceNumber]
) -> dict[DeviceNumber, DeviceRow]:
    """The devices that carry these numbers now, locked; a number that none carries is left out."""
    found: dict[DeviceNumber, DeviceRow] = {}
    for device_id, number in sorted((str(new_device_id(tx, n)), n) for n in set(numbers)):
        with tx.session.no_autoflush:  # found by its key: what is unwritten is held, not searched
            row = await tx.find(DeviceRow, UUID(device_id))
        if row is None or row.device_number != number:  # no such device, or it got another number
            renamed = await find_device_id(tx, number)
            row = await tx.find(DeviceRow, renamed) if renamed else None
        if row is not None:
            found[number] = row
    return found


async def taken_numbers(tx: Transaction, numbers: Iterable[DeviceNumber]) -> set[DeviceNumber]:
    """Those of these numbers that a device carries already."""
    named = set(numbers)
    registered = await tx.look_up_all(DeviceRow, [new_device_id(tx, number) for number in named])
    taken = named & {row.device_number for row in registered}
    query = select(DeviceRow.device_number).where(
        DeviceRow.region == tx.region, DeviceRow.device_number.in_(list(named - taken))
    )
    if named - taken:
        with tx.session.no_autoflush:  # what is unwritten was found by its key
            taken |= set((await tx.session.scalars(query)).all())
    return taken


async def change_days(tx: Transaction, row: DeviceRow) -> list[date]:
    """The days from which the device's custody has changed so far."""
    query = select(CustodyRow.since).where(
        CustodyRow.region == tx.region, CustodyRow.device_id == row.id
    )
    return list((await tx.session.scalars(query)).all())


def register(tx: Transaction, event: DeviceRegistered) -> DeviceRow:
    """A new device in a store. It is in nobody's custody, so it is no change of custody."""
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, row.custody, order_id=None, transfer_id=None)
    return row


async def register_on_loan(tx: Transaction, event: DeviceStatedOnLoan) -> DeviceRow:
    """A new device that is on loan since the cut-over day: counted as a change of custody."""
    row = tx.start(DeviceRow, event.device_id, event)
    _write_history(tx, row, event.custody, order_id=None, transfer_id=None)
    await count_custody_change(tx)
    count(tx, CUSTODY_CHANGES, "stated")
    return row


async def change_custody(tx: Transaction, row: DeviceRow, event: CustodyChanged) -> None:
    """Let a locked device change custody; `event` comes from the rules."""
    tx.record(row, event)
    cause = event.cause
    _write_history(tx, row, event.custody, order_id=cause.order_id, transfer_id=cause.transfer_id)
    await count_custody_change(tx)
    by_transfer = "transfer" if cause.transfer_id else "return"
    count(tx, CUSTODY_CHANGES, "order" if cause.order_id else by_transfer)


def _write_history(
    tx: Transaction,
    row: DeviceRow,
    custody: Custody,
    *,
    order_id: OrderId | None,
    transfer_id: TransferId | None,
) -> None:
    tx.put(
        CustodyRow(
            region=tx.region,
            id=tx.mint(),
            device_id=DeviceId(row.id),
            number=row.seq,
            since=custody.since,
            custody=custody,
            order_id=order_id,
            transfer_id=transfer_id,
            recorded_at=tx.now,
        )
    )
