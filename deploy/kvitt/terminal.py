"""How the command line shows progress: a live table in a terminal, plain lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from kvitt.local.servers import Report

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

_COLUMN = 14


def a_table(*headings: str) -> Table:
    """A table for a person, whose cells break between words where the terminal is narrow."""
    table = Table()
    for heading in headings:
        table.add_column(heading, overflow="fold")
    return table


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
