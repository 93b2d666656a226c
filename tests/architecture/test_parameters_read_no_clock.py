"""No parameter of a test reads the clock: it is made when tests are collected, and a token or a
time of then says another thing an hour later, when its turn has come in a long run.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "chassis", "contracts", "deploy", "documents", "examples", "files", "portal", "services",
    "testkit", "tests",
)  # fmt: skip
CLOCKS = {"now", "today", "utcnow", "time"}


def test_no_parameter_of_a_test_reads_the_clock() -> None:
    read = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in FOLDERS
        for path in sorted((ROOT / folder).rglob("test_*.py"))
        for line in clocks_in_parameters(path.read_text(encoding="utf-8"))
    ]

    assert read == []


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.parametrize('to', [datetime.now(UTC)])\ndef test_it(to): ...",
        "def a(): time()\n@pytest.mark.parametrize('t', [a()])\ndef test(t): ...",
        "async def test_it(at=date.today()): ...",
    ],
)
def test_one_that_does_is_found(source: str) -> None:
    assert list(clocks_in_parameters(source))


def clocks_in_parameters(source: str) -> Iterator[int]:
    """Lines of decorators and defaults that read a clock, themselves or by the file's functions."""
    functions = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    clocks = CLOCKS | {one.name for one in functions if any(_calls(one, CLOCKS))}
    for function in functions:
        defaults = [one for one in function.args.kw_defaults if one]
        for made in (*function.decorator_list, *function.args.defaults, *defaults):
            yield from _calls(made, clocks)


def _calls(tree: ast.AST, names: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in names:
            yield node.lineno
