"""The region's numbers of custody changes, without gaps because each is taken in the change's
transaction.
"""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import identify

from inventory.days.models import CountRow


def days_id(tx: Transaction) -> UUID:
    """The id of the region's days and of its count."""
    return identify(tx.region, "region", tx.region)


async def next_custody_change(tx: Transaction) -> int:
    """The number of one more change, from 1. The row stays locked until the transaction ends."""
    row = await tx.lock(CountRow, days_id(tx))
    row.custody_changes += 1
    return row.custody_changes
