"""The rules of holds: a transfer claims all of its devices or none (BMB-12)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from kvitt_contracts.inventory import (
    HoldBroken,
    HoldEvent,
    HoldGranted,
    HoldReduced,
    HoldRefused,
    HoldReleased,
    RefusedDevice,
)
from kvitt_contracts.types import ArticleNumber, DeviceId, Holder, StoreHolder, StoreId, TransferId

from inventory.devices.domain import IN_CLAIM, Claim, Device, DeviceStatus


class Status(StrEnum):
    """The states of a hold."""

    GRANTED = "granted"
    REFUSED = "refused"
    ENDED = "ended"


class Reason(StrEnum):
    """Why a device cannot be claimed (BMB-12)."""

    UNKNOWN_DEVICE = "UNKNOWN_DEVICE"
    IN_TRANSFER = "IN_TRANSFER"
    LOCKED = "LOCKED"
    IN_DISPATCH = "IN_DISPATCH"
    IN_INVESTIGATION = "IN_INVESTIGATION"
    IN_PICKUP = "IN_PICKUP"
    IN_BASKET = "IN_BASKET"
    IN_SALE = "IN_SALE"
    IN_RECONDITIONING = "IN_RECONDITIONING"
    MEANT_FOR_PATIENT = "MEANT_FOR_PATIENT"
    NOT_AT_RECIPIENT = "NOT_AT_RECIPIENT"
    NOT_IN_STORE = "NOT_IN_STORE"
    RESERVED_FOR_ORDERS = "RESERVED_FOR_ORDERS"
    RETURNED_AT_ONCE = "RETURNED_AT_ONCE"
    SCRAPPED = "SCRAPPED"
    SOLD = "SOLD"
    RETURNED_TO_SUPPLIER = "RETURNED_TO_SUPPLIER"


_BY_STATUS = {
    DeviceStatus.SCRAPPED: Reason.SCRAPPED,
    DeviceStatus.SOLD: Reason.SOLD,
    DeviceStatus.RETURNED_TO_SUPPLIER: Reason.RETURNED_TO_SUPPLIER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """The claim of one transfer. `devices`: those that it still claims."""

    status: Status
    devices: tuple[DeviceId, ...] = ()
    refused: tuple[RefusedDevice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A device that a transfer requests; `device` is None where it is unknown.

    `holder` is the present one, a patient by today's reference. `may_not_stay`: the central store
    is to have it back at once, and it is to come to another store (PCK-7).
    """

    device_id: DeviceId
    device: Device | None = None
    holder: Holder | None = None
    claim: Claim | None = None
    may_not_stay: bool = False


def answer(
    transfer_id: TransferId,
    asked: Sequence[Asked],
    *,
    at: Holder | None,
    available: Mapping[tuple[StoreId, ArticleNumber], int],
) -> HoldGranted | HoldRefused:
    """Claim all devices for the transfer, or refuse with a reason for each that cannot be claimed.

    `at`: where they are by the transfer. `available`: what the stores have free, since a
    device that leaves its store takes one of it. Source: BMB-1, BMB-12.
    """
    free = Counter(dict(available))
    refused = []
    for wanted in asked:
        reason = _refusal(wanted, at=at, free=free)
        if reason is not None:
            refused.append(RefusedDevice(device_id=wanted.device_id, reason=reason))
    if refused:
        return HoldRefused(transfer_id=transfer_id, refused=tuple(refused))
    return HoldGranted(transfer_id=transfer_id, devices=tuple(wanted.device_id for wanted in asked))


def break_off(
    transfer_id: TransferId, hold: Hold, *, device_id: DeviceId, reason: str
) -> tuple[HoldBroken, ...]:
    """A physical fact takes a device out of the hold (architecture §6). No event: it is not in
    it.
    """
    if hold.status is not Status.GRANTED or device_id not in hold.devices:
        return ()
    return (HoldBroken(transfer_id=transfer_id, device_id=device_id, reason=reason),)


# decision 0265: what has ended by the day of effect takes no effect
class Hindrance(StrEnum):
    """Why an accepted transfer cannot take effect any more on its day."""

    INACTIVE_RECIPIENT = "INACTIVE_RECIPIENT"
    STORE_HOLDS_NO_STOCK = "STORE_HOLDS_NO_STOCK"


def call_off(transfer_id: TransferId, hold: Hold, *, reason: Hindrance) -> tuple[HoldBroken, ...]:
    """Nothing of the transfer takes effect: each device leaves the hold, which ends with the last
    one.
    """
    return tuple(
        HoldBroken(transfer_id=transfer_id, device_id=device, reason=reason)
        for device in hold.devices
    )


def reduce(
    transfer_id: TransferId, hold: Hold, *, rejected: Sequence[DeviceId]
) -> tuple[HoldReduced, ...]:
    """The receiver has rejected these devices: they leave the hold, which ends with its last one
    (BMB-5). No event: none of them is in it.
    """
    leave = tuple(device for device in hold.devices if device in rejected)
    return (HoldReduced(transfer_id=transfer_id, devices=leave),) if leave else ()


def end(transfer_id: TransferId, hold: Hold) -> tuple[HoldReleased, ...]:
    """The transfer has ended: release the hold. No event: it was refused, or has ended already."""
    if hold.status is not Status.GRANTED:
        return ()
    return (HoldReleased(transfer_id=transfer_id),)


def evolve(hold: Hold | None, event: HoldEvent) -> Hold:
    """Returns the state after an event.

    Raises ValueError when the first is no answer to a request.
    """
    match event:
        case HoldGranted():
            return Hold(status=Status.GRANTED, devices=event.devices)
        case HoldRefused():
            return Hold(status=Status.REFUSED, refused=event.refused)
        case HoldBroken():
            return _without(_known(hold), event.device_id)
        case HoldReduced():
            return _without(_known(hold), *event.devices)
        case HoldReleased():
            return replace(_known(hold), devices=(), status=Status.ENDED)


def _without(hold: Hold, *devices: DeviceId) -> Hold:
    left = tuple(device for device in hold.devices if device not in devices)
    return replace(hold, devices=left, status=hold.status if left else Status.ENDED)


def _known(hold: Hold | None) -> Hold:
    if hold is None:
        raise ValueError("a hold begins with an answer")
    return hold


def _refusal(
    wanted: Asked, *, at: Holder | None, free: Counter[tuple[StoreId, ArticleNumber]]
) -> Reason | None:
    if wanted.device is None:
        return Reason.UNKNOWN_DEVICE
    if wanted.device.status in _BY_STATUS:
        return _BY_STATUS[wanted.device.status]
    if wanted.claim is not None:
        return Reason(IN_CLAIM[wanted.claim.kind])
    if wanted.device.meant_for is not None:
        return Reason.MEANT_FOR_PATIENT
    if wanted.may_not_stay:
        return Reason.RETURNED_AT_ONCE
    if at is not None and wanted.holder != at:
        return Reason.NOT_IN_STORE if isinstance(at, StoreHolder) else Reason.NOT_AT_RECIPIENT
    if wanted.device.store is None:
        return None
    place = (wanted.device.store, wanted.device.article_number)
    free[place] -= 1
    # the store has promised all that it has to orders
    return Reason.RESERVED_FOR_ORDERS if free[place] < 0 else None
