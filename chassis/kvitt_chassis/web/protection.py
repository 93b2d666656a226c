"""Whose rows they are where some concern a person with protected identity (REF-19), or one who has
said who sees what units have of them (REF-25, REF-26).
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_

from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.web.scopes import Column, Scope
from kvitt_chassis.web.wishes import NoWishes, Wishes

_KEPT = 256
"""So many criteria are kept: of the latest callers, by what each was granted."""


class ScopeOfPersons(Scope):
    """A scope whose rows may be those of a person with protected identity: who reaches the whole
    region reaches these only as far as their own units do, unless it is the region's own system
    (REF-19).

    `protected` says which rows these are, `wishes` what patients have said of who sees them, or why
    that does not count: there is no scope of persons without (REF-25). The rest is as in Scope.
    """

    def __init__(
        self,
        region: Column,
        *,
        protected: Callable[[], ColumnElement[bool]],
        wishes: Wishes | NoWishes,
        **whose: Any,
    ) -> None:
        super().__init__(region, **whose)
        self._protected = protected
        self.wishes = wishes

    # decision 0526: one criterion of every scope of persons says what a block hides
    def within(self, grant: Grant) -> ColumnElement[bool]:
        """See Scope. What a block hides is hidden from whoever it is, save the region's own system;
        what a consent shows is shown, and nothing is done with it.
        """
        return _within(self, grant)

    def make_within(self, grant: Grant) -> ColumnElement[bool]:
        """As `within`, made anew."""
        if grant.caller.is_region_system:
            return super().within(grant)
        reached = self._reached(grant)
        if grant.act.only_reads and not grant.is_region_wide:
            reached = or_(reached, self.wishes.shows(grant.caller))
        return and_(reached, not_(self.hides(grant.caller, serves=grant.is_region_wide)))

    def hides(self, caller: Caller, *, serves: bool = False) -> ColumnElement[bool]:
        """What a block hides from somebody (REF-25)."""
        return self.wishes.hides(caller, serves=serves)

    def _reached(self, grant: Grant) -> ColumnElement[bool]:
        if not grant.is_region_wide:
            return super().within(grant)
        return or_(not_(self._protected()), self.of_units(grant.caller))


# decision 0576: a criterion is kept, since to make it takes longer than to ask by it
@lru_cache(maxsize=_KEPT)
def _within(scope: ScopeOfPersons, grant: Grant) -> ColumnElement[bool]:
    return scope.make_within(grant)
