"""How far a region's keys are wrapped anew. Reads only."""

from kvitt_chassis.transaction import Transaction
from sqlalchemy import func, select

from orders.people.keys.models import PersonKeyRow
from orders.people.keys.sealing import NOBODY


async def persons_by_version(tx: Transaction) -> dict[int, int]:
    """How many persons' keys each version of the region's ring wraps."""
    found = await tx.session.execute(
        select(PersonKeyRow.version, func.count())
        .where(PersonKeyRow.region == tx.region, PersonKeyRow.person != NOBODY)
        .group_by(PersonKeyRow.version)
    )
    return dict(found.all())
