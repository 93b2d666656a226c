"""The order of locks that a service's README states is the one that its process holds."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from kvitt_chassis.service import Service
from kvitt_contracts.topics import SERVICES

ROOT = Path(__file__).parents[2]
STATED = re.compile(r"Locks are taken in the order ((?:`\w+`[\s→]*)+)")


def stated_order(service: str) -> list[str]:
    """The tables in the order that the service's README states."""
    readme = (ROOT / "services" / service / "README.md").read_text()
    (stated,) = STATED.findall(readme)
    return re.findall(r"`(\w+)`", stated)


def declared_order(service: str) -> list[str]:
    """The tables in the order that the service declares."""
    declared: Service = import_module(f"{service}.app").service
    return [str(row.__table__.name) for row in declared.lock_order]  # type: ignore[attr-defined]


@pytest.mark.parametrize("service", SERVICES)
def test_a_readme_states_the_declared_order_of_locks(service: str) -> None:
    assert declared_order(service)
    assert declared_order(service) == stated_order(service)
