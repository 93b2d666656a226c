"""Pickups as orders emits them, and what inventory answers of their devices."""

from typing import Any

from kvitt_contracts.inventory import ClaimBroken, ClaimGranted, ClaimRefused, ClaimReleased
from kvitt_contracts.orders import (
    PickupClosed,
    PickupMadeUrgent,
    PickupOverdue,
    PickupRefused,
    PickupRegistered,
    PickupReported,
    PickupRequested,
    PickupReturnAwaited,
    PickupVoidRequested,
)

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    DAY,
    POLICY,
    RECEIVING,
    RECEIVING_PAYER,
    SENDER,
    SERVICE,
    a_patient,
    device_id,
    pickup_id,
)


def a_pickup_requested(
    *devices: str, pickup: str = "H-1", at_once: bool = False, **changes: Any
) -> PickupRequested:
    """A unit wants a patient's devices fetched; `at_once`: they are to be returned at once."""
    marked = {"return_at_once": True} if at_once else {}
    lines = [
        {"number": number, "device_id": device_id(device)} | marked
        for number, device in enumerate(devices or ("170098",), 1)
    ]
    values = {
        "pickup_id": pickup_id(pickup),
        "pickup_number": "26100001",
        "reference": pickup,
        "recipient": a_patient(),
        "service_point": RECEIVING,
        "customer_id": RECEIVING,
        "ordered_by": "unit",
        "cause": "not_needed",
        "address_kind": "recipient",
        "lines": lines,
        "policy": POLICY,
        "by": SENDER,
    }
    return build(PickupRequested, values, changes)


def a_relatives_pickup(*devices: str, pickup: str = "H-1", **changes: Any) -> PickupRequested:
    """A relative wants devices fetched, through customer service."""
    window = {"earliest_on": "2026-03-06", "latest_on": "2026-03-16"}
    ordered = {"ordered_by": "relative", "by": SERVICE, **window, **changes}
    return a_pickup_requested(*devices, pickup=pickup, **ordered)


def a_pickup_registered(pickup: str = "H-1") -> PickupRegistered:
    """Every device is claimed."""
    return build(PickupRegistered, {"pickup_id": pickup_id(pickup)}, {})


def a_pickup_refused(pickup: str = "H-1") -> PickupRefused:
    """Inventory did not answer in time."""
    return build(PickupRefused, {"pickup_id": pickup_id(pickup)}, {})


def a_pickup_made_urgent(pickup: str = "H-1", **changes: Any) -> PickupMadeUrgent:
    """The unit wants it at once, for the fee of the price list."""
    values = {
        "pickup_id": pickup_id(pickup),
        "fee": {"net_ore": 60000},
        "payer_id": RECEIVING_PAYER,
        "by": SENDER,
    }
    return build(PickupMadeUrgent, values, changes)


def a_pickup_closed(pickup: str = "H-1", **changes: Any) -> PickupClosed:
    """No line is left; an urgent one says its fee and payer."""
    return build(PickupClosed, {"pickup_id": pickup_id(pickup)}, changes)


def a_pickup_void_requested(
    *devices: str, pickup: str = "H-1", numbers: tuple[int, ...] = (1,)
) -> PickupVoidRequested:
    """The unit takes lines back."""
    values = {
        "pickup_id": pickup_id(pickup),
        "numbers": numbers,
        "devices": [device_id(device) for device in devices or ("170098",)],
        "by": SENDER,
    }
    return build(PickupVoidRequested, values, {})


def a_pickup_reported(pickup: str = "H-1") -> PickupReported:
    """The technician has been there."""
    return build(PickupReported, {"pickup_id": pickup_id(pickup), "technician": SERVICE}, {})


def a_pickup_overdue(pickup: str = "H-1") -> PickupOverdue:
    """The last day has passed."""
    return build(PickupOverdue, {"pickup_id": pickup_id(pickup)}, {})


def a_pickup_return_awaited(
    *devices: str, pickup: str = "H-1", **changes: Any
) -> PickupReturnAwaited:
    """What is to be returned at once is not back."""
    values = {"pickup_id": pickup_id(pickup), "devices": _ids(devices), "since_on": DAY}
    return build(PickupReturnAwaited, values, changes)


def a_claim_granted(*devices: str, pickup: str = "H-1") -> ClaimGranted:
    """Inventory has claimed every device of a pickup."""
    values = {"claimant": _claimant(pickup), "devices": _ids(devices)}
    return build(ClaimGranted, values, {})


def a_claim_refused(
    device: str = "170098", *, pickup: str = "H-1", reason: str = "IN_TRANSFER"
) -> ClaimRefused:
    """A device of a pickup could not be claimed."""
    refused = [{"device_id": device_id(device), "reason": reason}]
    return build(ClaimRefused, {"claimant": _claimant(pickup), "refused": refused}, {})


def a_claim_broken(device: str = "170098", *, pickup: str = "H-1") -> ClaimBroken:
    """A device of a pickup has come back into a store."""
    values = {
        "claimant": _claimant(pickup),
        "device_id": device_id(device),
        "reason": "RETURNED",
    }
    return build(ClaimBroken, values, {})


def a_claim_released(*devices: str, pickup: str = "H-1") -> ClaimReleased:
    """Inventory has let go of devices that were taken back from a pickup."""
    values = {"claimant": _claimant(pickup), "devices": _ids(devices)}
    return build(ClaimReleased, values, {})


def _claimant(pickup: str) -> dict[str, Any]:
    return {"kind": "pickup", "id": pickup_id(pickup)}


def _ids(devices: tuple[str, ...]) -> list[Any]:
    return [device_id(device) for device in devices or ("170098",)]
