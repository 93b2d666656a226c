"""The rules of a sale to another region: what becomes of what is sold, or came back before it was
(BIL-7). How it claims devices, all or none, is in `claiming`. No clock, no database.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from kvitt_contracts.inventory import (
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceStatusChanged,
)
from kvitt_contracts.types import (
    Claimant,
    DeviceId,
    SaleId,
    StoreHolder,
    StoreId,
    Word,
)

from inventory.devices.domain import (
    Change,
    Device,
    DeviceStatus,
    changed_to,
    store_of,
)

SALE: Final = Word("sale")
"""What a sale is called among claimants."""


# decision 0435: what is sold is its last store's, of no balance, and nobody pays for it
def sell(
    sale_id: SaleId, device_id: DeviceId, device: Device, *, on: date, store: StoreId | None
) -> tuple[DeviceStatusChanged, CustodyChanged]:
    """Another region has the device from `on` on, and nobody pays for it here (BIL-7). `store`: the
    last that had it. The day is never before its latest change of custody (BIL-1).
    """
    since = max(on, device.custody.since)
    holder = StoreHolder(store=store) if store is not None else device.custody.holder
    sold = DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.SOLD),
        since_on=since,
        cause=SALE,
        cause_id=sale_id,
    )
    custody = Custody(holder=holder, since=since)
    return sold, changed_to(device_id, device, custody, CustodyCause(sale_id=sale_id))


def last_store(history: Sequence[Change]) -> StoreId | None:
    """The store that had a device last, or None where none ever had it."""
    stores = (store_of(change.custody) for change in reversed(history))
    return next((store for store in stores if store is not None), None)


def unsell(device_id: DeviceId, *, on: date) -> DeviceStatusChanged:
    """What was sold had come back before: it is in use from that day on."""
    return DeviceStatusChanged(
        device_id=device_id, kind=Word(DeviceStatus.IN_USE), since_on=on, cause=Word("device")
    )


def claimant(sale_id: SaleId) -> Claimant:
    """The sale as a claimant."""
    return Claimant(kind=SALE, id=sale_id)
