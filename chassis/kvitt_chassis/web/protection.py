"""Whose rows they are where some concern a person with protected identity (REF-19)."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, not_, or_

from kvitt_chassis.access import Grant
from kvitt_chassis.web.scopes import Column, Scope


class ScopeOfPersons(Scope):
    """A scope whose rows may be those of a person with protected identity: who reaches the whole
    region reaches these only as far as their own units do, unless it is the region's own system
    (REF-19).

    `protected` says which rows these are. The rest is as in Scope.
    """

    def __init__(
        self, region: Column, *, protected: Callable[[], ColumnElement[bool]], **whose: Any
    ) -> None:
        super().__init__(region, **whose)
        self._protected = protected

    def within(self, grant: Grant) -> ColumnElement[bool]:
        """See Scope."""
        if not grant.is_region_wide or grant.caller.is_region_system:
            return super().within(grant)
        return or_(not_(self._protected()), self.of_units(grant.caller))
