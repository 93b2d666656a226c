"""Processes of the release before go on writing while a migration is rolled out: what they do not
know of must have a value by itself.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LATER = [
    path
    for path in sorted(ROOT.glob("services/*/migrations/versions/*.py"))
    if not path.name.startswith("0001_")
]


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=attr)) if attr == name:
                yield node


def _said(call: ast.Call, name: str) -> object:
    """The constant that a call gives a parameter; None where it is not given, or no constant."""
    given = {one.arg: one.value for one in call.keywords}.get(name)
    return given.value if isinstance(given, ast.Constant) else given


def what_breaks_a_writer(source: str) -> list[str]:
    """The calls of a migration that let an insert fail that does not name the new columns."""
    tree = ast.parse(source)
    added = [
        f"add_column (line {column.lineno}): not nullable, without a default"
        for call in _calls(tree, "add_column")
        for column in _calls(call, "Column")
        if _said(column, "nullable") is False and _said(column, "server_default") is None
    ]
    altered = [
        f"alter_column (line {call.lineno}): takes {name} away"
        for call in _calls(tree, "alter_column")
        for name, value in (("server_default", None), ("nullable", False))
        if name in {one.arg for one in call.keywords} and _said(call, name) is value
    ]
    return added + altered


@pytest.mark.parametrize("path", LATER, ids=lambda path: f"{path.parts[-4]}-{path.stem[:4]}")
def test_no_migration_stops_the_processes_of_the_release_before(path: Path) -> None:
    assert what_breaks_a_writer(path.read_text(encoding="utf-8")) == []


def test_what_stops_them_is_seen() -> None:
    added = 'op.add_column("a", sa.Column("b", sa.Text(), nullable=False))'
    altered = 'op.alter_column("a", "b", server_default=None)'
    fine = 'op.add_column("a", sa.Column("b", sa.Text(), nullable=False, server_default="x"))'

    assert len(what_breaks_a_writer(f"{added}\n{altered}\n{fine}")) == 2


# what was built by then was built while writers waited
BUILT_AT_ONCE = {"orders": 37, "bmb": 16, "inventory": 26, "billing": 22, "notifications": 17}


def what_holds_writers_up(source: str) -> list[str]:
    """The indexes of a migration that are built at once on a table of an earlier one."""
    tree = ast.parse(source)
    own = {_text(call, 0) for call in _calls(tree, "create_table")}
    return [
        f"create_index (line {call.lineno}): on {table}, not by build_index"
        for call in _calls(tree, "create_index")
        if (table := _text(call, 1)) not in own
    ]


def _text(call: ast.Call, place: int) -> str | None:
    given = call.args[place] if len(call.args) > place else None
    return given.value if isinstance(given, ast.Constant) and isinstance(given.value, str) else None


@pytest.mark.parametrize("path", LATER, ids=lambda path: f"{path.parts[-4]}-{path.stem[:4]}")
def test_no_index_holds_up_those_who_write(path: Path) -> None:
    if int(path.stem[:4]) > BUILT_AT_ONCE.get(path.parts[-4], 0):
        assert what_holds_writers_up(path.read_text(encoding="utf-8")) == []


def test_what_holds_them_up_is_seen() -> None:
    table = 'op.create_table("a", sa.Column("b", sa.Text()))'
    own = 'op.create_index("ix_a_b", "a", ["b"])'
    anothers = 'op.create_index("ix_c_b", "c", ["b"])'

    assert len(what_holds_writers_up(f"{table}\n{own}\n{anothers}")) == 1


CREATING = ("add_column", "create_index", "create_table")


def what_cannot_be_run_again(source: str) -> list[str]:
    """The calls of a migration that are stored before it builds an index, and fail when a job that
    was ended meanwhile is run again.
    """
    tree = ast.parse(source)
    built = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if node.func.id == "build_index"
    ]
    return [
        f"{name} (line {call.lineno}): without if_not_exists"
        for name in CREATING
        for call in _calls(tree, name)
        if call.lineno < max(built, default=0) and _said(call, "if_not_exists") is not True
    ]


@pytest.mark.parametrize("path", LATER, ids=lambda path: f"{path.parts[-4]}-{path.stem[:4]}")
def test_a_job_that_was_ended_is_run_again(path: Path) -> None:
    assert what_cannot_be_run_again(path.read_text(encoding="utf-8")) == []


def test_what_cannot_be_run_again_is_seen() -> None:
    table = 'op.create_table("a", sa.Column("b", sa.Text()))'
    again = 'op.add_column("a", sa.Column("b", sa.Text()), if_not_exists=True)'
    built = 'for one in ("x", "y"):\n    build_index(op, one, "CREATE INDEX")'
    after = 'op.create_index("ix_a_b", "a", ["b"])'

    assert len(what_cannot_be_run_again(f"{table}\n{again}\n{built}\n{after}")) == 1
