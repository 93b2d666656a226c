"""How the command line shows tables, and progress: live in a terminal, plain lines elsewhere, JSON
for a program.
"""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from threading import Lock
from typing import IO, Any

from rich.console import Console, RenderableType
from rich.live import Live
from rich.measure import measure_renderables
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from kvitt.local.servers import Report

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

_COLUMN = 14
_ONE_LINE = 10_000
"""No line is broken for a program."""


def show(table: Table, *, on: Console = console) -> None:
    """Print a table whose cells break between words alone: columns share what their longest words
    leave. Where not even these fit, each row is printed as lines of heading and value.
    """
    if isinstance(sys.stdout, _JsonLines):
        for values in _as_values(table):
            sys.stdout.put(values)
        return
    measured = [
        measure_renderables(on, on.options, [column.header, *column.cells])
        for column in table.columns
    ]
    spare = on.width - _edges(table) - sum(one.minimum for one in measured)
    if spare < 0:
        for row in _as_records(table):
            on.print(row)
        return
    wanted = sum(one.span for one in measured)
    for column, one in zip(table.columns, measured, strict=True):
        column.width = one.minimum + min(one.span, spare * one.span // max(wanted, 1))
    on.print(table)


def show_json(value: object) -> None:
    """Print a document that a person reads as JSON too."""
    if isinstance(sys.stdout, _JsonLines):
        sys.stdout.put(value)
    else:
        console.print_json(json.dumps(value))


@contextmanager
def told_as_json() -> Iterator[None]:
    """Inside, what is printed is JSON, one object a line."""
    lines = _JsonLines(sys.stdout)
    width, console.width = console.width, _ONE_LINE
    try:
        with redirect_stdout(lines):
            yield
    finally:
        lines.end()
        console.width = width


def in_words(value: object) -> str:
    """A value as a cell shows it: nothing for None, several with commas between."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple() | set() | frozenset():
            return ", ".join(map(in_words, value))
    return str(value)


def kronor(ore: int, *, signed: bool = False) -> str:
    """An amount in öre as kronor; `signed`: with its sign, also where it is not below zero."""
    sign = "-" if ore < 0 else "+" if signed and ore else ""
    return f"{sign}{abs(ore) // 100}.{abs(ore) % 100:02} kr"


def _edges(table: Table) -> int:
    """A border on each side of a column, and a blank within it."""
    return 3 * len(table.columns) + 1


def _as_records(table: Table) -> Iterator[RenderableType]:
    if table.title:
        yield Text.from_markup(f"[bold]{table.title}[/]")
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        grid = Table.grid(padding=(0, 2))
        for column, cell in zip(table.columns, cells, strict=True):
            grid.add_row(column.header, cell)
        yield grid
        yield ""


@contextmanager
def shown_steps() -> Iterator[Report]:
    """Inside: a Report that shows each part's latest step. Thread-safe."""
    if isinstance(sys.stdout, _JsonLines):
        out = sys.stdout
        yield lambda part, what: out.put({"part": part, "step": what})
        return
    if not console.is_terminal:
        yield lambda part, what: console.print(f"{part:<{_COLUMN}} {what}", soft_wrap=True)
        return
    steps = _Steps()
    with Live(steps, console=console, refresh_per_second=10):
        yield steps.report


def _as_values(table: Table) -> Iterator[dict[str, str]]:
    names = [str(column.header) for column in table.columns]
    for cells in zip(*(column.cells for column in table.columns), strict=True):
        yield dict(zip(names, map(_plain, cells), strict=True))


def _plain(cell: RenderableType) -> str:
    return Text.from_markup(cell).plain if isinstance(cell, str) else str(cell)


class _JsonLines(io.TextIOBase):
    """Takes lines of text, writes each as an object. Thread-safe."""

    def __init__(self, out: IO[str]) -> None:
        self._out = out
        self._begun = ""
        self._lock = Lock()

    def write(self, text: str, /) -> int:
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                self._line(line)
        return len(text)

    def put(self, value: Any) -> None:
        """Write a value as it is."""
        self._out.write(json.dumps(value, ensure_ascii=False) + "\n")
        self._out.flush()

    def end(self) -> None:
        """Write a line that was begun."""
        self._line(self._begun)
        self._begun = ""

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        self._out.flush()

    def _line(self, line: str) -> None:
        if line.strip():
            self.put({"line": line.rstrip()})


class _Steps:
    def __init__(self) -> None:
        self._latest: dict[str, str] = {}
        self._lock = Lock()
        self._spinner = Spinner("dots")

    def report(self, part: str, what: str) -> None:
        with self._lock:
            self._latest[part] = what

    def __rich__(self) -> Table:
        table = Table.grid(padding=(0, 1))
        with self._lock:
            for part, what in self._latest.items():
                done = what.startswith("ready")
                mark = Text("✓", style="green") if done else self._spinner
                table.add_row(mark, f"{part:<{_COLUMN}}", what)
        return table
