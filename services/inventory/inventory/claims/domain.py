"""The rules of how transfers, holds and claims on devices agree (BMB-12). They change nothing."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from uuid import UUID

from kvitt_contracts.bmb import (
    TransferAccepted,
    TransferCancelled,
    TransferExecutedAutomatically,
    TransferLocked,
    TransferRefused,
    TransferRejected,
    TransferRequested,
    TransferUnlocked,
    TransferVoided,
    TransferWithdrawn,
)
from kvitt_contracts.envelope import Event

from inventory.devices.domain import ClaimKind
from inventory.holds.domain import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a transfer wants of inventory, as bmb has said: its devices held, locked, handed over,
    or free again.
    """

    is_requested: bool = False
    is_locked: bool = False
    is_decided: bool = False
    has_ended: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold as its row is. `was_released`: its last event let all of it go."""

    status: Status
    devices: frozenset[UUID] = frozenset()
    was_released: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A device that something claims."""

    device_id: UUID
    kind: ClaimKind
    by: UUID


def after(asked: Asked, event: Event) -> Asked:
    """What a transfer wants after one more of its events."""
    match event:
        case TransferRequested():
            return replace(asked, is_requested=True)
        case TransferLocked():
            return replace(asked, is_locked=True)
        case TransferAccepted() | TransferExecutedAutomatically():
            return replace(asked, is_decided=True)
        case (
            TransferRejected()
            | TransferWithdrawn()
            | TransferVoided()
            | TransferCancelled()
            | TransferUnlocked()
            | TransferRefused()
        ):
            return replace(asked, has_ended=True)
        case _:
            return asked


def wrong_holds(
    transfers: Mapping[UUID, Asked], holds: Mapping[UUID, Held]
) -> Iterator[tuple[UUID, str]]:
    """Each transfer and hold that do not agree, with what is wrong."""
    for transfer_id in sorted({*transfers, *holds}):
        asked, hold = transfers.get(transfer_id, Asked()), holds.get(transfer_id)
        if hold is None:
            if asked.is_requested:
                yield transfer_id, "no_hold"
        elif not asked.is_requested:
            yield transfer_id, "no_transfer"
        elif hold.status is Status.GRANTED and asked.has_ended:
            yield transfer_id, "held_after_the_end"
        elif hold.was_released and not (asked.has_ended or asked.is_decided):
            yield transfer_id, "released_while_open"


def wrong_claims(
    claims: Iterable[Claimed],
    *,
    transfers: Mapping[UUID, Asked],
    holds: Mapping[UUID, Held],
    on_the_way: Set[tuple[UUID, UUID]],
    pickups: Set[tuple[UUID, UUID]],
    baskets: Set[tuple[UUID, UUID]] = frozenset(),
    sales: Set[tuple[UUID, UUID]] = frozenset(),
    made_fit: Set[tuple[UUID, UUID]] = frozenset(),
    investigated: Set[UUID] = frozenset(),
) -> Iterator[tuple[UUID, str]]:
    """Each device whose claim and whose hold, or whose order's goods on the way, do not agree, with
    what is wrong. `on_the_way`: each order and device of it that has left a store. `pickups`: each
    pickup and device that it claims, `sales` each sale. `baskets`: each basket's order and device
    that it has lent. `made_fit`: each open reconditioning and its device.
    `investigated`: each device that is in the investigation
    store.
    """
    claimants = {
        ClaimKind.DISPATCH: on_the_way,
        ClaimKind.PICKUP: pickups,
        ClaimKind.SALE: sales,
        ClaimKind.BASKET: baskets,
        ClaimKind.RECONDITIONING: made_fit,
    }
    claimed: dict[UUID, Claimed] = {}
    for claim in claims:
        claimed[claim.device_id] = claim
        by = (claim.by, claim.device_id)
        match claim.kind:
            case ClaimKind.INVESTIGATION:
                is_backed = claim.device_id in investigated
            case ClaimKind.TRANSFER | ClaimKind.LOCK:
                hold = holds.get(claim.by)
                is_backed = hold is not None and claim.device_id in hold.devices
                is_locked = transfers.get(claim.by, Asked()).is_locked
                if is_backed and (claim.kind is ClaimKind.LOCK) is not is_locked:
                    yield claim.device_id, "lock"
            case kind:
                is_backed = by in claimants[kind]
        if not is_backed:
            yield claim.device_id, "claimed_by_nothing"
    held = {(by, device) for by, hold in holds.items() for device in hold.devices}
    held |= pickups | baskets | sales | made_fit
    for claimant, device_id in sorted(held):
        claim_of = claimed.get(device_id)
        if claim_of is None or claim_of.by != claimant:
            yield device_id, "held_and_not_claimed"
