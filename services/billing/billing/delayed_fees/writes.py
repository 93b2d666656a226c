"""What is written of delayed fees where a line is received, and where something is returned."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kvitt_chassis.handlers import RowKey, Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.calendar import start_of_day
from kvitt_contracts.inventory import CustodyChanged, LineDelivered
from kvitt_contracts.types import ChargeId, Money, PersonRef

from billing.delayed_fees import domain
from billing.domain import Received
from billing.home_region_cases.domain import KIND
from billing.home_region_cases.writes import DUE
from billing.models import ChargeRow, DeviceRow
from billing.returned.writes import cancel_returned


def _device_of(key: UUID, tx: Transaction) -> Collection[RowKey]:
    row = tx.fetched(ChargeRow, key)
    return [] if row is None or row.device_id is None else [(DeviceRow, row.device_id)]


FEE_DUE = Timer("delayed_fee_due", ChargeRow, reads=_device_of)


def defer(
    event: LineDelivered | Received, *, patient: PersonRef, unit_fee: Money, tx: Transaction
) -> None:
    """Have the fee of each unit of a received line wait until it is due (BIL-3)."""
    charge_ids = [ChargeId(tx.mint()) for _ in range(event.quantity)]
    for deferred in domain.defer_fee(
        charge_ids, event, patient=patient, unit_fee=unit_fee, policy=tx.policy
    ):
        row = tx.start(ChargeRow, deferred.charge_id, deferred)
        await_due(row, tx)


def await_due(row: ChargeRow, tx: Transaction) -> None:
    """Have a charge that waits raised on the day on which it is due."""
    if row.due_on is not None:
        tx.schedule(FEE_DUE, key=row.id, due=start_of_day(row.due_on))


async def cancel_returned_device(event: CustodyChanged, tx: Transaction) -> None:
    """Cancel what a device cost that is in a store again in time (BIL-4, BIL-5)."""
    rows = await tx.search_all(ChargeRow, ChargeRow.device_id, event.device_id)
    await cancel(
        rows, returned_on=event.custody.since, had_since=event.before.since, quantity=1, tx=tx
    )


async def cancel(
    rows: Collection[ChargeRow],
    *,
    returned_on: date,
    had_since: date,
    quantity: int,
    tx: Transaction,
) -> None:
    """Cancel those of some charges whose units, so many, came back in time, which were had since a
    day: fees that were delayed (BIL-4) and what waited for a fitting's end (BIL-5).
    """
    for row in await cancel_returned(
        rows, returned_on=returned_on, had_since=had_since, quantity=quantity, tx=tx
    ):
        tx.cancel_timer(DUE if row.kind == KIND else FEE_DUE, key=row.id)
