"""Which device a number names: the number that it bears, or one that it has borne (INV-6)."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, DeviceNumber, identify

from orders.care.models import CareDeviceRow, DeviceNumberRow


def device_key(number: DeviceNumber, tx: Transaction) -> DeviceId:
    """The id of the device that bears a number, as far as it is read; of what was never renumbered
    it follows from the number.
    """
    given = tx.fetched(DeviceNumberRow, number)
    return given.device_id if given is not None else _first(number, tx)


def rows_of_number(number: DeviceNumber, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `care_device_numbered` reads."""
    yield CareDeviceRow, _first(number, tx)
    yield DeviceNumberRow, number
    yield CareDeviceRow, device_key(number, tx)


async def care_device_numbered(number: DeviceNumber, tx: Transaction) -> CareDeviceRow | None:
    """The device that bears a number or has borne it; None where none of it was ever on loan."""
    row = await tx.look_up(CareDeviceRow, _first(number, tx))
    if row is not None:
        return row
    given = await tx.look_up(DeviceNumberRow, number)
    return await tx.look_up(CareDeviceRow, given.device_id) if given is not None else None


def _first(number: DeviceNumber, tx: Transaction) -> DeviceId:
    return DeviceId(identify(tx.region, "device", number))
