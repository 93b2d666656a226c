"""Looks up what a draft wants: the one that a command states, or the one that is saved."""

from collections.abc import Iterable, Mapping
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import SaveTransfer
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    PatientRecipient,
    ServicePointId,
    UserId,
)

from bmb import texts
from bmb.drafts.domain import Wish
from bmb.models import TransferRow
from bmb.parties.domain import answering
from bmb.register import queries
from bmb.register.domain import Customer, Device, User
from bmb.register.models import CustomerRow, PersonRow, UserRow
from bmb.responsibles.queries import leading_today

_LOOKED_UP: Final = ("sender", "devices", "new_recipient", "new_prescriber")


def rows_of_wish(command: SaveTransfer, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `wish_of` reads, as far as they are known by now."""
    yield CustomerRow, command.sending_service_point
    yield from _rows_of_users((command.sender, command.new_prescriber), tx)
    if command.new_recipient is not None:
        yield from queries.rows_of_recipient(command.new_recipient, tx)
    yield from queries.rows_of_numbers(command.devices, tx)


def rows_of_draft(row: TransferRow | None, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `wish_of_draft` reads, as far as they are known by now."""
    if row is None:
        return
    yield from _rows_of_users((row.sender, row.new_prescriber), tx)
    if isinstance(row.new_recipient, PatientRecipient):
        yield PersonRow, row.new_recipient.person
    yield from queries.rows_of_devices(row.devices, tx)


def _rows_of_users(named: Iterable[UserId | None], tx: Transaction) -> Iterable[RowKey]:
    for user_id in named:
        yield UserRow, user_id
        user = tx.fetched(UserRow, user_id)
        for place in {*user.service_points, user.default_service_point} if user else ():
            yield CustomerRow, place


async def wish_of(command: SaveTransfer, tx: Transaction) -> Wish:
    """Returns what a sender wants, with what it names looked up.

    Raises Refused for an unknown name: UNKNOWN_USER, UNKNOWN_CUSTOMER (REF-3), UNKNOWN_DEVICE,
    UNKNOWN_PERSON, UNKNOWN_CARE_UNIT (BMB-1).
    """
    sender, prescriber = await _users(command, tx)
    if command.sending_service_point is not None:
        await tx.get(
            CustomerRow,
            command.sending_service_point,
            rule="REF-3",
            field="sending_service_point",
        )
    recipient = None
    if command.new_recipient is not None:
        recipient = await queries.recipient(tx, command.new_recipient)
    devices = await queries.devices(tx, command.devices)
    return Wish(
        **same_fields(command, Wish, without=_LOOKED_UP),
        sender=sender,
        devices=devices,
        leading=await _leading(devices, tx),
        new_recipient=recipient,
        new_prescriber=prescriber,
        has_message=texts.has_text(command.message),
        units=await _units(sender, prescriber, tx),
        clinics_hold_stock=tx.policy.private_clinics_hold_stock,
    )


async def wish_of_draft(row: TransferRow, tx: Transaction) -> Wish:
    """Returns what a saved draft says, with what it names looked up today.

    Raises Refused for a user who is not known: UNKNOWN_USER (REF-3).
    """
    sender, prescriber = await _users(row, tx)
    recipient = row.new_recipient
    devices = await queries.devices_of(tx, row.devices)
    return Wish(
        **same_fields(row.state(), Wish, without=_LOOKED_UP),
        sender=sender,
        devices=devices,
        leading=await _leading(devices, tx),
        new_recipient=(
            recipient
            if isinstance(recipient, CareUnitRecipient)
            else await queries.patient_today(tx, recipient)
        ),
        new_prescriber=prescriber,
        units=await _units(sender, prescriber, tx),
        clinics_hold_stock=tx.policy.private_clinics_hold_stock,
    )


async def _users(wanted: SaveTransfer | TransferRow, tx: Transaction) -> tuple[User, User | None]:
    sender = await queries.user(tx, wanted.sender, field="sender")
    if wanted.new_prescriber is None:
        return sender, None
    return sender, await queries.user(tx, wanted.new_prescriber, field="new_prescriber")


async def _units(sender: User, prescriber: User | None, tx: Transaction) -> tuple[Customer, ...]:
    workplaces = {*sender.service_points, sender.default_service_point}
    if prescriber is not None:
        workplaces |= {*prescriber.service_points, prescriber.default_service_point}
    return await queries.customers(tx, {*workplaces})


async def _leading(
    devices: tuple[Device, ...], tx: Transaction
) -> Mapping[CustomerId, frozenset[UserId]]:
    """Who leads the units that answer for those of the devices that nobody prescribes."""
    units = {unit for one in devices if one.is_unprescribed for unit in answering(one)}
    return {unit: await leading_today(tx, ServicePointId(unit)) for unit in sorted(units)}
