"""Every list of every service: by cursor, with a scope, and with an index of its own order."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from kvitt_chassis.http import ListOf, ListQuery, Page, Scope
from kvitt_chassis.web.scopes import Column
from sqlalchemy import FromClause, Table, UniqueConstraint

ROOT = Path(__file__).parents[2]
SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")

WITHOUT_INDEX = {
    "inventory.articles.api.FOUND": "by name among those that have the gram which is sought",
    "inventory.stock.api.BALANCES": "by the articles' names, of one store at a time",
    "notifications.api.MESSAGES": "of one user and some service points at a time",
    "billing.api.RUNS": "twelve a year",
    "orders.waiting.api.WAITS": "of what waits alone: each table that it reads has an index of it",
}
"""Lists that are sorted when they are asked for, and why that costs little."""


def apis() -> Iterator[Any]:
    """The modules with routes."""
    for service in SERVICES:
        package = importlib.import_module(service)
        for found in pkgutil.walk_packages(package.__path__, f"{service}."):
            if found.name.endswith("api"):
                yield importlib.import_module(found.name)


LISTS = {
    f"{api.__name__}.{name}": one
    for api in apis()
    for name, one in vars(api).items()
    if isinstance(one, ListOf)
}
ROUTES = [
    route
    for api in apis()
    for route in api.router.routes
    if isinstance(route, APIRoute)
    and isinstance(route.response_model, type)
    and issubclass(route.response_model, Page)
]


def test_there_are_lists_to_look_at() -> None:
    assert len(ROUTES) >= 23
    assert len(LISTS) >= 20


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.path)
def test_a_route_that_answers_a_page_takes_what_lists_take(route: APIRoute) -> None:
    taken = [one.field_info.annotation for one in route.dependant.query_params]

    assert any(isinstance(one, type) and issubclass(one, ListQuery) for one in taken)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_the_whole_region_says_why(name: str) -> None:
    scope = LISTS[name].scope

    assert isinstance(scope, Scope) or scope.because


@pytest.mark.parametrize("name", LISTS)
def test_a_lists_own_order_has_an_index(name: str) -> None:
    """Region and sort lead it: then a page is read from it, and at most equal sorts are sorted."""
    listed = LISTS[name]
    column: Column = listed.sorts[listed.default.removeprefix("-")]
    leading = [columns[:2] for columns in indexes(column.class_.__table__)]

    assert (["region", column.key] in leading) != (name in WITHOUT_INDEX)


def test_the_page_for_contributors_shows_a_list_as_it_is() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text()
    shown = page.partition("## A list\n")[2].partition("```python\n")[2].partition("```")[0]
    code = (ROOT / "services/inventory/inventory/stores/api.py").read_text()

    assert shown.strip()
    assert all(part.strip() in code for part in shown.split("\n\n\n"))


def indexes(table: FromClause) -> Iterator[list[str]]:
    """The columns of each index of a table, by name."""
    if not isinstance(table, Table):  # a list over several tables
        return
    yield [column.name for column in table.primary_key.columns]
    for one in table.indexes:
        yield [str(column.name) for column in one.columns]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]
