"""What patients have said of who sees what units have of them, blocks (REF-25) and consents
(REF-26), as criteria of the rows of a list or of one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    any_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from kvitt_chassis.access import Caller

Expression = SQLColumnExpression[Any]
Found = Select[*tuple[Any, ...]]
Matches = Callable[[ColumnElement[Any]], ColumnElement[bool]]
"""Whether a row is about a person, as a criterion of the person's reference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerning:
    """Whom a row is about where no column of it names one person: `one` as a criterion of a
    reference, and `some` of an array of them, which an index answers.
    """

    one: Matches
    some: Matches


Persons = Expression | Concerning
"""Whom a row is about."""


def _nothing(caller: Caller) -> ColumnElement[bool]:
    return false()


@dataclass(frozen=True, slots=True, kw_only=True)
class WishesOf:
    """Where a service has what patients have said, each as what selects the rows that hold now.

    `blocks`: block_id, person, unit. `openings`: block_id, user_id. `consents`: person, unit,
    opens_blocks. `aliases`: the references of persons that stand for others, as person, into.
    """

    blocks: Callable[[], Found]
    openings: Callable[[], Found]
    consents: Callable[[], Found]
    aliases: Callable[[], Found]

    def of(
        self,
        *persons: Persons,
        units: Sequence[Expression],
        is_under_way: Callable[[], ColumnElement[bool]] = false,
        also: Callable[[Caller], ColumnElement[bool]] = _nothing,
        may_be_shown: Callable[[], ColumnElement[bool]] = true,
    ) -> "Wishes":
        """What patients have said of rows: whom they are about, and which units have them; `also`
        as in Scope.

        `is_under_way`: rows that somebody who serves the whole region still has to carry out;
        `may_be_shown`: those that a consent shows.
        """
        return Wishes(self, persons, tuple(units), is_under_way, also, may_be_shown)

    def blocked(self, caller: Caller) -> CTE:
        """Of whom, and at which unit, something is blocked for the caller: person by every
        reference, unit.
        """
        blocks = self.blocks().subquery()
        consents, openings = self.consents().subquery(), self.openings().subquery()
        consented = self._every_reference(
            select(consents.c.person).where(
                consents.c.opens_blocks, consents.c.unit.in_(sorted(caller.service_points))
            )
        )
        opened = select(openings.c.block_id).where(openings.c.user_id == caller.user_id)
        those = select(blocks.c.person, blocks.c.unit).where(
            blocks.c.unit.not_in(sorted(caller.service_points)),
            blocks.c.block_id.not_in(opened),
            blocks.c.person.not_in(select(consented.c.person)),
        )
        return self._every_reference(those)

    def opened(self, caller: Caller) -> CTE:
        """Whose block of which unit the caller has opened: person by every reference, unit."""
        blocks, openings = self.blocks().subquery(), self.openings().subquery()
        mine = select(openings.c.block_id).where(openings.c.user_id == caller.user_id)
        return self._every_reference(
            select(blocks.c.person, blocks.c.unit).where(blocks.c.block_id.in_(mine))
        )

    def consented(self, caller: Caller) -> CTE:
        """Who has let a unit of the caller's see what others have of them, by every reference."""
        consents = self.consents().subquery()
        mine = consents.c.unit.in_(sorted(caller.service_points))
        return self._every_reference(select(consents.c.person).where(mine))

    # decision 0527: a block is about the person, by whichever reference
    def _every_reference(self, those: Found) -> CTE:
        """The same, by each reference that leads to the same person: up to it, and down again."""
        found = those.cte(recursive=True)
        alias = self.aliases().subquery()
        other = case((alias.c.person == found.c.person, alias.c.into), else_=alias.c.person)
        is_alias_of_it = or_(alias.c.person == found.c.person, alias.c.into == found.c.person)
        further = select(other, *list(found.c)[1:]).select_from(found.join(alias, is_alias_of_it))
        return found.union(further)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What patients have said of the rows of one scope."""

    said: WishesOf
    persons: tuple[Persons, ...]
    units: tuple[Expression, ...]
    is_under_way: Callable[[], ColumnElement[bool]]
    also: Callable[[Caller], ColumnElement[bool]]
    may_be_shown: Callable[[], ColumnElement[bool]]

    def hides(self, caller: Caller, *, serves: bool) -> ColumnElement[bool]:
        """A row that is out of the caller's reach by a block: of a unit that is none of theirs, and
        so of nobody's theirs. Who `serves` all of the region has what is under way.
        """
        blocked = self.said.blocked(caller)
        is_blocked = or_(*self._pairs(blocked))
        own = sorted(caller.service_points)
        units = [*(unit.in_(own) for unit in self.units), self.also(caller)]
        mine = [func.coalesce(one, false()) for one in units]
        kept = [func.coalesce(self.is_under_way(), false())] if serves else []
        return and_(is_blocked, *(not_(one) for one in (*mine, *kept)))

    def shows(self, caller: Caller) -> ColumnElement[bool]:
        """A row that is within the caller's reach by a consent, or by what they have opened in an
        emergency.
        """
        opened = self.said.opened(caller)
        consented = self.said.consented(caller)
        by_consent = [_is_among(person, consented) for person in self.persons]
        by_opening = [_is_among(person, opened) for person in self.persons]
        by_wish = or_(*by_consent, and_(or_(*by_opening), or_(*self._pairs(opened))))
        return and_(by_wish, self.may_be_shown())

    def _pairs(self, found: CTE) -> list[ColumnElement[bool]]:
        return [
            exists(select(literal(1)).where(_matches(person, found.c.person), found.c.unit == unit))
            for person in self.persons
            for unit in self.units
        ]


def _matches(person: Persons, ref: ColumnElement[Any]) -> ColumnElement[bool]:
    if isinstance(person, Concerning):
        return person.one(ref)
    return person == cast(ref, _type_of(person))


def _type_of(person: Expression) -> TypeEngine[Any]:
    found: TypeEngine[Any] = getattr(person, "type")  # noqa: B009  # an attribute's too
    return found


def _is_among(person: Persons, found: CTE) -> ColumnElement[bool]:
    """True of who is found. An array that is read once lets an index be used beside others."""
    if isinstance(person, Concerning):
        return person.some(_array_of(found.c.person, found.c.person.type))
    return person == any_(_array_of(found.c.person, _type_of(person)))


def _array_of(ref: ColumnElement[Any], of: TypeEngine[Any]) -> ColumnElement[Any]:
    return func.array(select(cast(ref, of)).scalar_subquery(), type_=ARRAY(of))


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWishes:
    """What patients have said does not count for the rows of a scope, because."""

    because: str

    def hides(self, caller: Caller, *, serves: bool) -> ColumnElement[bool]:
        """Nothing."""
        return false()

    def shows(self, caller: Caller) -> ColumnElement[bool]:
        """Nothing more."""
        return false()
