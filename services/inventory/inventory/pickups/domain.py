"""The rules of a pickup's claim: it claims all of its devices or none (BMB-12, PCK-1)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimEvent,
    ClaimGranted,
    ClaimRefused,
    ClaimReleased,
)
from kvitt_contracts.types import Claimant, DeviceId, PickupId, ReasonCode, RefusedDevice, Word

from inventory.devices.domain import IN_CLAIM, Claim, Device

PICKUP: Final = Word("pickup")
"""What a pickup is called among claimants."""


class Status(StrEnum):
    """The states of a pickup's claim."""

    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class PickupClaim:
    """What one pickup claims. `devices`: those that it still claims."""

    status: Status
    devices: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A device that is to be fetched. `is_there`: the recipient of the pickup has it."""

    device_id: DeviceId
    device: Device
    is_there: bool
    claim: Claim | None = None


# decision 0354: a pickup claims marked devices alone
def answer(pickup_id: PickupId, asked: Sequence[Asked]) -> ClaimGranted | ClaimRefused:
    """Claim all devices for the pickup, or none: refused with a reason for each that cannot be
    (BMB-12).
    """
    refused = []
    for wanted in asked:
        reason = _refusal(wanted)
        if reason is not None:
            refused.append(RefusedDevice(device_id=wanted.device_id, reason=reason))
    if refused:
        return ClaimRefused(claimant=claimant(pickup_id), refused=tuple(refused))
    devices = tuple(wanted.device_id for wanted in asked)
    return ClaimGranted(claimant=claimant(pickup_id), devices=devices)


def break_off(
    pickup_id: PickupId, claim: PickupClaim, *, device_id: DeviceId, reason: str
) -> tuple[ClaimBroken, ...]:
    """A physical fact takes a device out of the claim. No event: it is not in it."""
    if device_id not in claim.devices:
        return ()
    broken = ClaimBroken(
        claimant=claimant(pickup_id), device_id=device_id, reason=ReasonCode(reason)
    )
    return (broken,)


def release(
    pickup_id: PickupId, claim: PickupClaim, *, devices: Sequence[DeviceId]
) -> tuple[ClaimReleased, ...]:
    """Let go of those of these devices that are still claimed (PCK-3). No event: none is."""
    free = tuple(device for device in claim.devices if device in devices)
    return (ClaimReleased(claimant=claimant(pickup_id), devices=free),) if free else ()


def evolve(claim: PickupClaim | None, event: ClaimEvent) -> PickupClaim:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to a request.
    """
    match event:
        case ClaimGranted():
            return PickupClaim(status=Status.GRANTED, devices=event.devices)
        case ClaimRefused():
            return PickupClaim(status=Status.REFUSED)
        case ClaimBroken():
            return _without(claim, event.device_id)
        case ClaimReleased():
            return _without(claim, *event.devices)


def claimant(pickup_id: PickupId) -> Claimant:
    """The pickup as a claimant."""
    return Claimant(kind=PICKUP, id=pickup_id)


def _without(claim: PickupClaim | None, *devices: DeviceId) -> PickupClaim:
    if claim is None:
        raise ValueError("a claim begins with an answer")
    left = tuple(device for device in claim.devices if device not in devices)
    return replace(claim, devices=left, status=claim.status if left else Status.ENDED)


def _refusal(wanted: Asked) -> str | None:
    if wanted.claim is not None:
        return IN_CLAIM[wanted.claim.kind]
    return None if wanted.is_there else "NOT_AT_RECIPIENT"
