"""The region's count of custody changes, exact because it is kept in the change's transaction."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import identify
from sqlalchemy import select, update

from inventory.days.models import CountRow


def days_id(tx: Transaction) -> UUID:
    """The id of the region's days and of its count."""
    return identify(tx.region, "region", tx.region)


async def count_custody_change(tx: Transaction) -> None:
    """Count one more. The row stays locked until the transaction ends."""
    # by UPDATE and not by the row object, which may have been read before others counted
    query = (
        update(CountRow)
        .where(CountRow.region == tx.region, CountRow.id == days_id(tx))
        .values(custody_changes=CountRow.custody_changes + 1)
        .returning(CountRow.custody_changes)
        .execution_options(synchronize_session=False)
    )
    if (await tx.session.execute(query)).scalar_one_or_none() is None:
        raise LookupError(f"the days of {tx.region} were never opened")


async def custody_changes(tx: Transaction) -> int:
    """How many custody changes have been said in the region since the beginning."""
    query = select(CountRow.custody_changes).where(
        CountRow.region == tx.region, CountRow.id == days_id(tx)
    )
    return (await tx.session.execute(query)).scalar_one()
