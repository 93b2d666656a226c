"""When a store is looked at in the night."""

from datetime import date, timedelta

from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.types import StoreId

from inventory.refills.models import RefilledStoreRow
from inventory.refills.queries import refilled_store_id

NIGHT = Timer("refill_night", RefilledStoreRow)


async def look_in_the_night(tx: Transaction, store: StoreId, *, after: date) -> None:
    """Look at a store in the night after a Stockholm day: whether something is to be filled up
    (INV-9).
    """
    key = refilled_store_id(tx, store)
    if await tx.look_up(RefilledStoreRow, key) is None:
        tx.put(RefilledStoreRow(region=tx.region, id=key, store=store))
    tx.schedule(NIGHT, key=key, due=start_of_day(after + timedelta(days=1)))
