"""What is written where something comes back in time: all that it cost is cancelled at once."""

from collections.abc import Collection
from datetime import date

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ChargeId

from billing.ledger.writes import enter_cancelled
from billing.models import ChargeRow
from billing.returned import domain


async def cancel_returned(
    rows: Collection[ChargeRow],
    *,
    returned_on: date,
    had_since: date,
    quantity: int,
    tx: Transaction,
) -> list[ChargeRow]:
    """Cancel those of some charges that waited whose units, so many, came back in time. Returns
    them: what was to raise them waits no more.
    """
    waited = [row.id for row in rows if row.due_on is not None]
    # every charge before the ledger, whose counter is locked by what is entered
    locked = {ChargeId(row.id): row for row in await tx.lock_all(ChargeRow, waited)}
    states = {charge_id: row.state() for charge_id, row in locked.items()}
    ended = domain.cancel_returned(
        states, returned_on=returned_on, had_since=had_since, quantity=quantity
    )
    for charge_id, cancelled in ended.items():
        tx.record(locked[charge_id], cancelled)
        await enter_cancelled(tx, charge_id, states[charge_id])
    return [locked[charge_id] for charge_id in ended]
