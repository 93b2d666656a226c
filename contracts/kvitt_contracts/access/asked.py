"""What somebody may do, asked of the table: no rule and no page has a list of roles of its own."""

from collections.abc import Iterable
from functools import cache
from typing import Protocol

from kvitt_contracts.access import ACTS, IN_REGISTER, OF_DUTIES
from kvitt_contracts.access.acts import Act, Grantee, Reach
from kvitt_contracts.types import Role, Word


class Registered(Protocol):
    """A user as the register has them."""

    @property
    def roles(self) -> Iterable[Role]: ...
    @property
    def duties(self) -> Iterable[Word] | None: ...
    @property
    def active(self) -> bool: ...


def grantees_of(user: Registered) -> frozenset[Grantee]:
    """What a user of the register is, by role and by duty; one who is not active is nothing."""
    return granted_to(user.roles, user.duties) if user.active else frozenset()


def granted_to(said: Iterable[Role], duties_said: Iterable[Word] | None) -> frozenset[Grantee]:
    """What an active user is, by the roles and the duties that the register says."""
    # a region cannot make a user an operator: that a token alone says
    roles = {IN_REGISTER[role] for role in said if role in IN_REGISTER}
    duties = {OF_DUTIES[duty] for duty in duties_said or () if duty in OF_DUTIES}
    return frozenset(roles | duties)


def act_called(name: str) -> Act:
    """The row of an act. Raises LookupError for a name that is none's."""
    acts = _by_name()
    if name not in acts:
        raise LookupError(f"{name} is in no row of the table of access")
    return acts[name]


def may(name: str, grantees: Iterable[str]) -> bool:
    """True where the act is granted to one of these, however far."""
    return bool(_reaches(name, grantees))


def may_for_all(name: str, grantees: Iterable[str]) -> bool:
    """True where one of these reaches all of the region by the act."""
    return not _reaches(name, grantees).isdisjoint({Reach.REGION, Reach.PLATFORM})


def may_at_units(name: str, grantees: Iterable[str]) -> bool:
    """True where one of these has the act at their own units."""
    return Reach.UNITS in _reaches(name, grantees)


def user_may_for_all(name: str, user: Registered) -> bool:
    """As `may_for_all`, of a user of the register."""
    return may_for_all(name, grantees_of(user))


def _reaches(name: str, grantees: Iterable[str]) -> set[Reach]:
    are = set(grantees)
    return {reach for one, reach in act_called(name).granted.items() if one.value in are}


@cache
def _by_name() -> dict[str, Act]:
    return {act.name: act for act in ACTS}
