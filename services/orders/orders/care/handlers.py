"""Projections of devices and transfers, as far as they say whose care a person is in."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferDissolved,
    TransferDrafted,
    TransferRejected,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.inventory import DeviceStatedOnLoan

from orders.care.models import CareDeviceRow, CareTransferRow
from orders.care.writes import note_stated, patient_of
from orders.devices.models import DeviceRow
from orders.devices.writes import note_device

projections = Handlers()


def _stated(event: DeviceStatedOnLoan, _: Transaction) -> Iterable[RowKey]:
    yield CareDeviceRow, event.device_id
    yield DeviceRow, event.device_id


# What changes custody later is read with the fault reports, which wait for it.
@projections.on(DeviceStatedOnLoan, loads=_stated)
async def on_device_stated_on_loan(event: DeviceStatedOnLoan, tx: Transaction) -> None:
    """Store whose a device of the old stock is, and what it is called."""
    await note_stated(event, tx)
    await note_device(event, tx)


projections.project(
    TransferDrafted,
    CareTransferRow,
    current_person=lambda event: patient_of(event.current_recipient),
    new_person=lambda event: patient_of(event.new_recipient),
)
projections.amend(TransferSent, CareTransferRow, is_sent=True)


@projections.on(TransferAccepted)
async def on_transfer_accepted(_: TransferAccepted, tx: Transaction) -> None:
    """It is logged who has accepted it (REF-21); whose care the person is in is as it was."""


for _end in (
    TransferRejected,
    TransferWithdrawn,
    TransferVoided,
    TransferUnlocked,
    TransferDissolved,
):
    projections.amend(_end, CareTransferRow, came_to_nothing=True)
