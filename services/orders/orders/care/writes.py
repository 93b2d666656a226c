"""Stores whose a device is, as inventory emits it."""

from typing import Final

from kvitt_chassis.projections import inserts_or_updates
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import (
    Custody,
    CustodyChanged,
    DeviceRenumbered,
    DeviceStatedOnLoan,
)
from kvitt_contracts.types import CareUnitId, CareUnitRecipient, Holder, PatientRecipient, PersonRef

from orders.care.models import CareDeviceRow, DeviceNumberRow


def patient_of(holder: Holder | None) -> PersonRef | None:
    """The person who is this holder, None of another one."""
    return holder.person if isinstance(holder, PatientRecipient) else None


def unit_of(holder: Holder) -> CareUnitId | None:
    """The care unit that is this holder, None of another one."""
    return holder.unit if isinstance(holder, CareUnitRecipient) else None


async def note_custody(event: CustodyChanged, tx: Transaction) -> None:
    """Store who has the device from now on, since when, and who gave it back. How its loan is
    charged is said where it begins, and stays.
    """
    await _write_custody(event, tx)
    row = await tx.lock(CareDeviceRow, event.device_id)
    row.charging = event.charging or row.charging
    before, now = event.before.holder, event.custody.holder
    if now != before:  # else another pays or prescribes, and the loan goes on
        row.since_on = event.custody.since
    if isinstance(before, PatientRecipient) and not isinstance(now, PatientRecipient):
        row.returned_by, row.returned_on = before.person, event.custody.since


def _custody(event: CustodyChanged | DeviceStatedOnLoan) -> Custody:
    return event.custody


_COLUMNS: Final = {
    "person": lambda event: patient_of(_custody(event).holder),
    "unit": lambda event: unit_of(_custody(event).holder),
    "customer_id": lambda event: _custody(event).customer_id,
    "payer_id": lambda event: _custody(event).payer_id,
    "prescriber": lambda event: _custody(event).prescriber,
}

_write_custody = inserts_or_updates(
    CustodyChanged, CareDeviceRow, key=lambda event, _: event.device_id, columns=_COLUMNS
)

note_number: Final = inserts_or_updates(
    DeviceRenumbered, DeviceNumberRow, key=lambda event, _: event.device_number, columns={}
)
"""Store which device was given a number (INV-6)."""

note_stated: Final = inserts_or_updates(
    DeviceStatedOnLoan,
    CareDeviceRow,
    key=lambda event, _: event.device_id,
    columns={**_COLUMNS, "since_on": lambda event: event.custody.since},
)
"""Store who has a device of the old stock, and how its loan is charged."""
