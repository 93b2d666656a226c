"""One language per surface (docs/style.md): operators' texts are English, people's Swedish."""

import ast
import importlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kvitt_chassis.metrics import METRICS
from kvitt_contracts.topic import SERVICES

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "deploy" / "kvitt"
PEOPLES = {
    COMMANDS / "story" / f"{name}.py"
    for name in ("report", "billed", "comparison", "dealings", "stores", "things")
} | {COMMANDS / "extract_texts.py"}
"""Modules of the command line that print the month, and what a person asks for, for people."""
PAGES = {
    COMMANDS / folder / f"{name}.py"
    for folder, names in {
        "flows": ("cases", "pages"),
        "site": ("__main__", "changes", "drawing", "fields", "messages", "openapi", "sources"),
    }.items()
    for name in names
}
"""Modules that write pages for regions."""

_SWEDISH = "och inte till från som finns är för av på med eller efter kan ska har vad"
_ENGLISH = "the is are not and which with or after can has have what that from by"
SWEDISH = re.compile(rf"[åäöÅÄÖ]|\b({'|'.join(_SWEDISH.split())})\b")
_NAMES = re.compile("`[^`]*`")
"""What a text quotes, such as a parameter's name."""
ENGLISH = re.compile(rf"\b({'|'.join(_ENGLISH.split())})\b")
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
Take = Callable[[ast.AST], Iterator[tuple[int, str]]]
TO_PEOPLE = {"title", "detail", "way_on"}


def sources(*folders: str) -> list[Path]:
    """The modules of these folders, tests left out."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "tests" not in path.parts and "migrations" not in path.parts]


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every text of a module that is no docstring."""
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield node.lineno, text


def logged(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What a module writes to a log."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr=level), args=[message, *_]) if level in LEVELS:
                yield from texts(message)


def told(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """What a module puts into problem documents."""
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in TO_PEOPLE:
            yield from texts(node.value)


def found(
    paths: list[Path], take: Take, wrong: re.Pattern[str], *, spaced: bool = False
) -> list[str]:
    """`file:line: text` of what is in the wrong language; `spaced`: only texts of several words."""
    return [
        f"{path.relative_to(ROOT)}:{line}: {text}"
        for path in paths
        for line, text in take(ast.parse(path.read_text(encoding="utf-8")))
        if wrong.search(_NAMES.sub("", text)) and (" " in text.strip() or not spaced)
    ]


def test_the_command_line_is_english() -> None:
    paths = [path for path in sources("deploy/kvitt") if path not in PEOPLES | PAGES]

    assert found(paths, texts, SWEDISH) == []


@pytest.mark.parametrize("path", sorted(PEOPLES), ids=lambda path: path.name)
def test_the_months_report_is_swedish(path: Path) -> None:
    assert found([path], texts, ENGLISH, spaced=True) == []


def test_logs_are_english() -> None:
    assert found(sources("chassis", "services", "deploy/kvitt"), logged, SWEDISH) == []


def test_metrics_and_their_remedies_are_english() -> None:
    wrong = [
        metric.name
        for metric in METRICS
        if SWEDISH.search(metric.meaning) or SWEDISH.search(metric.remedy)
    ]

    assert wrong == []


def test_problem_documents_are_swedish() -> None:
    assert found(sources("chassis", "services"), told, ENGLISH, spaced=True) == []


@pytest.mark.parametrize("name", SERVICES)
def test_the_apis_documentation_is_swedish(name: str) -> None:
    app = importlib.import_module(f"{name}.app")
    routes = [one for router in app.service.routers for one in router.routes]
    said = [f"{one.path}: {one.description}" for one in routes]

    assert [text for text in said if ENGLISH.search(_NAMES.sub("", text))] == []


def test_runbooks_are_english() -> None:
    for page in (ROOT / "docs" / "runbooks").glob("*.md"):
        assert not re.search("[åäöÅÄÖ]", page.read_text(encoding="utf-8")), page.name


@pytest.mark.parametrize("text", ["Tjänsterna svarar", "och", "är inte"])
def test_swedish_is_recognised(text: str) -> None:
    assert SWEDISH.search(text)
