"""What is said of a region's transfers: saved, accepted, rejected, unlocked, and by whom."""

from collections.abc import Sequence
from datetime import date

from kvitt_contracts.bmb import AcceptTransfer, RejectTransfer, SaveTransfer, UnlockTransfer
from kvitt_contracts.regions import UserStated
from kvitt_contracts.types import (
    CustomerId,
    DeviceNumber,
    NamedRecipient,
    PayerId,
    ServicePointId,
    StoreId,
    UserId,
)

from examples.generator.model.parties import (
    answering,
    has_part,
    involved_payers,
    is_own,
    may_answer,
)
from examples.generator.model.state import Device, Transfer
from examples.generator.month import Month


def save(
    month: Month,
    devices: Sequence[str],
    *,
    sender: str | None = None,
    to: NamedRecipient | None = None,
    store: str | None = None,
    prescriber: str | None = None,
    on: date | None = None,
    attested: bool = True,
    send: bool = True,
) -> str:
    """Save a transfer, sent at once unless `send` is False; returns its reference."""
    reference = month.name(month.profile.sends_transfer)
    sender = sender or sender_of(month, devices[0])
    month.send(
        "bmb",
        reference,
        SaveTransfer(
            sender=UserId(sender),
            devices=tuple(DeviceNumber(number) for number in devices),
            new_recipient=to,
            new_store=StoreId(store) if store else None,
            new_prescriber=UserId(prescriber) if prescriber else None,
            receiving_service_point=None if prescriber else _one_of(month, devices[0], sender),
            transfer_date=on,
            attested=attested and to is not None and to.kind == "patient",
            message="Hjälpmedlet följer med." if month.rng.randrange(4) == 0 else None,
            execute=send,
        ),
    )
    return reference


def accept(month: Month, reference: str) -> None:
    """Accept for the receiving service point, if its time has not run out and somebody may."""
    transfer = month.transfer(reference)
    if transfer.status == "sent" and transfer.deadline_on == month.today:
        return
    by = _who_accepts(month, transfer)
    if by is None:
        return
    chosen = None
    if month.policy.transfer.ack_payer == "chosen" and month.rng.randrange(2):
        chosen = month.rng.choice(sorted(involved_payers(month.model.world, transfer, by)))
    devices = list(transfer.left)
    month.send(
        "bmb",
        reference,
        AcceptTransfer(
            by=by.user_id,
            customer_id=CustomerId(transfer.receiving),
            payer_id=PayerId(chosen) if chosen else None,
        ),
    )
    effective_on = transfer.effective_on
    if effective_on is not None:
        month.let_go(devices, after=max(effective_on, month.today))


def _one_of(month: Month, number: str, sender: str) -> ServicePointId | None:
    """A unit of the payer, named where the sender's own is none of several (BMB-4)."""
    world = month.model.world
    units = answering(world, month.device(number))
    own = world.user(sender).default_service_point
    return ServicePointId(min(units)) if len(units) > 1 and own not in units else None


def _who_accepts(month: Month, transfer: Transfer) -> UserStated | None:
    """Who answers there (BMB-9); the sender only where both sides are his already (BMB-4)."""
    there = [
        one
        for one in month.units.users
        if one.active
        and transfer.receiving in one.service_points
        and (
            one.user_id not in {transfer.sender, transfer.sent_by}
            or is_own(month.model.world, transfer, one)
        )
    ]
    chosen = month.rng.choice(there) if there else None
    world = month.model.world
    may = [one for one in there if may_answer(world, transfer.receiving, one)]
    return chosen if chosen in may else next(iter(may), None)


def reject(month: Month, reference: str, *, message: str | None = None) -> None:
    """Reject, with the reason."""
    transfer = month.transfer(reference)
    devices = list(transfer.left)
    by = who_answers(month, transfer.receiving).user_id
    month.send("bmb", reference, RejectTransfer(by=by, message=message))
    if transfer.status == "rejected":
        month.let_go(devices)


def who_answers(month: Month, service_point: str) -> UserStated:
    """Somebody there who answers transfers (BMB-9)."""
    by = month.somebody_at(service_point)
    world = month.model.world
    if may_answer(world, service_point, by):
        return by
    return next(one for one in month.units.users if may_answer(world, service_point, one))


def unlock(month: Month, reference: str, *, by: str = "kundtjanst1") -> None:
    """Customer service frees a locked transfer's devices."""
    transfer = month.transfer(reference)
    devices = list(transfer.left)
    asked_by = UserId(transfer.sender)
    month.send("bmb", reference, UnlockTransfer(by=UserId(by), asked_by=asked_by))
    if transfer.status == "unlocked":
        month.let_go(devices)


def sender_of(month: Month, number: str) -> str:
    """Who prescribed the device, or anybody who prescribes and has a part in it (BMB-4)."""
    device = month.device(number)
    active = {one.user_id: one for one in month.prescribers()}
    if device.now.prescriber in active:
        return str(device.now.prescriber)
    world = month.model.world
    parts = [one.user_id for one in active.values() if has_part(world, device, one)]
    return str(month.rng.choice(parts))


def lent(device: Device) -> bool:
    """True for a device on loan."""
    return device.store is None


def lent_to_patient(device: Device) -> bool:
    """True for a device that a patient has."""
    return device.now.holder[0] == "patient"


def other_prescriber(month: Month, number: str) -> str:
    """A prescriber who does not have the device."""
    now = month.device(number).now.prescriber
    return str(month.rng.choice([u.user_id for u in month.prescribers() if u.user_id != now]))
