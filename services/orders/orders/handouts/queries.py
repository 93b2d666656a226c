"""Whose devices are printed: by number, or all that a person has. Reads only."""

from collections.abc import Sequence

from kvitt_chassis.access import Grant
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import DeviceId, DeviceNumber, PersonRef
from sqlalchemy import select

from orders.care.models import CareDeviceRow
from orders.care.numbers import care_device_numbered
from orders.care.queries import DEVICES
from orders.people.queries import same_persons

MOST = 200
"""So many devices stand on one document."""


async def references_of(person: PersonRef, tx: Transaction) -> list[PersonRef]:
    """Every reference of the person behind one."""
    same = same_persons([person], tx.region)
    return [PersonRef(ref) for ref in await tx.session.scalars(select(same.c.id))]


async def numbered(numbers: Sequence[DeviceNumber], tx: Transaction) -> list[CareDeviceRow | None]:
    """The device of each number, None where nobody was ever lent it."""
    return [await care_device_numbered(one, tx) for one in numbers]


async def seen_of(
    persons: Sequence[PersonRef], grant: Grant, tx: Transaction
) -> dict[DeviceId, CareDeviceRow]:
    """The devices that a person has, as far as the caller sees them, the latest first."""
    row = CareDeviceRow
    query = (
        select(row)
        .where(row.region == tx.region, row.person.in_(persons), DEVICES.within(grant))
        .order_by(row.since_on.desc().nulls_last(), row.device_id)
        .limit(MOST)
    )
    return {one.device_id: one for one in await tx.session.scalars(query)}
