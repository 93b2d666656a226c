"""The check that nobody who is erased is here again: a restore brings a key, and who somebody was,
back from before the erasure. What orders has said on its own topic is not restored with it.
"""

from collections.abc import Collection, Mapping
from typing import TypeAlias
from uuid import UUID

from kvitt_chassis.consuming.replaying import Said
from kvitt_chassis.operating.checks import Check, Snapshot
from kvitt_chassis.operating.row_comparison import Difference
from kvitt_contracts.orders import PersonErased, PersonRegistered
from kvitt_contracts.topics import ORDERS_PERSONS

from orders.erasures.queries import registered_by, what_is_back

Person: TypeAlias = tuple[str, UUID]
"""A person's region and reference."""


# decision 0533: a restore undoes no erasure
async def find(snapshot: Snapshot) -> list[Difference]:
    """Every person who is erased by what orders has said, and has a key or details here, or is not
    marked as erased. Also who was registered by the very message that one of them was registered
    by: a restored service has read it again, as of somebody new.
    """
    erased, causes = await _told(snapshot)
    found: dict[Person, tuple[str, ...]] = {}
    for person, fields in await what_is_back(snapshot, erased):
        said = erased[person]
        found[person] = (*fields, f"said@{said.seq}/{said.event_id}")
    for person in await registered_by(snapshot, causes):
        if person not in erased:
            found[person] = ("stated_before",)
    return [
        Difference(table="persons", region=region, key=str(person), fields=fields)
        for (region, person), fields in sorted(found.items())
    ]


async def _told(snapshot: Snapshot) -> tuple[Mapping[Person, Said], Collection[str]]:
    """Who was erased, and the messages that they were registered by."""
    erased: dict[Person, Said] = {}
    causes: dict[Person, str] = {}
    async for said in snapshot.said(ORDERS_PERSONS, PersonRegistered, PersonErased):
        person = (said.region, UUID(said.key))
        if said.type == PersonErased.wire_type:
            erased[person] = said
        elif said.caused_by is not None:
            causes[person] = said.caused_by
    return erased, {causes[one] for one in erased if one in causes}


ERASURES = Check(
    name="erasures",
    what="who is erased by what was said, and who is known here",
    find=find,
)
