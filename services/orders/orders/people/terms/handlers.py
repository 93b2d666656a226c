"""Handlers of the re-keying of what persons are found by; a job does it."""

from typing import Final

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import UserId

from orders.people.number_index import person_keys
from orders.people.terms.commands import RekeySearch
from orders.people.terms.models import RekeyingRow

messages = Handlers()

INDEX: Final = "persons"


@messages.command(RekeySearch, loads=lambda command, tx: [(RekeyingRow, INDEX)])
async def rekey_search(command: RekeySearch, tx: Transaction) -> None:
    """Have the job re-key the region's persons, or go on with it, or stop it (REF-2); what is done
    stays done.
    """
    row = await tx.find(RekeyingRow, INDEX)
    if row is None:
        row = RekeyingRow(region=tx.region, index_name=INDEX)
        tx.put(row)
    assert tx.actor is not None  # over HTTP alone
    row.to_version, row.is_stopped = person_keys().current, command.is_stopped
    row.begun_at, row.begun_by = tx.now, UserId(tx.actor)
