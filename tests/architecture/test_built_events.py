"""A test never invents what another service emits or a region states: it uses the builders beside
the contracts, which make what the owner is seen to emit.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import kvitt_contracts
import pytest
from kvitt_contracts.envelope import Command, Message
from kvitt_contracts.topics import CATALOGUE, SERVICES, Topic
from kvitt_contracts.types import Value

ROOT = Path(__file__).parents[2]
BUILDERS = "contracts.tests.builders"
SAID = {
    f"{module.name}.{name}": kind
    for module in walk_packages(kvitt_contracts.__path__, "kvitt_contracts.")
    for name, kind in vars(import_module(module.name)).items()
    if isinstance(kind, type) and issubclass(kind, Value)
}
"""Every message, and every value in one, under each name that it can be imported by."""

PLAYS = {
    **{f"services/{service}/tests": {service} for service in SERVICES},
    # its toy services emit as these do, and hear what tells a toy handler how to behave
    "chassis/tests": {"notifications", "orders", "inventory"},
    "deploy/tests": set[str](),
    "documents/tests": set[str](),
    "files/tests": set[str](),
    "portal/tests": set[str](),
    "testkit/tests": set[str](),
    "tests/attack": set[str](),
    "tests/examples": set[str](),
    "tests/faults": {"orders", "bmb"},  # it plays the regions: what they ask of these
    "tests/journeys": set[str](),
    "tests/mutants": set[str](),
    "tests/previews": {"orders"},  # it plays who orders, purchases and receives
    "tests/privacy": set[str](),
    "tests/quickstarts": set[str](),
    "tests/races": {"bmb", "orders", "inventory"},  # it plays who asks of these
    "tests/simulation": {"orders"},  # its model of the chassis emits as orders does
}
"""Whose messages the tests below a folder make themselves: those of the one whom they play."""

ABOUT_MESSAGES = {"contracts/tests", "tests/architecture"}
"""Tests of the messages and of the tests themselves."""


def test_only_the_builders_make_what_somebody_else_says() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for folder, played in PLAYS.items()
        for path in sorted((ROOT / folder).rglob("*.py"))
        for line, what in foreign(path.read_text(encoding="utf-8"), played)
    ]

    assert not found, "use contracts/tests/builders:\n" + "\n".join(found)


def test_every_folder_of_tests_is_searched() -> None:
    folders = {
        path.parent.relative_to(ROOT).as_posix()
        for path in ROOT.rglob("test_*.py")
        if not {".venv", ".kvitt"} & set(path.relative_to(ROOT).parts)
    }

    searched = {*PLAYS, *ABOUT_MESSAGES}
    below = {one for one in folders if any(f"{one}/".startswith(f"{root}/") for root in searched)}
    assert folders - below == {"tests"}
    assert searched <= folders


@pytest.mark.parametrize(
    "made",
    [
        "from kvitt_contracts.inventory import Custody\nCustody(payer_id='20011')",
        "import contracts.tests.builders.bmb as made\nx = made.a_transfer_sent()\nx.model_copy()",
        "from contracts.tests.builders import bmb\nx, y = bmb.a_transfer_sent(), 1\nx.model_copy()",
        "from kvitt_contracts.inventory import HoldReleased\nHoldReleased(transfer_id=1)",
        "from kvitt_contracts.inventory.holds import HoldReleased\nHoldReleased(transfer_id=1)",
        "from kvitt_contracts.inventory import HoldReleased as Done\nDone.model_validate({})",
        "from kvitt_contracts import inventory\ninventory.HoldReleased(transfer_id=1)",
        "import kvitt_contracts.inventory as said\nsaid.HoldReleased.model_construct()",
        "from kvitt_contracts import bmb, examples, orders\nexamples.example(orders.OrderVoided)",
        "from kvitt_contracts.regions import PayerStated\nPayerStated(version=1)",
        "from kvitt_contracts.orders import VoidOrder\nVoidOrder(by='k082lno')",
        "from contracts.tests.builders import inventory\ninventory.a_hold_granted().model_copy()",
    ],
)
def test_the_search_finds_each_way_to_make_one(made: str) -> None:
    (found,) = foreign(made, {"bmb"})

    assert found[0] == made.count("\n") + 1


def test_ones_own_messages_and_types_alone_are_free() -> None:
    own = "from kvitt_contracts.bmb import CancelTransfer, TransferSent\nTransferSent(x=1)"
    asked = "from kvitt_contracts.inventory import HoldGranted\nevents(HoldGranted)"

    assert list(foreign(f"{own}\n{asked}\nCancelTransfer(by=1)", {"bmb"})) == []


def foreign(source: str, played: set[str]) -> Iterator[tuple[int, str]]:
    """Line and name of every message of somebody else that a module makes."""
    tree = ast.parse(source)
    names = dict(_imports(tree))
    built = set(_built(tree, names))
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        made = _made(node, names)
        if made is not None:
            owner = _owner(made)
            if owner is not None and owner not in played:
                yield node.lineno, f"{made.__name__} of {owner}"
        if _changes_what_was_built(node, names, built):
            yield node.lineno, "changes what a builder has made"


def _imports(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What a name in the module stands for: the full name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            for alias in node.names:
                yield alias.asname or alias.name, f"{node.module}.{alias.name}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.asname is not None:
                    yield alias.asname, alias.name


def _built(tree: ast.Module, names: dict[str, str]) -> Iterator[str]:
    """The names that a module gives to what a builder has made."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Assign):
            continue
        pairs = [(target, node.value) for target in node.targets]
        for target, value in [one for pair in pairs for one in _taken_apart(*pair)]:
            if isinstance(target, ast.Name) and _is_built(value, names):
                yield target.id


def _taken_apart(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        yield from zip(target.elts, value.elts, strict=True)
    else:
        yield target, value


def _is_built(value: ast.expr, names: dict[str, str]) -> bool:
    return isinstance(value, ast.Call) and _full_name(value.func, names).startswith(BUILDERS)


def _made(call: ast.Call, names: dict[str, str]) -> type[Value] | None:
    """What a call makes that somebody says: by its class, a method of it, or from an example."""
    called = _full_name(call.func, names)
    if called == "kvitt_contracts.examples.example" and call.args:
        called = _full_name(call.args[0], names)
    elif ".model_" in called:
        called = called.rpartition(".")[0]
    return SAID.get(called)


def _changes_what_was_built(call: ast.Call, names: dict[str, str], built: set[str]) -> bool:
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "model_copy"):
        return False
    changed = call.func.value
    return _is_built(changed, names) or (isinstance(changed, ast.Name) and changed.id in built)


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.Attribute):
        return f"{_full_name(node.value, names)}.{node.attr}"
    return ""


def _owner(said: type[Value]) -> str | None:
    """Who says it; of a command, whom it is for, since its tests are full of wishes. Of a value in
    messages: the service that names it among its own.
    """
    if not issubclass(said, Message):
        package = said.__module__.removeprefix("kvitt_contracts.").partition(".")[0]
        return package if package in SERVICES else None
    message = said
    topics: list[Topic] = [topic for topic in CATALOGUE if message in topic.types]
    if not topics:
        return None
    (topic,) = topics
    if topic.is_inbound and issubclass(message, Command):
        return next(iter(topic.consumers))
    return topic.owner
