"""What a message waits for is named by a row's key: by another text it would not be tried when that
comes, but at its deadline alone.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ROOT.glob("services/*")
    for path in (folder / folder.name).rglob("*.py")
    if "NotYetKnown(" in path.read_text(encoding="utf-8")
)


def made_up(source: str) -> Iterator[int]:
    """The lines in which a text that is put together is awaited, itself or by a name of it."""
    tree = ast.parse(source)
    texts = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.JoinedStr)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id == "NotYetKnown":
            _, key = node.args
            if isinstance(key, ast.JoinedStr) or (isinstance(key, ast.Name) and key.id in texts):
                yield node.lineno


@pytest.mark.parametrize("path", SOURCES, ids=[str(one.relative_to(ROOT)) for one in SOURCES])
def test_what_is_awaited_is_a_rows_key(path: Path) -> None:
    assert list(made_up(path.read_text(encoding="utf-8"))) == []


def test_a_text_that_is_put_together_is_found() -> None:
    direct = 'raise NotYetKnown(ArticleRow, f"price of {number}")'
    named = f'missing = f"price of {{number}}"\n{direct.partition(", ")[0]}, missing)'

    assert list(made_up(direct)) == [1]
    assert list(made_up(named)) == [2]
    assert list(made_up("raise NotYetKnown(ArticleRow, number)")) == []
