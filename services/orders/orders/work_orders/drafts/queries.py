"""Whose drafts of applications are, and what saving one reads."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CustomerId

from orders.drafting.scopes import OfUnits
from orders.people.queries import rows_of_person
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key
from orders.work_orders.drafts.commands import SaveApplicationDraft
from orders.work_orders.drafts.models import ApplicationDraftRow

SCOPE: Final = OfUnits(
    ApplicationDraftRow.region,
    service_points=[ApplicationDraftRow.service_point],
    users=[ApplicationDraftRow.begun_by, ApplicationDraftRow.saved_by],
)
"""Whose a draft is: theirs who wrote it, and their colleagues' at its service point (ACT-5g)."""


def rows_of_saving(command: SaveApplicationDraft, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that saving a draft reads."""
    yield UserRow, user_key(command.by, tx)
    yield from rows_of_person(command.recipient.person, tx)
    if command.service_point is not None:
        yield CustomerRow, customer_key(CustomerId(command.service_point), tx)
