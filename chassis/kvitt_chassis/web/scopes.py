"""Whose rows they are: which of a row's columns say that it is within somebody's reach."""

from collections.abc import Callable, Sequence
from typing import Any

from kvitt_contracts.access import Reach
from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from kvitt_chassis.access import Caller, Grant

Column = InstrumentedAttribute[Any]
"""A column of a row class: `OrderRow.service_point`."""


class Scope:
    """Whose rows they are: `Scope(OrderRow.region, service_points=[OrderRow.service_point],
    users=[OrderRow.prescriber])`.

    A caller whose reach is `own` has the rows that name them in one of the columns `users`; one
    with reach `units` besides those that name one of their service points, and those that `also`
    says belong to these: by a store or a payer of theirs. Raises TypeError where nothing says whose
    a row is: then it is RegionWide, because.
    """

    def __init__(
        self,
        region: Column,
        *,
        service_points: Sequence[Column] = (),
        users: Sequence[Column] = (),
        also: Callable[[Caller], ColumnElement[bool]] | None = None,
    ) -> None:
        self.region = region
        self.columns = (*service_points, *users)
        self.units = tuple(service_points)
        self._users = tuple(users)
        self._also = also
        if not self.columns and also is None:
            raise TypeError(f"{region.class_.__name__} names no unit and no user whose it is")

    def within(self, grant: Grant) -> ColumnElement[bool]:
        """What a row must be for who is granted the act."""
        if grant.is_region_wide:
            return true()
        if grant.reach is Reach.UNITS:
            return self.of_units(grant.caller)
        return self._of_caller(grant.caller)

    def of_units(self, caller: Caller) -> ColumnElement[bool]:
        """What a row must be to be the caller's or their units', whatever else they reach."""
        mine = [column.in_(sorted(caller.service_points)) for column in self.units]
        also = [self._also(caller)] if self._also else []
        return or_(self._of_caller(caller), *mine, *also)

    def _of_caller(self, caller: Caller) -> ColumnElement[bool]:
        return or_(false(), *(column == caller.user_id for column in self._users))


class RegionWide:
    """The scope of rows that belong to no unit: whoever is granted the act has all of the region's,
    because. `begins` where a command's target may not be there yet: the command begins it.
    """

    def __init__(self, region: Column, *, because: str, begins: bool = False) -> None:
        self.region = region
        self.begins = begins
        self.columns: tuple[Column, ...] = ()
        self.units: tuple[Column, ...] = ()
        self.because = because

    def within(self, grant: Grant) -> ColumnElement[bool]:
        """What a row must be for who is granted the act. Raises TypeError for a reach that is less
        than the region: these rows cannot be divided.
        """
        if not grant.is_region_wide:
            raise TypeError(f"{grant.act.name} reaches {grant.reach}, and its rows have no units")
        return true()
