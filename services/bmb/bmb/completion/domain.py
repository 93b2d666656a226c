"""The rules of effect: lines that are completed or dropped, and the transfer with its last one."""

from datetime import date

from kvitt_contracts.bmb import (
    TransferCompleted,
    TransferDissolved,
    TransferEvent,
    TransferLineCompleted,
    TransferLineDropped,
)
from kvitt_contracts.types import DeviceId

from bmb.domain import HOLDING, TAKING_EFFECT, Transfer


def complete_line(transfer: Transfer, *, device: DeviceId, on: date) -> tuple[TransferEvent, ...]:
    """A device has changed custody by this transfer; the last one completes it."""
    if transfer.status not in TAKING_EFFECT or device not in transfer.remaining:
        return ()
    done = TransferLineCompleted(transfer_id=transfer.id, device_id=device, effective_on=on)
    if set(transfer.remaining) - {device}:
        return (done,)
    return (done, TransferCompleted(transfer_id=transfer.id))


def drop_line(transfer: Transfer, *, device: DeviceId, reason: str) -> tuple[TransferEvent, ...]:
    """A physical fact took a device out of the hold: the transfer goes on with the others.

    Where none is left it is completed; dissolved where nothing has changed custody by it.
    """
    if transfer.status not in HOLDING or device not in transfer.remaining:
        return ()
    dropped = TransferLineDropped(
        transfer_id=transfer.id,
        device_id=device,
        reason=reason,
        sender=transfer.sender,
        sending_service_point=transfer.sending_service_point,
        receiving_service_point=transfer.receiving_service_point,
    )
    if set(transfer.remaining) - {device}:
        return (dropped,)
    if {*transfer.dropped, *transfer.rejected, device} != set(transfer.devices):
        return (dropped, TransferCompleted(transfer_id=transfer.id))
    dissolved = TransferDissolved(
        transfer_id=transfer.id,
        sender=transfer.sender,
        sending_service_point=transfer.sending_service_point,
        receiving_service_point=transfer.receiving_service_point,
    )
    return (dropped, dissolved)
