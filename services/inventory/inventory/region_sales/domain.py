"""The rules of a sale to another region: it claims all of its devices or none, and what becomes of
those that are sold, or came back before they were (BIL-7). No clock, no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final

from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimEvent,
    ClaimGranted,
    ClaimRefused,
    ClaimReleased,
    Custody,
    CustodyCause,
    CustodyChanged,
    DeviceStatusChanged,
)
from kvitt_contracts.types import (
    Claimant,
    DeviceId,
    ReasonCode,
    RefusedDevice,
    SaleId,
    StoreHolder,
    StoreId,
    Word,
)

from inventory.devices.domain import (
    IN_CLAIM,
    Change,
    Claim,
    Device,
    DeviceStatus,
    changed_to,
    store_of,
)

SALE: Final = Word("sale")
"""What a sale is called among claimants."""


class Status(StrEnum):
    """The states of a sale's claim."""

    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleClaim:
    """What one sale claims. `devices`: those that it still claims."""

    status: Status
    devices: tuple[DeviceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A device that is to be sold. `is_there`: the patient who moves has it."""

    device_id: DeviceId
    is_there: bool
    claim: Claim | None = None


def answer(sale_id: SaleId, asked: Sequence[Asked]) -> ClaimGranted | ClaimRefused:
    """Claim all devices for the sale, or none: refused with a reason for each that cannot be
    (BMB-12, BIL-7).
    """
    refused = tuple(
        RefusedDevice(device_id=wanted.device_id, reason=reason)
        for wanted in asked
        if (reason := _refusal(wanted)) is not None
    )
    if refused:
        return ClaimRefused(claimant=claimant(sale_id), refused=refused)
    devices = tuple(wanted.device_id for wanted in asked)
    return ClaimGranted(claimant=claimant(sale_id), devices=devices)


def break_off(
    sale_id: SaleId, claim: SaleClaim, *, device_id: DeviceId, reason: str
) -> tuple[ClaimBroken, ...]:
    """A physical fact takes a device out of the claim. No event: it is not in it."""
    if device_id not in claim.devices:
        return ()
    broken = ClaimBroken(claimant=claimant(sale_id), device_id=device_id, reason=ReasonCode(reason))
    return (broken,)


def end(sale_id: SaleId, claim: SaleClaim) -> tuple[ClaimReleased, ...]:
    """The claim is over: the sale was given up, or its devices are sold. No event: it has none."""
    if not claim.devices:
        return ()
    return (ClaimReleased(claimant=claimant(sale_id), devices=claim.devices),)


# decision 0435: what is sold is its last store's, of no balance, and nobody pays for it
def sell(
    sale_id: SaleId, device_id: DeviceId, device: Device, *, on: date, store: StoreId | None
) -> tuple[DeviceStatusChanged, CustodyChanged]:
    """Another region has the device from `on` on, and nobody pays for it here (BIL-7). `store`: the
    last that had it. The day is never before its latest change of custody (BIL-1).
    """
    since = max(on, device.custody.since)
    holder = StoreHolder(store=store) if store is not None else device.custody.holder
    sold = DeviceStatusChanged(
        device_id=device_id,
        kind=Word(DeviceStatus.SOLD),
        since_on=since,
        cause=SALE,
        cause_id=sale_id,
    )
    custody = Custody(holder=holder, since=since)
    return sold, changed_to(device_id, device, custody, CustodyCause(sale_id=sale_id))


def last_store(history: Sequence[Change]) -> StoreId | None:
    """The store that had a device last, or None where none ever had it."""
    stores = (store_of(change.custody) for change in reversed(history))
    return next((store for store in stores if store is not None), None)


def unsell(device_id: DeviceId, *, on: date) -> DeviceStatusChanged:
    """What was sold had come back before: it is in use from that day on."""
    return DeviceStatusChanged(
        device_id=device_id, kind=Word(DeviceStatus.IN_USE), since_on=on, cause=Word("device")
    )


def evolve(claim: SaleClaim | None, event: ClaimEvent) -> SaleClaim:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to a request.
    """
    match event:
        case ClaimGranted():
            return SaleClaim(status=Status.GRANTED, devices=event.devices)
        case ClaimRefused():
            return SaleClaim(status=Status.REFUSED)
        case ClaimBroken():
            return _without(claim, event.device_id)
        case ClaimReleased():
            return _without(claim, *event.devices)


def claimant(sale_id: SaleId) -> Claimant:
    """The sale as a claimant."""
    return Claimant(kind=SALE, id=sale_id)


def _without(claim: SaleClaim | None, *devices: DeviceId) -> SaleClaim:
    if claim is None:
        raise ValueError("a claim begins with an answer")
    left = tuple(device for device in claim.devices if device not in devices)
    return replace(claim, devices=left, status=claim.status if left else Status.ENDED)


def _refusal(wanted: Asked) -> str | None:
    if wanted.claim is not None:
        return IN_CLAIM[wanted.claim.kind]
    return None if wanted.is_there else "NOT_AT_RECIPIENT"
