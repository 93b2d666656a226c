"""Whose drafts of applications are, and what saving one reads."""

from collections.abc import Iterable
from typing import Final

from kvitt_chassis.access import Grant
from kvitt_chassis.handlers import RowKey
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.scopes import Scope
from kvitt_contracts.types import CustomerId
from sqlalchemy import ColumnElement

from orders.people.queries import rows_of_person
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key
from orders.work_orders.drafts.commands import SaveApplicationDraft
from orders.work_orders.drafts.models import ApplicationDraftRow


class _OfUnits(Scope):
    """Whose drafts are, whatever else the caller reaches by the act: work orders, of which one is
    sent, are region-wide to customer service.
    """

    def within(self, grant: Grant) -> ColumnElement[bool]:
        """See Scope."""
        return self.of_units(grant.caller)


SCOPE: Final = _OfUnits(
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
