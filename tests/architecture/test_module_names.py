"""A string that names a module of ours (a logger in a pattern, a target of monkeypatch) names one
that exists: a rename that leaves it behind would make the pattern match nothing.
"""

import ast
import importlib
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("chassis", "contracts", "deploy", "documents", "files", "services", "testkit", "tests")
NAMED = re.compile(r"\b(?:kvitt_chassis|kvitt_testkit)(?:\\?\.[a-z_]+)+")
NOT_MODULES = {"kvitt_chassis.faststream"}  # a logger of its own name


def test_a_string_names_a_module_that_exists() -> None:
    missing = [
        f"{path.relative_to(ROOT)}:{line}: {name}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != Path(__file__)  # its own examples are wrong on purpose
        for line, name in named(path.read_text(encoding="utf-8"))
        if not exists(name)
    ]

    assert missing == []


@pytest.mark.parametrize(
    "source",
    [
        r'PATTERN = r"^kvitt_chassis\.inbox: a key is parked"',
        'LOGGER = "kvitt_chassis.inbox"',
        'TARGET = "kvitt_chassis.consuming.inboxes.record_refusal"',
    ],
)
def test_one_that_is_gone_is_found(source: str) -> None:
    assert [name for _, name in named(source) if not exists(name)]


def named(source: str) -> Iterator[tuple[int, str]]:
    """Line and name of every module of ours that a string in a Python source names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for found in NAMED.findall(node.value):
                yield node.lineno, found.replace("\\", "")


def exists(name: str) -> bool:
    """True for a module, and for a name in one."""
    if name in NOT_MODULES:
        return True
    for candidate in (name, name.rpartition(".")[0]):
        try:
            found = importlib.util.find_spec(candidate)
        except ModuleNotFoundError:
            continue
        if found is None:
            continue
        if candidate == name:
            return True
        return hasattr(importlib.import_module(candidate), name.rpartition(".")[2])
    return False
