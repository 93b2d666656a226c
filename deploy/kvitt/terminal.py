"""How the command line shows tables, and progress: live in a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

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


def show(table: Table, *, on: Console = console) -> None:
    """Print a table whose cells break between words alone: columns share what their longest words
    leave. Where not even these fit, each row is printed as lines of heading and value.
    """
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
    if not console.is_terminal:
        yield lambda part, what: console.print(f"{part:<{_COLUMN}} {what}", soft_wrap=True)
        return
    steps = _Steps()
    with Live(steps, console=console, refresh_per_second=10):
        yield steps.report


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
