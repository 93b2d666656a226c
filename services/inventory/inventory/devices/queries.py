"""Look-ups of devices: by number, by whose they are, and their custody through time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, DeviceNumber, RegionCode, Role, identify
from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    and_,
    cast,
    false,
    func,
    literal_column,
    not_,
    or_,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from inventory.devices import domain
from inventory.devices.models import (
    CustodyRow,
    DamageNoteRow,
    DeviceNoteRow,
    DeviceRow,
    SipNumberRow,
    UsedNumberRow,
)
from inventory.people.models import UserRow
from inventory.people.queries import WISHES, protected_references
from inventory.scanning.domain import Scanned
from inventory.stores.queries import own_stores, payers_of
from inventory.tables import is_among
from inventory.transfers.models import TransferPartiesRow
from inventory.transfers.queries import is_meant_for


def new_device_id(tx: Transaction, number: DeviceNumber) -> DeviceId:
    """The id that a device gets when it is registered under this number."""
    return DeviceId(identify(tx.region, "device", number))


async def find_device_id(tx: Transaction, number: DeviceNumber) -> DeviceId | None:
    """The id of the device that bears a number or has borne it, or None. Nothing is locked."""
    # decision 0366: what was registered under a number is found by it for ever
    likely = await tx.look_up(DeviceRow, new_device_id(tx, number))
    if likely is not None:
        return DeviceId(likely.id)
    found = await tx.search(DeviceRow, DeviceRow.device_number, number)
    if found is not None:
        return DeviceId(found.id)
    used = await tx.look_up(UsedNumberRow, number)
    return used.device_id if used is not None else None


async def get_device_numbered(tx: Transaction, number: DeviceNumber) -> DeviceRow:
    """The device that carries a number, not locked. Where none does, the fact waits."""
    found = await find_device_id(tx, number)
    return await tx.get(DeviceRow, found or new_device_id(tx, number))


async def lock_devices_numbered(
    tx: Transaction, numbers: Iterable[DeviceNumber]
) -> dict[DeviceNumber, DeviceRow]:
    """The devices that bear these numbers or have borne them, locked in the order of their ids. A
    number of none is left out.
    """
    with tx.session.no_autoflush:  # found by its key: what is unwritten is held, not searched
        ids = {number: await find_device_id(tx, number) for number in sorted(set(numbers))}
        known = [device_id for device_id in ids.values() if device_id is not None]
        rows = {row.id: row for row in await tx.lock_all(DeviceRow, known)}
    return {number: rows[found] for number, found in ids.items() if found is not None}


async def taken_numbers(tx: Transaction, numbers: Iterable[DeviceNumber]) -> set[DeviceNumber]:
    """Those of these numbers that a device bears or has borne (INV-6)."""
    first = {new_device_id(tx, number): number for number in numbers}
    registered = await tx.look_up_all(DeviceRow, list(first))
    taken = {first[DeviceId(row.id)] for row in registered}
    for row_type in (DeviceRow, UsedNumberRow):
        left = set(first.values()) - taken
        query = select(row_type.device_number).where(
            row_type.region == tx.region, row_type.device_number.in_(list(left))
        )
        if left:
            with tx.session.no_autoflush:  # what is unwritten was found by its key
                taken |= set((await tx.session.scalars(query)).all())
    return taken


async def custody_history(tx: Transaction, row: DeviceRow) -> list[domain.Change]:
    """Every change of the device's custody so far, in the order in which they were emitted."""
    query = (
        select(CustodyRow.custody, CustodyRow.order_id, CustodyRow.transfer_id, CustodyRow.sale_id)
        .where(CustodyRow.region == tx.region, CustodyRow.device_id == row.id)
        .order_by(CustodyRow.number)
    )
    return [
        domain.Change(
            custody=custody,
            by_order=order_id is not None,
            by_transfer=transfer_id is not None,
            by_sale=sale_id is not None,
        )
        for custody, order_id, transfer_id, sale_id in await tx.session.execute(query)
    ]


def has_been_out(history: Iterable[CustodyRow]) -> bool:
    """Whether a device with this history is nothing new (see the rule)."""
    changes = (
        domain.Change(custody=change.custody, by_order=change.order_id is not None)
        for change in history
    )
    return domain.has_been_out(changes)


async def custody_of(reader: RegionReader, row: DeviceRow) -> Sequence[CustodyRow]:
    """The device's changes of custody, the first one first."""
    return await reader.all(
        select(CustodyRow).where(CustodyRow.device_id == row.id).order_by(CustodyRow.number)
    )


async def damage_notes_of(reader: RegionReader, row: DeviceRow) -> Sequence[DamageNoteRow]:
    """What was written of what has happened to a device (INV-15)."""
    return await reader.all(select(DamageNoteRow).where(DamageNoteRow.device_id == row.id))


async def notes_of(
    reader: RegionReader,
    row: DeviceRow,
    *,
    outside: Iterable[tuple[datetime, datetime]],
    most: int,
) -> tuple[int, list[DeviceNoteRow]]:
    """How many notes a device's card has, and the last of them, the latest first (INV-5g): of what
    was written within these spans only the caller's own.
    """
    at = DeviceNoteRow.written_at
    hidden = or_(false(), *(and_(at >= start, at < end) for start, end in outside))
    query = select(DeviceNoteRow, func.count().over()).where(
        DeviceNoteRow.device_id == row.id,
        DeviceNoteRow.hidden_by.is_(None),
        or_(not_(hidden), DeviceNoteRow.by == reader.caller.user_id),
    )
    found = await reader.all(query.order_by(at.desc(), DeviceNoteRow.note_id).limit(most))
    return (found[0][1] if found else 0), [note for note, _ in found]


async def sip_number_of(reader: RegionReader, row: DeviceRow) -> str | None:
    """The SIP number that a device has with whoever has it now (INV-5); none of those before."""
    query = select(SipNumberRow).where(
        SipNumberRow.device_id == row.id, SipNumberRow.holder_key == row.holder_key
    )
    return next((found.sip_number for found in await reader.all(query)), None)


def bears_sip_number(number: str) -> ColumnElement[bool]:
    """A device has a SIP number with whoever has it now, however it is spaced (INV-5)."""
    digits: ColumnElement[str] = literal_column(
        "regexp_replace(sip_numbers.sip_number, '[^0-9]', '', 'g')"
    )
    found = select(SipNumberRow.device_id).where(
        SipNumberRow.region == DeviceRow.region,
        SipNumberRow.device_id == DeviceRow.id,
        SipNumberRow.holder_key == DeviceRow.holder_key,
        digits == "".join(one for one in number if one.isdigit()),
    )
    return found.exists()


def is_scanned(scanned: Scanned, region: RegionCode) -> ColumnElement[bool]:
    """A device bears or has borne the number of a code, or has its serial number (INV-5, INV-6)."""
    numbers = sorted(scanned.numbers)
    own, serial, used = aliased(DeviceRow), aliased(DeviceRow), UsedNumberRow
    found: CompoundSelect[Any] = union_all(
        select(own.id).where(own.region == region, own.device_number.in_(numbers)),
        select(serial.id).where(serial.region == region, serial.serial_number.in_(numbers)),
        select(used.device_id).where(used.region == region, used.device_number.in_(numbers)),
    )
    return DeviceRow.id.in_(found)


def next_change_of(change: type[CustodyRow]) -> ScalarSelect[int]:
    """The number of the change of custody that came after this one of the same device."""
    after = aliased(CustodyRow)
    found = (
        select(after.number)
        .where(
            after.region == change.region,
            after.device_id == change.device_id,
            after.number > change.number,
        )
        .order_by(after.number)
        .limit(1)
    )
    return found.correlate(change).scalar_subquery()


def is_of_units(caller: Caller) -> ColumnElement[bool]:
    """A device is in a store of the caller's units, or is held for a transfer to them, or is theirs
    by its payer, where the region has stated no customer of it (REF-18).
    """
    return or_(
        and_(DeviceRow.holder_kind == "store", is_among(DeviceRow.holder_key, own_stores(caller))),
        is_among(DeviceRow.id, _held_for(caller)),
        and_(
            DeviceRow.customer_id.is_(None),
            DeviceRow.payer_id.is_not(None),
            is_among(DeviceRow.payer_id, payers_of(caller.service_points)),
        ),
    )


PAST: Final = WISHES.of(
    cast(CustodyRow.custody, JSONB)[("holder", "person")].astext,
    units=[cast(CustodyRow.custody, JSONB)["customer_id"].astext],
)
"""What patients have said of a device's time with them."""


async def hidden_custody_of(reader: RegionReader, row: DeviceRow) -> Sequence[CustodyRow]:
    """The device's changes of custody that a block hides from the reader (REF-25)."""
    hidden = PAST.hides(reader.caller, serves=False)
    return await reader.all(select(CustodyRow).where(CustodyRow.device_id == row.id, hidden))


ORIGIN: Final = WISHES.of(
    cast(DeviceRow.origin, JSONB)["person"].astext,
    units=[cast(DeviceRow.origin, JSONB)["service_point"].astext],
    is_under_way=lambda: DeviceRow.meant_for.is_not(None),
)
"""What patients have said of the devices that they brought from another region."""


async def is_origin_hidden(reader: RegionReader, row: DeviceRow) -> bool:
    """Whether a block hides from the reader who brought the device (REF-25)."""
    hidden = ORIGIN.hides(reader.caller, serves=reader.grant.is_region_wide)
    return bool(await reader.all(select(DeviceRow.id).where(DeviceRow.id == row.id, hidden)))


# decision 0282: who asks for a device of others shows it to nobody by that
def _held_for(caller: Caller) -> Select[UUID]:
    held, parties = aliased(DeviceRow), TransferPartiesRow
    is_the_senders = or_(
        held.customer_id == parties.sending_service_point,
        held.prescriber == parties.sender,
        and_(
            held.customer_id.is_(None),
            held.payer_id == payers_of([parties.sending_service_point]).scalar_subquery(),
        ),
        held.holder_kind == "store",  # bmb lets nobody send what is in others' (BMB-1)
    )
    return select(held.id).where(
        held.claimed_by.is_not(None),
        held.claimed_by == parties.transfer_id,
        held.region == parties.region,
        is_meant_for(caller),
        is_the_senders,
    )


def has_no_prescriber() -> ColumnElement[bool]:
    """A device is on loan, and whoever prescribed it last may not prescribe any more: it is their
    unit's main responsible who says what becomes of it (BMB-14).
    """
    prescribe = select(UserRow.user_id).where(
        UserRow.region == DeviceRow.region,
        UserRow.user_id == DeviceRow.prescriber,
        UserRow.active,
        UserRow.roles.contains((Role.PRESCRIBER,)),
    )
    return and_(DeviceRow.payer_id.is_not(None), ~prescribe.exists())


def is_at_protected() -> ColumnElement[bool]:
    """A device is at a patient whose identity is protected (REF-19)."""
    return and_(
        DeviceRow.holder_kind == "patient", DeviceRow.holder_key.in_(protected_references())
    )


def claims_on_devices_of_protected() -> Select[UUID | None]:
    """Selects what claims a device that is at a patient whose identity is protected."""
    return select(DeviceRow.claimed_by).where(DeviceRow.claimed_by.is_not(None), is_at_protected())
