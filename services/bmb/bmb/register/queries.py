"""Looks up what a command names: users, devices by number, recipients. Raises Refused for a name
that bmb does not have. What a view shows of them is at the end.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader
from kvitt_chassis.patients_wishes import wishes_heard
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    CareUnitRecipient,
    CustomerId,
    DeviceId,
    DeviceNumber,
    Holder,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    PayerId,
    PersonRef,
    Role,
    StoreHolder,
    UserId,
)
from sqlalchemy import Select, Text, cast, select

from bmb.register.domain import Customer, Device, Patient, User
from bmb.register.models import (
    BlockOpeningRow,
    BlockRow,
    CareUnitRow,
    ConsentRow,
    CustomerRow,
    DeviceRow,
    PersonRow,
    UsedNumberRow,
    UserRow,
)


async def user(tx: Transaction, user_id: UserId, *, field: str = "by") -> User:
    """Returns a user that a command names. Raises Refused naming `field`: unknown (REF-3)."""
    row = await tx.get(UserRow, user_id, rule="REF-3", field=field)
    return row.facts()


async def customers(tx: Transaction, ids: set[CustomerId]) -> tuple[Customer, ...]:
    """Those of the customers that are known, in the order of their ids."""
    return tuple(row.facts() for row in await tx.look_up_all(CustomerRow, ids))


def rows_of_recipient(named: NamedRecipient, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `recipient` reads, except for those behind an alias."""
    if isinstance(named, NamedPatient):
        return [(PersonRow.region_person_id, named.person)]
    return [(CareUnitRow, named.unit)]


def rows_of_numbers(numbers: Iterable[DeviceNumber], tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `devices` reads, except for those behind an alias."""
    for number in numbers:
        yield DeviceRow.device_number, number
        row = tx.fetched(DeviceRow.device_number, number)
        if row is None:
            yield UsedNumberRow, number
            used = tx.fetched(UsedNumberRow, number)
            row = tx.fetched(DeviceRow, used.device_id) if used is not None else None
            if used is not None:
                yield DeviceRow, used.device_id
        if row is not None:
            yield from _rows_of_device(row)


def rows_of_devices(ids: Iterable[DeviceId], tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `devices_of` reads, except for those behind an alias."""
    for device_id in ids:
        yield DeviceRow, device_id
        row = tx.fetched(DeviceRow, device_id)
        if row is not None:
            yield from _rows_of_device(row)


async def devices(tx: Transaction, numbers: Sequence[DeviceNumber]) -> tuple[Device, ...]:
    """Returns the devices that bear these numbers, or have borne them (INV-6), in the order of the
    numbers.

    Raises Refused (UNKNOWN_DEVICE, BMB-1).
    """
    found = []
    for number in numbers:
        row = await device_numbered(tx, number)
        if row is None:
            raise Refused(
                "UNKNOWN_DEVICE",
                rule="BMB-1",
                field="devices",
                way_on="Kontrollera individnumret på hjälpmedlet.",
                device_number=number,
            )
        found.append(row)
    return tuple([await _device(tx, row) for row in found])


async def device_numbered(tx: Transaction, number: DeviceNumber) -> DeviceRow | None:
    """The device that bears a number or has borne it (INV-6); None where there is none."""
    row = await tx.search(DeviceRow, DeviceRow.device_number, number)
    if row is not None:
        return row
    used = await tx.look_up(UsedNumberRow, number)
    return await tx.look_up(DeviceRow, used.device_id) if used is not None else None


async def devices_of(tx: Transaction, ids: Iterable[DeviceId]) -> tuple[Device, ...]:
    """Returns the devices of these ids as they are today. Unknown: as `tx.get` does."""
    return tuple([await _device(tx, await tx.get(DeviceRow, one)) for one in ids])


async def patient_today(tx: Transaction, holder: Holder | None) -> Patient | None:
    """Returns the patient behind a reference, aliases followed; None for another holder."""
    if not isinstance(holder, PatientRecipient):
        return None
    row = await _follow(tx, await tx.get(PersonRow, holder.person))
    return Patient(recipient=PatientRecipient(person=row.person), active=row.active)


async def recipient(tx: Transaction, named: NamedRecipient) -> Patient | CareUnitRecipient:
    """Returns the recipient that the region names, by today's reference where persons were merged.

    Raises Refused: UNKNOWN_PERSON, or an unknown care unit (BMB-1).
    """
    if not isinstance(named, NamedPatient):
        await tx.get(CareUnitRow, named.unit, rule="BMB-1", field="new_recipient")
        return named
    row = await tx.search(PersonRow, PersonRow.region_person_id, named.person)
    if row is None:
        raise Refused(
            "UNKNOWN_PERSON",
            rule="BMB-1",
            field="new_recipient",
            way_on="Skicka personuppgiften till Kvitt först, och försök igen.",
        )
    today = await _follow(tx, row)
    return Patient(recipient=PatientRecipient(person=today.person), active=today.active)


WISHES: Final = wishes_heard(
    BlockRow,
    BlockOpeningRow,
    ConsentRow,
    aliases=select(PersonRow.person, PersonRow.merged_into.label("into")).where(
        PersonRow.merged_into.is_not(None)
    ),
)
"""What patients have said of who sees what units have of them (REF-25, REF-26)."""


# decision 0281: a person is protected under every reference that stands for them
def protected_references() -> Select[str]:
    """Selects, as texts, the references of persons with protected identity, with every alias of
    them. A merged person's protection is that of whom they are now.
    """
    current = select(PersonRow.person).where(
        PersonRow.is_protected, PersonRow.merged_into.is_(None)
    )
    found = current.cte(recursive=True)  # unnamed: a statement may ask twice
    aliases = select(PersonRow.person).join(found, PersonRow.merged_into == found.c.person)
    return select(cast(found.union(aliases).c.person, Text))


async def references_of(reader: RegionReader, person: PersonRef) -> frozenset[PersonRef]:
    """Every reference of the person: of whom this one stands for, and of those who do so too."""
    known = {person}
    while True:
        merged = PersonRow.person.in_(known) | PersonRow.merged_into.in_(known)
        query = select(PersonRow).where(PersonRow.merged_into.is_not(None), merged)
        found = {one for row in await reader.all(query) for one in (row.person, row.merged_into)}
        if found <= known:
            return frozenset(known)
        known |= found


async def device_ids_numbered(reader: RegionReader, number: DeviceNumber) -> Sequence[DeviceId]:
    """The ids of the devices that bear a number, or have borne it (INV-6)."""
    today = select(DeviceRow.device_id).where(DeviceRow.device_number == number)
    before = select(UsedNumberRow.device_id).where(UsedNumberRow.device_number == number)
    return sorted({*await reader.all(today), *await reader.all(before)}, key=str)


async def device_numbers(
    reader: RegionReader, ids: Iterable[DeviceId]
) -> Mapping[DeviceId, DeviceNumber]:
    """The numbers of devices today, by id; one that is not known yet is left out."""
    rows = await reader.all(select(DeviceRow).where(DeviceRow.device_id.in_(ids)))
    return {row.device_id: row.device_number for row in rows}


def _rows_of_device(row: DeviceRow) -> Iterable[RowKey]:
    yield CustomerRow, row.customer_id
    yield CustomerRow.payer_id, row.payer_id
    yield UserRow, row.prescriber
    match row.holder:
        case PatientRecipient():
            yield PersonRow, row.holder.person
        case CareUnitRecipient():
            yield CareUnitRow, row.holder.unit
        case StoreHolder():
            yield CustomerRow.store, row.holder.store


async def _device(tx: Transaction, row: DeviceRow) -> Device:
    customer = None
    if row.customer_id is not None:
        known = await tx.look_up(CustomerRow, row.customer_id)
        customer = known.facts() if known else None
    prescriber = await tx.look_up(UserRow, row.prescriber) if row.prescriber else None
    return Device(
        id=row.device_id,
        holder=await _today(tx, row.holder),
        payer=row.payer_id,
        customer=customer,
        units_of_payer=await _units_of_payer(tx, row.payer_id),
        prescriber=row.prescriber,
        prescribed_at=prescriber.facts().service_points if prescriber else frozenset(),
        kept_by=await _keepers(tx, row.holder),
        is_unprescribed=_is_unprescribed(row, prescriber),
    )


def _is_unprescribed(row: DeviceRow, prescriber: UserRow | None) -> bool:
    if row.payer_id is None:
        return False
    if prescriber is None:  # who is not known here yet is taken to prescribe
        return row.prescriber is None
    return not (prescriber.active and Role.PRESCRIBER in prescriber.roles)


async def _units_of_payer(tx: Transaction, payer: PayerId | None) -> frozenset[CustomerId]:
    if payer is None:
        return frozenset()
    rows = await tx.search_all(CustomerRow, CustomerRow.payer_id, payer)
    return frozenset(row.customer_id for row in rows if row.is_service_point)


async def _keepers(tx: Transaction, holder: Holder) -> frozenset[CustomerId]:
    match holder:
        case StoreHolder():
            owners = await tx.search_all(CustomerRow, CustomerRow.store, holder.store)
            return frozenset(owner.customer_id for owner in owners)
        case CareUnitRecipient():
            unit = await tx.look_up(CareUnitRow, holder.unit)
            return frozenset({unit.customer_id} if unit else ())
        case PatientRecipient():
            return frozenset()


async def _today(tx: Transaction, holder: Holder) -> Holder:
    if not isinstance(holder, PatientRecipient):
        return holder
    return PatientRecipient(person=await current_reference(tx, holder.person))


async def current_reference(tx: Transaction, person: PersonRef) -> PersonRef:
    """Returns the reference that a person has today, aliases followed; an unknown one as it is."""
    row = await tx.look_up(PersonRow, person)
    return (await _follow(tx, row)).person if row is not None else person


async def _follow(tx: Transaction, row: PersonRow) -> PersonRow:
    seen = {row.person}
    while row.merged_into is not None and row.merged_into not in seen:
        seen.add(row.merged_into)
        row = await tx.get(PersonRow, row.merged_into, rule="BMB-1", field="new_recipient")
    return row
