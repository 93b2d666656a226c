"""The rules of a pickup's claim: it claims all of its devices or none (BMB-12, PCK-1)."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitRecipient,
    Claimant,
    DeviceId,
    PickupId,
    ReasonCode,
    Recipient,
    RefusedDevice,
    StoreId,
    Word,
)

from inventory.articles.domain import Article
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
    """A device that is to be fetched. `is_there`: the recipient of the pickup has it, or the own
    store of the unit that sends it back (see `is_sent_back`).
    """

    device_id: DeviceId
    device: Device
    is_there: bool
    claim: Claim | None = None


# decision 0382: what stands in a unit's own store is sent on by a pickup
def is_sent_back(device: Device, article: Article, *, to: Recipient, is_own_store: bool) -> bool:
    """True of a device in the own store of the service point that orders the pickup, fetched from a
    care unit, where the central store is to have it back at once (PCK-7).
    """
    is_kept = is_own_store and not device.is_gone and device.meant_for is None
    return article.return_at_once and is_kept and isinstance(to, CareUnitRecipient)


# decision 0354: a pickup claims marked devices alone
def answer(
    pickup_id: PickupId,
    asked: Sequence[Asked],
    *,
    available: Mapping[tuple[StoreId, ArticleNumber], int],
) -> ClaimGranted | ClaimRefused:
    """Claim all devices for the pickup, or none: refused with a reason for each that cannot be
    (BMB-12). `available`: what the stores have of those that stand there, promised to nobody.
    """
    free = Counter(dict(available))
    refused = []
    for wanted in asked:
        reason = _refusal(wanted, free)
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


def _refusal(wanted: Asked, free: Counter[tuple[StoreId, ArticleNumber]]) -> str | None:
    if wanted.claim is not None:
        return IN_CLAIM[wanted.claim.kind]
    if not wanted.is_there:
        return "NOT_AT_RECIPIENT"
    if wanted.device.store is None:
        return None
    place = (wanted.device.store, wanted.device.article_number)
    free[place] -= 1
    # the store has promised all that it has to orders
    return "RESERVED_FOR_ORDERS" if free[place] < 0 else None
