"""Whose drafts of orders are, and what saving one reads."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import CustomerId, NamedPatient

from orders.drafting.scopes import OfUnits
from orders.order_drafts.commands import SaveOrderDraft
from orders.order_drafts.models import OrderDraftRow
from orders.people.queries import rows_of_person
from orders.units.models import CareUnitRow, CustomerRow, UserRow
from orders.units.queries import care_unit_key, customer_key, user_key

SCOPE: Final = OfUnits(
    OrderDraftRow.region,
    service_points=[OrderDraftRow.service_point],
    users=[OrderDraftRow.begun_by, OrderDraftRow.saved_by],
)
"""Whose a draft is: theirs who wrote it, and their colleagues' at its service point (ORD-1e)."""


def rows_of_saving(command: SaveOrderDraft, tx: Transaction) -> Iterable[RowKey]:
    """Names the rows that saving a draft reads."""
    yield UserRow, user_key(command.by, tx)
    if isinstance(command.recipient, NamedPatient):
        yield from rows_of_person(command.recipient.person, tx)
    elif command.recipient is not None:
        yield CareUnitRow, care_unit_key(command.recipient.unit, tx)
    if command.service_point is not None:
        yield CustomerRow, customer_key(CustomerId(command.service_point), tx)
