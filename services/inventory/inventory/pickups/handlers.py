"""Handlers of pickups: claim their devices, and let go of those that are taken back."""

from collections.abc import Iterable

from kvitt_chassis.handlers import Handlers, RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ClaimGranted
from kvitt_contracts.orders import PickupRefused, PickupRequested, PickupVoidRequested
from kvitt_contracts.types import DeviceId, Holder, PickupId

from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.people.queries import current_holder, rows_of_holder
from inventory.pickups import domain
from inventory.pickups.models import PickupClaimRow

messages = Handlers()


def _read_to_answer(event: PickupRequested, tx: Transaction) -> Iterable[RowKey]:
    yield from rows_of_holder(event.recipient, tx)
    for line in event.lines:
        row = tx.fetched(DeviceRow, line.device_id)
        if row is not None:
            yield from rows_of_holder(row.custody.holder, tx)


def _locked_to_answer(event: PickupRequested, _: Transaction) -> Iterable[RowKey]:
    for line in event.lines:
        yield DeviceRow, line.device_id
    yield PickupClaimRow, event.pickup_id


@messages.on(PickupRequested, loads=_locked_to_answer, reads=_read_to_answer)
async def answer_pickup(event: PickupRequested, tx: Transaction) -> None:
    """BMB-12: claim every device of the pickup, or none.

    Answers ClaimGranted, or ClaimRefused with each hindered device's reason. A device that is not
    known yet: the event waits.
    """
    rows = await tx.lock_all(DeviceRow, [line.device_id for line in event.lines])
    if await tx.find(PickupClaimRow, event.pickup_id) is not None:
        return
    at = await current_holder(tx, event.recipient)
    asked = [await _asked(row, at, tx) for row in rows]
    answer = domain.answer(event.pickup_id, asked)
    tx.record_at(PickupClaimRow, event.pickup_id, answer)
    if isinstance(answer, ClaimGranted):
        for row in rows:
            row.claim = Claim(kind=ClaimKind.PICKUP, by=event.pickup_id)


async def _asked(row: DeviceRow, at: Holder, tx: Transaction) -> domain.Asked:
    return domain.Asked(
        device_id=DeviceId(row.id),
        device=row.state(),
        is_there=await current_holder(tx, row.custody.holder) == at,
        claim=row.claim,
    )


TakenBack = PickupVoidRequested | PickupRefused


def _locked_to_release(event: TakenBack, tx: Transaction) -> Iterable[RowKey]:
    claim = tx.fetched(PickupClaimRow, event.pickup_id)
    for device_id in claim.devices if claim is not None else ():
        yield DeviceRow, device_id
    yield PickupClaimRow, event.pickup_id


@messages.on(
    PickupVoidRequested,
    PickupRefused,
    loads=_locked_to_release,
    reads=lambda event, _: [(PickupClaimRow, event.pickup_id)],
)
async def let_go(event: TakenBack, tx: Transaction) -> None:
    """PCK-3: what the unit takes back is free again, as far as it has not come back meanwhile.

    A pickup that orders refused for want of an answer lets go of what it got too late.
    """
    read = await tx.look_up(PickupClaimRow, event.pickup_id)
    if read is None:
        return
    wanted = event.devices if isinstance(event, PickupVoidRequested) else read.devices
    rows = await tx.lock_all(DeviceRow, [one for one in read.devices if one in wanted])
    claim = await tx.lock(PickupClaimRow, event.pickup_id)
    mine = Claim(kind=ClaimKind.PICKUP, by=event.pickup_id)
    released = domain.release(PickupId(claim.id), claim.state(), devices=wanted)
    tx.record(claim, *released)
    for row in rows:
        if row.claim == mine:
            row.claim = None
