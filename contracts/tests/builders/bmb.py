"""What bmb emits: a transfer from its draft to its end, of one device and sent by a prescriber to
another one's service point.
"""

from typing import Any

from kvitt_contracts.bmb import (
    ResponsiblesSet,
    TransferAccepted,
    TransferCancelled,
    TransferCompleted,
    TransferDeadlineNeared,
    TransferDissolved,
    TransferDrafted,
    TransferExecutedAutomatically,
    TransferLineDropped,
    TransferLinesRejected,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferSent,
    TransferUnlockAsked,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.refusals import BmbMessageRefused, BmbMessageSettled
from kvitt_contracts.types import TransferId

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    POLICY,
    RECEIVER,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SENDING,
    STAND_IN,
    SUBSTITUTE,
    a_patient,
    device_id,
    transfer_id,
)

_DEADLINE = "2026-03-07T23:00:00Z"
_SENT_BY = {"sender": SENDER, "sending_service_point": SENDING}
_SIDES = {**_SENT_BY, "receiving_service_point": RECEIVING}


def _devices(numbers: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(device_id(number) for number in numbers or ("170098",))


def a_transfer_drafted(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferDrafted:
    """A draft: responsibility for a patient's device goes to another prescriber."""
    values = {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "reference": str(transfer),
        "devices": _devices(devices),
        "current_recipient": a_patient(),
        "new_prescriber": RECEIVER,
        "proposed_customer": RECEIVING,
        "proposed_payer": RECEIVING_PAYER,
        "transfer_date": DAY,
    }
    return build(TransferDrafted, values, changes)


def a_transfer_cancelled(transfer: str | TransferId = "BMB-1") -> TransferCancelled:
    """The draft is thrown away."""
    return build(TransferCancelled, {"transfer_id": transfer_id(transfer)}, {})


def a_transfer_requested(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferRequested:
    """A transfer that asks for devices at a patient."""
    values = {
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "current_recipient": a_patient(),
        "requested_at": "2026-03-02T09:00:00Z",
        "policy": POLICY,
        "by": SENDER,
    }
    return build(TransferRequested, values, changes)


def a_transfer_requested_from_store(
    *devices: str, store: str, transfer: str | TransferId = "BMB-1"
) -> TransferRequested:
    """A transfer that asks for devices in a store."""
    return a_transfer_requested(
        *devices, transfer=transfer, current_recipient=None, current_store=store
    )


def a_transfer_refused(
    transfer: str | TransferId = "BMB-1", *, reason: str = "IN_TRANSFER"
) -> TransferRefused:
    """Inventory could not hold a device."""
    values = {
        **_SENT_BY,
        "transfer_id": transfer_id(transfer),
        "reasons": ({"device_id": device_id(), "reason": reason},),
    }
    return build(TransferRefused, values, {})


def a_transfer_sent(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferSent:
    """The receiver sees the transfer."""
    values = {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "proposed_payer": RECEIVING_PAYER,
        "transfer_date": DAY,
        "deadline": _DEADLINE,
        "policy": POLICY,
    }
    return build(TransferSent, values, changes)


def a_transfer_deadline_neared(transfer: str | TransferId = "BMB-1") -> TransferDeadlineNeared:
    """One day is left to answer."""
    values = {
        "transfer_id": transfer_id(transfer),
        "receiving_service_point": RECEIVING,
        "deadline": _DEADLINE,
    }
    return build(TransferDeadlineNeared, values, {})


def a_transfer_accepted(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferAccepted:
    """The receiver said yes to a change of payer."""
    values = {
        **_SENT_BY,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "customer_id": RECEIVING,
        "payer_id": RECEIVING_PAYER,
        "effective_on": DAY,
        "policy": POLICY,
    }
    return build(TransferAccepted, values, changes)


def a_transfer_executed_automatically(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferExecutedAutomatically:
    """Nobody answered a change of payer, and it takes effect."""
    values = {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "customer_id": RECEIVING,
        "payer_id": RECEIVING_PAYER,
        "effective_on": "2026-03-08",
        "policy": POLICY,
    }
    return build(TransferExecutedAutomatically, values, changes)


def a_transfer_rejected(*devices: str, transfer: str | TransferId = "BMB-1") -> TransferRejected:
    """The receiver said no, and why."""
    values = {
        **_SENT_BY,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "has_message": True,
    }
    return build(TransferRejected, values, {})


def a_transfer_lines_rejected(
    *devices: str, transfer: str | TransferId = "BMB-1"
) -> TransferLinesRejected:
    """The receiver said no to some of the devices, and why."""
    values = {
        **_SENT_BY,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "has_message": True,
        "by": RECEIVER,
    }
    return build(TransferLinesRejected, values, {})


def a_transfer_withdrawn(*devices: str, transfer: str | TransferId = "BMB-1") -> TransferWithdrawn:
    """The sender took it back before anybody answered."""
    values = {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "by": SENDER,
    }
    return build(TransferWithdrawn, values, {})


def a_transfer_locked(*devices: str, transfer: str | TransferId = "BMB-1") -> TransferLocked:
    """Nobody answered, and the devices stay held."""
    return build(TransferLocked, _expired(devices, transfer), {})


def a_transfer_unlock_asked(transfer: str | TransferId = "BMB-1") -> TransferUnlockAsked:
    """The sender has asked customer service to unlock a locked transfer."""
    values = {
        "transfer_id": transfer_id(transfer),
        "by": SENDER,
        "asked_at": "2026-03-10T09:00:00Z",
    }
    return build(TransferUnlockAsked, values, {})


def a_transfer_unlocked(*devices: str, transfer: str | TransferId = "BMB-1") -> TransferUnlocked:
    """Customer service has freed the devices of a locked transfer."""
    values = {
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "asked_by": SENDER,
    }
    return build(TransferUnlocked, values, {})


def a_transfer_voided(
    *devices: str, transfer: str | TransferId = "BMB-1", **changes: Any
) -> TransferVoided:
    """Nobody answered, and the transfer has no effect."""
    return build(TransferVoided, _expired(devices, transfer), changes)


def a_transfer_line_dropped(
    device: str = "170098", *, transfer: str | TransferId = "BMB-1"
) -> TransferLineDropped:
    """A device of the transfer was returned meanwhile."""
    values = {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "device_id": device_id(device),
        "reason": "RETURNED",
    }
    return build(TransferLineDropped, values, {})


def a_transfer_dissolved(transfer: str | TransferId = "BMB-1") -> TransferDissolved:
    """Every device of the transfer was returned meanwhile."""
    return build(TransferDissolved, {**_SIDES, "transfer_id": transfer_id(transfer)}, {})


def a_transfer_completed(transfer: str | TransferId = "BMB-1") -> TransferCompleted:
    """Every device has changed custody."""
    return build(TransferCompleted, {"transfer_id": transfer_id(transfer)}, {})


def a_responsibles_set(**changes: Any) -> ResponsiblesSet:
    """The region has stated who answers for the receiving service point: one person."""
    return build(ResponsiblesSet, {"service_point": RECEIVING, "main": RECEIVER}, changes)


def a_responsibles_set_with_absence(**changes: Any) -> ResponsiblesSet:
    """The main responsible is away for some days, and there are a substitute and a stand-in."""
    values = {
        "substitutes": (SUBSTITUTE,),
        "stand_in": STAND_IN,
        "absent_from_on": "2026-05-04",
        "absent_to_on": "2026-05-08",
    }
    return a_responsibles_set(**values | changes)


def a_bmb_message_refused(**changes: Any) -> BmbMessageRefused:
    """An answer to a transfer that is not open any more."""
    values = {
        "message_id": "b7c1c3a0-6d5e-4c1e-9a70-3f1a5f0f9d12",
        "message_source": "urn:region:ac",
        "message_type": "bmb.transfer.accept.v1",
        "message_subject": "BMB-1",
        "reason": "NOT_OPEN",
        "rule": "BMB-4",
        "way_on": "Bara ett skickat byte som ingen har svarat på kan kvitteras.",
    }
    return build(BmbMessageRefused, values, changes)


def _expired(devices: tuple[str, ...], transfer: str | TransferId) -> dict[str, Any]:
    return {
        **_SIDES,
        "transfer_id": transfer_id(transfer),
        "devices": _devices(devices),
        "policy": POLICY,
    }


def a_bmb_message_settled(**changes: Any) -> BmbMessageSettled:
    """A message that cannot be read, and has neither id nor subject."""
    values = {
        "topic": "region.ac.bmb",
        "partition": 3,
        "offset": 17,
        "outcome": "quarantined",
        "reason": "UNREADABLE",
        "rule": "contract",
        "field": "ce_id",
        "way_on": "Rätta attributet.",
    }
    return build(BmbMessageSettled, values, changes)
