"""A handler's docstring names what it refuses: each reason that the rules it calls can give.

What a handler reaches is read off the source: the functions of its service that it, and what it
calls, name. `BALANCE_TOO_LOW` is named where a fact may cause it; elsewhere it is reached through
the one function that moves goods, which other rules have made sure of.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from kvitt_contracts.topics import SERVICES

ROOT = Path(__file__).parents[2]
REGISTERED = {"messages.on", "messages.command"}
MADE_SURE_OF = {"BALANCE_TOO_LOW"}
REFUSED_LIKE = {
    "orders.placements.handlers.place_order_over_http": "orders.placements.handlers.place_order",
    "orders.placements.handlers.register_withdrawal": "orders.placements.handlers.place_order",
}
"""A handler whose docstring refers to another's."""

STATED = re.compile("Raises|efus")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """The functions of a module, and what its imports bind."""

    functions: dict[str, Function]
    imports: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, source: str) -> "Module":
        """What a source holds."""
        tree = ast.parse(source)
        return cls(
            {one.name: one for one in tree.body if isinstance(one, Function)},
            {
                one.asname or one.name: f"{node.module}.{one.name}"
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                for one in node.names
            },
        )


Modules = dict[str, Module]


def read() -> Modules:
    """Every module of the services, by its dotted name."""
    return {
        ".".join(file.relative_to(home).with_suffix("").parts): Module.of(file.read_text())
        for home in (ROOT / "services" / service for service in SERVICES)
        for file in sorted((home / home.name).rglob("*.py"))
    }


MODULES = read()


def handlers(modules: Modules) -> Iterator[str]:
    """The functions that are registered for a message or a command."""
    for name, module in modules.items():
        for function in module.functions.values():
            if any(
                isinstance(one, ast.Call) and ast.unparse(one.func) in REGISTERED
                for one in function.decorator_list
            ):
                yield f"{name}.{function.name}"


def reasons(handler: str, modules: Modules) -> set[str]:
    """The reasons of refusals that a function can end with."""
    seen: set[str] = set()
    waiting = [handler]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        place, _, function = name.rpartition(".")
        if name in seen or place not in modules or function not in modules[place].functions:
            continue
        seen.add(name)
        body = modules[place].functions[function]
        found |= set(_raised(body))
        waiting += _named(body, place, modules[place].imports)
    return found - MADE_SURE_OF


def _named(function: Function, place: str, imports: dict[str, str]) -> Iterator[str]:
    """The functions that a body may mean: of its module, imported, or of an imported module."""
    for node in ast.walk(function):
        if isinstance(node, ast.Name):
            yield imports.get(node.id, f"{place}.{node.id}")
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield f"{imports.get(node.value.id)}.{node.attr}"


def _raised(function: Function) -> Iterator[str]:
    """The first argument of what makes a refusal: a text, or a member of `Reason`."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        made = getattr(node.func, "id", "")
        if made.endswith("Refused") or made.startswith(("_refus", "_not_voidable")):
            match node.args[0] if made != "_not_voidable" else node.args[1]:
                case ast.Constant(value=str(reason)):
                    yield reason
                case ast.Attribute(value=ast.Name(id="Reason"), attr=reason):
                    yield reason


def undocumented(handler: str, modules: Modules) -> set[str]:
    """The reasons that a handler's docstring leaves out."""
    named = ""
    for one in (handler, REFUSED_LIKE.get(handler)):
        if one is not None:
            place, _, function = one.rpartition(".")
            named += ast.get_docstring(modules[place].functions[function]) or ""
    return {reason for reason in reasons(handler, modules) if reason not in named}


@pytest.mark.parametrize("handler", list(handlers(MODULES)))
def test_a_handler_names_what_it_refuses(handler: str) -> None:
    assert undocumented(handler, MODULES) == set()


def silent(modules: Modules) -> list[str]:
    """The public functions that can end with a refusal and do not state that they raise or
    refuse.
    """
    return [
        f"{name}.{function.name}"
        for name, module in modules.items()
        for function in module.functions.values()
        if not function.name.startswith("_") and not function.decorator_list
        if reasons(f"{name}.{function.name}", modules)
        if not STATED.search(ast.get_docstring(function) or "")
    ]


def test_a_function_that_can_refuse_states_it() -> None:
    assert silent(MODULES) == []


def test_who_refers_to_another_is_there_and_so_is_the_other() -> None:
    assert {*REFUSED_LIKE, *REFUSED_LIKE.values()} <= set(handlers(MODULES))


def test_a_reason_that_is_left_out_is_seen() -> None:
    rules = 'def check(state):\n    raise DeviceRefused("GONE", rule="INV-5")\n'
    handler = (
        "from toy import domain\n@messages.on(Fact)\n"
        'async def take(fact, tx):\n    """Take it."""\n    await _check(tx)\n'
        "async def _check(tx):\n    domain.check(tx)\n"
    )
    modules = {"toy.domain": Module.of(rules), "toy.handlers": Module.of(handler)}

    assert silent(modules) == ["toy.domain.check"]
    assert list(handlers(modules)) == ["toy.handlers.take"]
    assert undocumented("toy.handlers.take", modules) == {"GONE"}


def test_the_search_finds_what_handlers_refuse() -> None:
    found = {handler: reasons(handler, MODULES) for handler in handlers(MODULES)}

    assert "RECIPIENT_INACTIVE" in found["orders.placements.handlers.place_order"]
    assert "PICKING_BEGUN" in found["orders.customer_orders.handlers.void_order"]
    assert "DEVICE_NUMBER_TAKEN" in found["inventory.receipts.handlers.receive_goods"]
