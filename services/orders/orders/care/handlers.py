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
from kvitt_contracts.inventory import CustodyChanged, DeviceStatedOnLoan
from kvitt_contracts.types import Holder, PatientRecipient, PersonRef

from orders.care.models import CareDeviceRow, CareTransferRow


def _patient(holder: Holder | None) -> PersonRef | None:
    return holder.person if isinstance(holder, PatientRecipient) else None


projections = Handlers()
for _event in (DeviceStatedOnLoan, CustodyChanged):
    projections.project(
        _event,
        CareDeviceRow,
        person=lambda event: _patient(event.custody.holder),
        customer_id=lambda event: event.custody.customer_id,
        payer_id=lambda event: event.custody.payer_id,
        prescriber=lambda event: event.custody.prescriber,
    )
projections.project(
    TransferDrafted,
    CareTransferRow,
    current_person=lambda event: _patient(event.current_recipient),
    new_person=lambda event: _patient(event.new_recipient),
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
