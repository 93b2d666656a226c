"""REF-25: no scope of a person's things goes without what patients have said of who sees them."""

from importlib import import_module
from pkgutil import walk_packages

import pytest
from kvitt_chassis.access import Caller, Grant
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import NoWishes, Wishes
from kvitt_contracts.access import Grantee, Reach, acts_of
from kvitt_contracts.topics import SERVICES
from kvitt_contracts.types import RegionCode, ServicePointId, UserId
from sqlalchemy import ColumnElement, false
from sqlalchemy.dialects import postgresql

WITHOUT = {"billing", "inventory.holds.api"}
"""Where a scope of persons has none, and says why: invoices, and what names no person."""


def scopes() -> dict[str, ScopeOfPersons]:
    """Every scope of persons, by its module and name."""
    found: dict[str, ScopeOfPersons] = {}
    for service in SERVICES:
        package = import_module(service)
        for module in walk_packages(package.__path__, f"{service}."):
            if module.name.endswith(".__main__"):
                continue
            named = vars(import_module(module.name)).items()
            found |= {
                f"{module.name}.{name}": one
                for name, one in named
                if isinstance(one, ScopeOfPersons)
            }
    return found


@pytest.mark.rule("REF-25b")
def test_each_scope_of_persons_heeds_blocks_or_says_why_not() -> None:
    known = scopes()

    heeding = {name for name, one in known.items() if isinstance(one.wishes, Wishes)}
    without = {name for name, one in known.items() if isinstance(one.wishes, NoWishes)}
    assert heeding | without == known.keys()
    assert len(heeding) >= 15
    assert all(name.startswith(tuple(WITHOUT)) for name in without), without


@pytest.mark.rule("REF-25b")
def test_there_is_no_scope_of_persons_without() -> None:
    known = next(one for one in scopes().values() if one.units)

    with pytest.raises(TypeError, match="wishes"):
        ScopeOfPersons(known.region, service_points=known.units, protected=false)  # type: ignore[call-arg]


@pytest.mark.rule("REF-25b")
def test_what_is_kept_of_a_scope_says_nothing_but_who_is_granted_what() -> None:
    """A criterion that is made anew is the same. Another unit, user, reach or act has its own: what
    a consent shows is nothing to an act that changes something.
    """
    for name, scope in scopes().items():
        made = {said(scope.make_within(one)) for one in GRANTS}
        assert [said(scope.within(one)) for one in GRANTS] == [
            said(scope.make_within(one)) for one in GRANTS
        ], name
        assert len(made) >= 2, name


def a_grant(
    user: str,
    unit: str,
    reach: Reach = Reach.UNITS,
    *,
    role: Grantee = Grantee.PRESCRIBER,
    only_reads: bool = True,
) -> Grant:
    """What somebody may see, or do."""
    return Grant(
        caller=Caller(
            user_id=UserId(user),
            region=RegionCode("ac"),
            grantees=frozenset({role}),
            service_points=frozenset({ServicePointId(unit)}),
        ),
        act=next(act for act in acts_of("orders") if act.only_reads is only_reads),
        reach=reach,
    )


GRANTS = (
    a_grant("f101", "1001"),
    a_grant("f101", "1001", only_reads=False),
    a_grant("f102", "1001"),
    a_grant("f101", "1002"),
    a_grant("f101", "1001", Reach.OWN),
    a_grant("f101", "1001", Reach.REGION, role=Grantee.CUSTOMER_SERVICE),
    a_grant("f101", "1001", Reach.REGION, role=Grantee.REGION_SYSTEM),
)


def said(criterion: ColumnElement[bool]) -> tuple[str, str]:
    """A criterion as it is asked, with its values."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    compiled = criterion.compile(dialect=dialect)
    return str(compiled), str(sorted(compiled.params.items()))
