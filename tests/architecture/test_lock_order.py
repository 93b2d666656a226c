"""The order of locks that a service's README states is the one that its process holds, and what
locks by a statement of its own declares it.
"""

import ast
import re
from collections.abc import Iterator
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


LOCKING = {"with_for_update", "on_conflict_do_update", "update", "delete"}
"""What makes a statement that locks rows which others may see."""
WRITERS = {
    service: [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in sorted((ROOT / "services" / service / service).rglob("*.py"))
        if file.name in ("queries.py", "writes.py")  # no other module makes a statement
    ]
    for service in SERVICES
}


def undeclared(tree: ast.AST) -> Iterator[str]:
    """The functions that lock by a statement and do not declare it by `tx.will_lock`."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            called = set(_called(function))
            if called & LOCKING and "will_lock" not in called:
                yield function.name


def _called(function: ast.AST) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", ""))


@pytest.mark.parametrize("service", SERVICES)
def test_what_locks_by_a_statement_declares_it(service: str) -> None:
    assert [name for tree in WRITERS[service] for name in undeclared(tree)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_declared_is_in_the_order(service: str) -> None:
    declared = {
        ast.unparse(node.args[0])
        for tree in WRITERS[service]
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "will_lock"
    }
    built: Service = import_module(f"{service}.app").service

    assert declared <= {row.__name__ for row in built.lock_order}


@pytest.mark.parametrize(
    "body",
    [
        "select(Row).with_for_update()",
        "update(Row).values(n=1)",
        "tx.session.delete(row)",
        "insert(Row).on_conflict_do_update(set_={})",
    ],
)
def test_a_lock_that_is_not_declared_is_seen(body: str) -> None:
    source = "async def write(tx):\n    {}await tx.session.execute({})\n"

    assert list(undeclared(ast.parse(source.format("", body)))) == ["write"]
    assert not list(undeclared(ast.parse(source.format("tx.will_lock(Row); ", body))))
