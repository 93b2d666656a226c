"""Writes of keys beyond one row by its key."""

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PersonRef
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from orders.people.keys.models import PERSONS, KeyRingRow, PersonKeyRow
from orders.people.keys.sealing import NOBODY
from orders.people.models import PersonRow

KEY_OUTDATED = Timer("person_key_outdated", PersonRow)
"""Set when a region's ring has a new version, for whose key an older one wraps."""

_WRAP_ANEW = text("""
    INSERT INTO timers (timer, region, key, due)
    SELECT :timer, region, person, :due FROM person_keys
    WHERE region = :region AND version <> :current AND person <> :nobody ON CONFLICT DO NOTHING
    """)


async def have_wrapped_anew(timer: Timer, ring: KeyRingRow, tx: Transaction) -> None:
    """Set a timer for each person of the region whose key another version than the current wraps;
    one statement, however many they are.
    """
    await tx.session.flush()
    values = {
        "timer": timer.name,
        "region": str(tx.region),
        "current": ring.current,
        "nobody": NOBODY,
    }
    await tx.session.execute(_WRAP_ANEW, {**values, "due": tx.now})


async def begin_ring(wrapped: str, tx: Transaction) -> KeyRingRow:
    """The region's ring with its first version; where another transaction was first, that one's.
    Whatever is written first in a region needs one, so it waits for nobody in the order of locks.
    """
    ring = {
        "region": tx.region,
        "name": PERSONS,
        "current": 1,
        "versions": {1: wrapped},
        "current_since": tx.now,
    }
    await tx.session.execute(insert(KeyRingRow).values(ring).on_conflict_do_nothing())
    row = await tx.session.get(KeyRingRow, (tx.region, PERSONS), populate_existing=True)
    assert row is not None
    tx.put(row)  # others of the same batch have looked for it, and found none
    return row


async def keep_key(person: PersonRef, version: int, wrapped: str, tx: Transaction) -> PersonKeyRow:
    """A person's first key; where another transaction was first, that one's."""
    key = {"region": tx.region, "person": person, "version": version, "wrapped": wrapped}
    await tx.session.execute(insert(PersonKeyRow).values(key).on_conflict_do_nothing())
    row = await tx.session.get(PersonKeyRow, (tx.region, person), populate_existing=True)
    assert row is not None
    tx.put(row)
    return row
