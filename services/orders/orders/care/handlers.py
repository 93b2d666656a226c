"""Projections of devices and transfers, as far as they say whose care a person is in."""

from kvitt_chassis.handlers import Handlers
from kvitt_contracts.bmb import (
    TransferDissolved,
    TransferDrafted,
    TransferRejected,
    TransferSent,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.inventory import DeviceRenumbered, DeviceStatedOnLoan

from orders.care.models import CareDeviceRow, CareTransferRow, DeviceNumberRow
from orders.care.writes import patient_of, unit_of

projections = Handlers()
# What changes custody later is read with the fault reports, which wait for it.
projections.project(
    DeviceStatedOnLoan,
    CareDeviceRow,
    person=lambda event: patient_of(event.custody.holder),
    unit=lambda event: unit_of(event.custody.holder),
    customer_id=lambda event: event.custody.customer_id,
    payer_id=lambda event: event.custody.payer_id,
    prescriber=lambda event: event.custody.prescriber,
)
projections.project(DeviceRenumbered, DeviceNumberRow)
projections.project(
    TransferDrafted,
    CareTransferRow,
    current_person=lambda event: patient_of(event.current_recipient),
    new_person=lambda event: patient_of(event.new_recipient),
)
projections.amend(TransferSent, CareTransferRow, is_sent=True)
for _end in (
    TransferRejected,
    TransferWithdrawn,
    TransferVoided,
    TransferUnlocked,
    TransferDissolved,
):
    projections.amend(_end, CareTransferRow, came_to_nothing=True)
