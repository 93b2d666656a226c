"""Looks up the parties of a transfer, as they are today."""

from collections.abc import Iterable

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import PatientRecipient

from bmb.domain import Transfer
from bmb.models import TransferRow
from bmb.parties.domain import Parties
from bmb.register import queries
from bmb.register.models import PersonRow, UserRow
from bmb.responsibles.queries import responsible_today, rows_of_responsibles


def rows_of_parties(row: TransferRow | None, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that `parties` reads, as far as they are known by now."""
    if row is None:
        return
    yield from queries.rows_of_devices(row.remaining, tx)
    yield UserRow, row.new_prescriber
    yield from rows_of_responsibles(row.receiving_service_point, tx)
    if isinstance(row.new_recipient, PatientRecipient):
        yield PersonRow, row.new_recipient.person


async def parties(tx: Transaction, row: TransferRow | Transfer) -> Parties:
    """Returns the devices that are left in a transfer, and whom it names to get them."""
    prescriber = None
    if row.new_prescriber is not None:
        prescriber = await queries.user(tx, row.new_prescriber, field="new_prescriber")
    return Parties(
        devices=await queries.devices_of(tx, row.remaining),
        recipient=await queries.patient_today(tx, row.new_recipient),
        prescriber=prescriber,
        responsible=await responsible_today(tx, row.receiving_service_point),
    )
