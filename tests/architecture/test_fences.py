"""The fences between modules hold: what is planted behind one is seen.

`make lint` checks that the tree keeps to them; these tests check that it would see a breach.
"""

import ast
import inspect
import os
import shutil
import subprocess
import sys
import tomllib
import typing
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from textwrap import dedent
from types import FunctionType, ModuleType
from typing import Any

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import SERVICES

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "contracts/kvitt_contracts",
    "chassis/kvitt_chassis",
    "documents/kvitt_documents",
    "files/kvitt_files",
    *(f"services/{name}/{name}" for name in SERVICES),
    "deploy/kvitt",
    "testkit/kvitt_testkit",
    "examples",
)
IMPURE = ("sqlalchemy", "kvitt_chassis.transaction", "logging", "random", "pathlib", "importlib")
UNREPEATABLE = {"now", "today", "utcnow", "uuid1", "uuid4", "open", "__import__"}
"""What no import tells: a call that answers something else next time."""
SHELL = {"kvitt_chassis", "sqlalchemy", "fastapi"}
"""Who imports one of these does something; who does not can only decide."""
NOT_OF_THE_DOMAIN = {"orders.message_subject"}
"""Refuses what the contract forbids, by no rule of the domain."""


def modules(root: Path = ROOT) -> Iterator[tuple[str, Path]]:
    """Every module of the services under a root, by its dotted name."""
    for service in SERVICES:
        home = root / "services" / service
        for file in sorted((home / service).rglob("*.py")):
            yield ".".join(file.relative_to(home).with_suffix("").parts), file


def imported(file: Path) -> set[str]:
    """The modules that a file imports, and those that it may: `from a import b` gives a and a.b."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            found |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return found


def handlers_reached_across(root: Path = ROOT) -> list[tuple[str, str]]:
    """Who imports the handlers of another noun. The service's own list of handlers, and its app,
    gather them.
    """
    return [
        (name, other)
        for name, file in modules(root)
        if name.split(".")[1:] not in (["handlers"], ["app"])
        for other in sorted(imported(file))
        if other.split(".")[0] in SERVICES and other.endswith(".handlers")
        if other.rpartition(".")[0] != name.rpartition(".")[0]
    ]


def packages_reached(root: Path = ROOT) -> list[tuple[str, str]]:
    """Who imports a whole package of a service. Every module of it could be reached as an
    attribute, so no fence between modules would see which one is meant.
    """
    return [
        (name, other)
        for name, file in modules(root)
        for other in _bound(ast.parse(file.read_text()))
        if other.split(".")[0] in SERVICES and _is_package(other, root)
    ]


def _bound(tree: ast.AST) -> Iterator[str]:
    """What the imports of a module bind to its names: `import a.b` binds a."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name if one.asname else one.name.split(".")[0] for one in node.names)
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _is_package(name: str, root: Path) -> bool:
    return (root / "services" / name.split(".")[0] / Path(*name.split("."))).is_dir()


def layers() -> dict[str, list[list[str]]]:
    """The floors of each service that declares them, the highest first, in full names."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    return {
        service: [
            [f"{service}.{name.strip()}" for name in floor.split("|")] for floor in one["layers"]
        ]
        for one in contracts["contracts"]
        if one["type"] == "layers"
        for service in one.get("containers", ())
    }


def file_of(name: str, root: Path) -> Path:
    """The file of a module, or of a package."""
    place = root / "services" / name.split(".")[0] / Path(*name.split("."))
    return place / "__init__.py" if place.is_dir() else place.with_suffix(".py")


def plant(root: Path, module: str, target: str) -> None:
    """Let a module import something that it must not."""
    with file_of(module, root).open("a") as file:
        file.write(f"\nimport {target}\n")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages as they stand in the working tree, and the contracts between them."""
    for package in PACKAGES:
        without = shutil.ignore_patterns("__pycache__", "*.json", "*.ttf")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=without)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    """What import-linter says of a copy."""
    places = os.pathsep.join(str((root / package).parent) for package in PACKAGES)
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": places},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_tree_keeps_to_its_fences_so_that_only_what_is_planted_is_seen(copy: Path) -> None:
    done = lint_imports(copy)

    assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_planted_behind_a_fence_is_seen(copy: Path) -> None:
    rules = [name for name, _ in modules() if name.endswith(".domain")]
    planted = [(module, target) for module in rules for target in IMPURE]
    planted += [(module, "kvitt_documents") for module in (*rules, "billing.queries", "bmb.views")]
    for floors in layers().values():
        lowest, highest = floors[-1][0], floors[0][0]
        planted.append((lowest, highest))
        # beside each other on one floor: neither imports the other
        left, right = next(floor for floor in floors if len(floor) > 1)[:2]
        planted += [(left, right), (right, left)]
    for module, target in planted:
        plant(copy, module, target)

    done = lint_imports(copy)

    assert done.returncode == 1, done.stdout + done.stderr
    seen = {line.strip(" -").partition(" (l.")[0] for line in done.stdout.splitlines()}
    unseen = {f"{module} -> {target}" for module, target in planted} - seen
    assert not unseen, done.stdout


def test_each_service_of_several_nouns_has_floors() -> None:
    nouns = {
        service: {name.split(".")[1] for name, _ in modules() if name.startswith(f"{service}.")}
        for service in layers()
    }

    assert layers().keys() == set(SERVICES)
    for service, floors in layers().items():
        named = {name.split(".")[1] for floor in floors for name in floor}
        assert named == nouns[service] - {"__init__"}


def test_no_noun_reaches_into_the_handlers_of_another() -> None:
    assert handlers_reached_across() == []


@pytest.mark.parametrize(
    "line",
    ["from inventory.holds.handlers import messages", "from inventory.holds import handlers"],
)
def test_a_noun_that_reaches_into_the_handlers_of_another_is_seen(copy: Path, line: str) -> None:
    for module in ("inventory.dispatches.handlers", "inventory.reservations.writes"):
        with file_of(module, copy).open("a") as file:
            file.write(f"\n{line}\n")

    assert handlers_reached_across(copy) == [
        ("inventory.dispatches.handlers", "inventory.holds.handlers"),
        ("inventory.reservations.writes", "inventory.holds.handlers"),
    ]


def test_no_module_imports_a_whole_package() -> None:
    assert packages_reached() == []


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("from inventory import holds; holds.handlers", "inventory.holds"),
        ("from inventory import holds as held; held.handlers", "inventory.holds"),
        ("import inventory.holds as held; held.handlers", "inventory.holds"),
        ("import inventory.holds.domain; inventory.holds.handlers", "inventory"),
        ("import inventory; inventory.holds.handlers", "inventory"),
    ],
)
def test_handlers_that_are_reached_through_their_package_are_seen(
    copy: Path, line: str, package: str
) -> None:
    with file_of("inventory.dispatches.handlers", copy).open("a") as file:
        file.write(f"\n{line}\n")

    assert packages_reached(copy) == [("inventory.dispatches.handlers", package)]


def test_every_module_of_rules_is_called_domain() -> None:
    elsewhere = [
        name
        for name, file in modules()
        if not name.endswith(".domain")
        and name not in NOT_OF_THE_DOMAIN
        and not {one.split(".")[0] for one in imported(file)} & SHELL
        and decides(import_module(name))
    ]

    assert elsewhere == []


def test_what_decides_is_told_from_what_does_not() -> None:
    for rules in ("inventory.holds.domain", "inventory.stores.domain"):
        assert decides(import_module(rules))
    assert not decides(import_module("inventory.metrics"))


@pytest.mark.parametrize("call", ["datetime.now(UTC)", "date.today()", "uuid4()", "open('a')"])
def test_a_rule_that_reads_a_clock_or_draws_an_id_is_seen(tmp_path: Path, call: str) -> None:
    planted = tmp_path / "domain.py"
    planted.write_text(f"def rule():\n    return {call}\n")

    assert unrepeatable(planted)


def test_what_a_rule_answers_follows_from_its_arguments() -> None:
    found = {name: unrepeatable(file) for name, file in modules() if name.endswith(".domain")}

    assert found
    assert not {name: calls for name, calls in found.items() if calls}


def unrepeatable(file: Path) -> set[str]:
    """The calls of a file whose answer does not follow from their arguments."""
    called = (
        node.func for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.Call)
    )
    names = {getattr(func, "attr", getattr(func, "id", "")) for func in called}
    return names & UNREPEATABLE


def test_a_rule_that_stands_in_a_class_is_told_too(tmp_path: Path) -> None:
    planted = tmp_path / "rules.py"
    planted.write_text(
        "from kvitt_contracts.refusals import Refused\n"
        "class Rule:\n"
        "    def check(self):\n"
        '        raise Refused("NO", rule="ORD-1", way_on="")\n'
    )
    specification = spec_from_file_location("planted_rules", planted)
    assert specification is not None
    assert specification.loader is not None
    module = module_from_spec(specification)
    specification.loader.exec_module(module)

    assert decides(module)


def decides(module: ModuleType) -> bool:
    """True where a function of the module, or of a class in it, answers events or raises a
    refusal.
    """
    classes = [one for _, one in inspect.getmembers(module, inspect.isclass)]
    own: list[FunctionType] = [
        one
        for place in (module, *(kind for kind in classes if kind.__module__ == module.__name__))
        for _, one in inspect.getmembers(place, inspect.isfunction)
        if one.__module__ == module.__name__ and one.__code__.co_filename == module.__file__
    ]
    return any(_answers_events(one) or _refuses(one) for one in own)


def _answers_events(function: Callable[..., Any]) -> bool:
    answer = typing.get_type_hints(function).get("return")
    return any(isinstance(one, type) and issubclass(one, Event) for one in _parts(answer))


def _parts(hint: Any) -> Iterator[Any]:
    yield hint
    for one in typing.get_args(hint):
        yield from _parts(one)


def _refuses(function: FunctionType) -> bool:
    """True where its source raises a class, or what a function of its module answers, that is a
    refusal.
    """
    for node in ast.walk(ast.parse(dedent(inspect.getsource(function)))):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            raised = function.__globals__.get(getattr(node.exc.func, "id", ""))
            answer = typing.get_type_hints(raised).get("return") if callable(raised) else None
            for one in (raised, answer):
                if isinstance(one, type) and issubclass(one, Refused):
                    return True
    return False
