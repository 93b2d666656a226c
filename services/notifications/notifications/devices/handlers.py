"""Messages about devices: those that another region sold, to whoever is their contact (BMB-14),
those that a unit keeps though the central store is to have them (PCK-7), and those that are lost or
damaged (INV-15, BIL-8).
"""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    DeviceDamageRecorded,
    DeviceRegistered,
    DeviceReturnAwaited,
    DeviceStatusChanged,
)
from kvitt_contracts.notifications import ToStaff
from kvitt_contracts.types import ServicePointId

from notifications.messages.domain import CUSTOMER_SERVICE, Addressee, NewKind
from notifications.messages.writes import about_device, post
from notifications.transfers.domain import whom_to_tell
from notifications.transfers.models import ResponsiblesRow

messages = Handlers()


def _unit(event: DeviceRegistered) -> ServicePointId | None:
    return event.origin.service_point if event.origin else None


def _who_is_told(event: DeviceRegistered, _: Transaction) -> Iterable[RowKey]:
    unit = _unit(event)
    return [] if unit is None else [(ResponsiblesRow, unit)]


@messages.on(DeviceRegistered, reads=_who_is_told)
async def on_device_registered(event: DeviceRegistered, tx: Transaction) -> None:
    """Tell the main responsible of a device that a patient has brought from another region
    (BMB-14). Of what else is registered nobody is told.
    """
    unit = _unit(event)
    if unit is None:
        return
    known = await tx.look_up(ResponsiblesRow, unit)
    for to in whom_to_tell(unit, known.facts() if known else None, on=tx.today):
        post(tx, to, NewKind.DEVICE_MOVED_IN, about_device(event.device_id))


# decision 0383: who answers for the units whose store keeps it
@messages.on(
    DeviceReturnAwaited,
    reads=lambda event, _: [(ResponsiblesRow, unit) for unit in event.service_points],
)
async def on_device_return_awaited(event: DeviceReturnAwaited, tx: Transaction) -> None:
    """Remind who answers for the store's units of what is to be returned at once; of a store that
    no unit has, customer service (PCK-7).
    """
    told: list[Addressee] = []
    for unit in event.service_points:
        known = await tx.look_up(ResponsiblesRow, unit)
        told += whom_to_tell(unit, known.facts() if known else None, on=tx.today)
    for to in dict.fromkeys(told or [ToStaff(duty=CUSTOMER_SERVICE)]):
        about = about_device(event.device_id)
        post(tx, to, NewKind.DEVICE_RETURN_AWAITED, about, since_on=event.since_on)


# decision 0437: what has no known value is charged to nobody by itself
@messages.on(DeviceStatusChanged)
async def on_device_status_changed(event: DeviceStatusChanged, tx: Transaction) -> None:
    """Tell customer service of a lost device that somebody is to pay, and whose value nobody knows
    (BIL-8). Of other states nobody is told.
    """
    if event.kind == "lost" and event.payer_id is not None and event.value is None:
        to, about = ToStaff(duty=CUSTOMER_SERVICE), about_device(event.device_id)
        post(tx, to, NewKind.LOST_WITHOUT_VALUE, about)


@messages.on(DeviceDamageRecorded)
async def on_device_damage_recorded(event: DeviceDamageRecorded, tx: Transaction) -> None:
    """Tell customer service of what is stolen, lost or damaged and it is to decide on (INV-15). Of
    what is decided nobody is told.
    """
    if event.outcome == "undecided":
        to, about = ToStaff(duty=CUSTOMER_SERVICE), about_device(event.device_id)
        post(tx, to, NewKind.DAMAGE_REPORTED, about)
