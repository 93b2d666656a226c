"""Which lines of the log an extract has. Reads only."""

from collections.abc import Iterable

from kvitt_chassis.http import RegionReader
from kvitt_contracts.types import PersonRef, ServicePointId
from sqlalchemy import ColumnElement, or_, select

from orders.blocks.queries import WISHES
from orders.people.models import PersonAccessRow
from orders.people.queries import is_of_person, protected_references
from orders.units.models import CustomerRow


def is_given_to(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """The criterion of a line about a person, by any reference of theirs; of who is protected, the
    reader's own alone, unless it is the region's system that asks.
    """
    theirs = is_of_person(PersonAccessRow.person, person, reader.region)
    if reader.caller.is_region_system:
        return theirs
    mine = PersonAccessRow.user_id == reader.caller.user_id
    return theirs & or_(mine, PersonAccessRow.person.not_in(protected_references()))


async def names_of(
    units: Iterable[ServicePointId], reader: RegionReader
) -> dict[ServicePointId, str]:
    """The names of units, as the region states them now."""
    wanted = CustomerRow.customer_id.in_(sorted(units))
    rows = await reader.all(select(CustomerRow).where(CustomerRow.region == reader.region, wanted))
    return {ServicePointId(row.customer_id): row.name for row in rows}


async def blocked_among(
    persons: Iterable[PersonRef], reader: RegionReader
) -> frozenset[tuple[PersonRef, ServicePointId]]:
    """Those of some persons, each with the unit, whose looks from there are blocked (REF-25)."""
    blocked = WISHES.blocked(reader.caller)
    theirs = blocked.c.person.in_(sorted(persons, key=str))
    found = await reader.all(select(blocked.c.person, blocked.c.unit).where(theirs))
    return frozenset((one.person, one.unit) for one in found)
