"""The rules of what claims several devices at once, a pickup or a sale: all or none (BMB-12).
No clock, no database.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimEvent,
    ClaimGranted,
    ClaimRefused,
    ClaimReleased,
)
from kvitt_contracts.types import (
    ArticleNumber,
    Claimant,
    DeviceId,
    ReasonCode,
    RefusedDevice,
    StoreId,
)

from inventory.devices.domain import IN_CLAIM, Claim

Place = tuple[StoreId, ArticleNumber]
"""Of which balance a device is that stands in a store."""


class Status(StrEnum):
    """The states of what one claimant claims."""

    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What one claimant claims. `devices`: those that it still claims."""

    status: Status
    devices: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A device that is to be claimed. `is_there`: it is where the claimant is to get it from;
    `stands_in` where that is a store. `claim`: what claims it already.
    """

    device_id: DeviceId
    is_there: bool
    stands_in: Place | None = None
    claim: Claim | None = None


def answer(
    claimant: Claimant, asked: Sequence[Asked], *, available: Mapping[Place, int]
) -> ClaimGranted | ClaimRefused:
    """Claim all devices, or none: refused with a reason for each that cannot be (BMB-12).
    `available`: what the stores have of those that stand there, promised to nobody.
    """
    free = Counter(dict(available))
    refused = tuple(
        RefusedDevice(device_id=wanted.device_id, reason=reason)
        for wanted in asked
        if (reason := _refusal(wanted, free)) is not None
    )
    if refused:
        return ClaimRefused(claimant=claimant, refused=refused)
    devices = tuple(wanted.device_id for wanted in asked)
    return ClaimGranted(claimant=claimant, devices=devices)


def break_off(
    claimant: Claimant, claimed: Claimed, *, device_id: DeviceId, reason: str
) -> tuple[ClaimBroken, ...]:
    """A physical fact takes a device out of the claim. No event: it is not in it."""
    if device_id not in claimed.devices:
        return ()
    return (ClaimBroken(claimant=claimant, device_id=device_id, reason=ReasonCode(reason)),)


def release(
    claimant: Claimant, claimed: Claimed, *, devices: Collection[DeviceId]
) -> tuple[ClaimReleased, ...]:
    """Let go of those of these devices that are still claimed. No event: none is."""
    free = tuple(device for device in claimed.devices if device in devices)
    return (ClaimReleased(claimant=claimant, devices=free),) if free else ()


def evolve(claimed: Claimed | None, event: ClaimEvent) -> Claimed:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to a request.
    """
    match event:
        case ClaimGranted():
            return Claimed(status=Status.GRANTED, devices=event.devices)
        case ClaimRefused():
            return Claimed(status=Status.REFUSED)
        case ClaimBroken():
            return _without(claimed, event.device_id)
        case ClaimReleased():
            return _without(claimed, *event.devices)


def _without(claimed: Claimed | None, *devices: DeviceId) -> Claimed:
    if claimed is None:
        raise ValueError("a claim begins with an answer")
    left = tuple(device for device in claimed.devices if device not in devices)
    return replace(claimed, devices=left, status=claimed.status if left else Status.ENDED)


def _refusal(wanted: Asked, free: Counter[Place]) -> str | None:
    if wanted.claim is not None:
        return IN_CLAIM[wanted.claim.kind]
    if not wanted.is_there:
        return "NOT_AT_RECIPIENT"
    if wanted.stands_in is None:
        return None
    free[wanted.stands_in] -= 1
    # the store has promised all that it has to orders
    return "RESERVED_FOR_ORDERS" if free[wanted.stands_in] < 0 else None
