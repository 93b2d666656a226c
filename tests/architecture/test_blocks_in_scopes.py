"""REF-25: no scope of a person's things goes without what patients have said of who sees them."""

from importlib import import_module
from pkgutil import walk_packages

import pytest
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.wishes import NoWishes, Wishes
from kvitt_contracts.topics import SERVICES
from sqlalchemy import false

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
