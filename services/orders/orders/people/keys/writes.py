"""Writes of keys beyond one row by its key."""

from kvitt_chassis.transaction import Transaction
from sqlalchemy.dialects.postgresql import insert

from orders.people.keys.models import PERSONS, KeyRingRow


async def begin_ring(wrapped: str, tx: Transaction) -> KeyRingRow:
    """The region's ring with its first version; where another transaction was first, that one's."""
    tx.will_lock(KeyRingRow)
    ring = {"region": tx.region, "name": PERSONS, "current": 1, "versions": {1: wrapped}}
    await tx.session.execute(insert(KeyRingRow).values(ring).on_conflict_do_nothing())
    row = await tx.session.get(KeyRingRow, (tx.region, PERSONS), populate_existing=True)
    assert row is not None
    return row
