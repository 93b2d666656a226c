"""Look-ups of sales to other regions, and whose they are. No writes."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.http import RegionReader, Scope
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import (
    DeviceId,
    DeviceNumber,
    NamedPatient,
    NamedRecipient,
    PatientRecipient,
    PersonRef,
    Recipient,
    RegionPersonId,
    identify,
)
from sqlalchemy import select

from billing.models import ChargeRow, DeviceRow, PersonRow
from billing.region_sales.models import RegionSaleRow

REACH = Scope(RegionSaleRow.region, service_points=[RegionSaleRow.service_point])
"""A unit reaches its own patients' sales; customer service all."""


def rows_of_numbers(numbers: Iterable[DeviceNumber], tx: Transaction) -> Iterable[RowKey]:
    """The rows that `devices_numbered` reads."""
    for number in numbers:
        yield DeviceRow, identify(tx.region, "device", number)
        yield DeviceRow.device_number, number


async def devices_numbered(
    tx: Transaction, numbers: Iterable[DeviceNumber]
) -> list[DeviceId | None]:
    """The devices that bear these numbers, or did first; None for a number of none."""
    found: list[DeviceId | None] = []
    for number in numbers:
        row = await tx.look_up(DeviceRow, identify(tx.region, "device", number))
        if row is None:
            row = await tx.search(DeviceRow, DeviceRow.device_number, number)
        found.append(row.device_id if row is not None else None)
    return found


def rows_of_recipient(named: NamedRecipient, tx: Transaction) -> Iterable[RowKey]:
    """The rows that `recipient_named` reads, as far as they are known by now."""
    if isinstance(named, NamedPatient):
        yield PersonRow.region_person_id, named.person
        row = tx.fetched(PersonRow.region_person_id, named.person)
        if row is not None and row.merged_into is not None:
            yield PersonRow, row.merged_into


async def recipient_named(tx: Transaction, named: NamedRecipient) -> Recipient:
    """The recipient that a region names. Raises Refused: UNKNOWN_PERSON (REF-1)."""
    if not isinstance(named, NamedPatient):
        return named
    row = await tx.search(PersonRow, PersonRow.region_person_id, named.person)
    if row is None:
        raise Refused(
            "UNKNOWN_PERSON",
            rule="REF-1",
            field="recipient.person",
            way_on="Kontrollera patienten: ingen med den beteckningen är känd.",
        )
    return PatientRecipient(person=row.merged_into or row.person)


async def region_person_id_of(reader: RegionReader, person: PersonRef) -> RegionPersonId:
    """What the region calls a person. Raises NotFound (404, REF-1): none has this reference."""
    query = select(PersonRow).where(
        PersonRow.person == person, PersonRow.region_person_id.is_not(None)
    )
    row: PersonRow = await reader.one(query, noun="person", rule="REF-1")
    assert row.region_person_id is not None
    return row.region_person_id


async def still_out(tx: Transaction, row: RegionSaleRow) -> list[DeviceId]:
    """The devices of a sale that somebody pays for."""
    devices = await tx.look_up_all(DeviceRow, [line.device_id for line in row.lines])
    return [one.device_id for one in devices if one.points and one.points[-1].payer_id]


async def charges_of(tx: Transaction, row: RegionSaleRow) -> list[ChargeRow]:
    """What was charged for the devices of a sale."""
    return await tx.search_all(ChargeRow, ChargeRow.sale_id, row.id)
