"""Whose drafts are."""

from kvitt_chassis.access import Grant
from kvitt_chassis.web.scopes import Scope
from sqlalchemy import ColumnElement


class OfUnits(Scope):
    """Whose drafts are, whatever else the caller reaches by the act: what is sent is region-wide to
    customer service, what is being written is not.
    """

    def within(self, grant: Grant) -> ColumnElement[bool]:
        """See Scope."""
        return self.of_units(grant.caller)
