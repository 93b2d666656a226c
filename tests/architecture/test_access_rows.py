"""Every row of the table of access is of something that there is; the reverse stops the start."""

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from kvitt_chassis.operating import admin
from kvitt_chassis.service import Service
from kvitt_contracts.access import acts_of
from kvitt_contracts.topic import SERVICES
from kvitt_testkit.cells import acts_with_routes
from starlette.routing import Route


def _operated() -> set[str]:
    """The routes on every service's admin port."""
    parts: Any = SimpleNamespace(
        service=None, database=None, reconciliation=None, evidence=None, moves_clock=True
    )
    found = [one for one in admin.routes(parts).routes if isinstance(one, Route)]
    return {f"{method} {one.path}" for one in found for method in one.methods or ()}


@pytest.mark.rule("REF-18a")
@pytest.mark.parametrize("name", SERVICES)
def test_every_row_is_a_route_and_a_command_that_its_service_has(name: str) -> None:
    service: Service = importlib.import_module(f"{name}.app").service

    served = {act.route for act in acts_with_routes(service)} | _operated()
    handled = set(service.handlers.messages)

    acts = acts_of(name)
    assert {act.route for act in acts if act.route} - served == set()
    assert {act.message.command for act in acts if act.message} - handled == set()
