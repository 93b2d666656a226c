"""The table of tasks and actions, docs/portal-tasks.md: read, compared with what a test has done,
and written (`make actions`).
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "portal-tasks.md"
WRITE = "KVITT_WRITE_ACTIONS"

_ROW = re.compile(r"^\| (T-\d\d) \|")
_COLUMNS = 7


@dataclass(frozen=True, slots=True)
class Counted:
    """Pages entered, and actions."""

    pages: int
    actions: int

    def __str__(self) -> str:
        return f"{self.pages}/{self.actions}"

    @classmethod
    def parse(cls, text: str) -> "Counted | None":
        """`2/6`; None of an empty cell. Raises ValueError."""
        if not text:
            return None
        pages, actions = text.split("/")
        return cls(int(pages), int(actions))


@dataclass(frozen=True, slots=True)
class Task:
    """One row. `manual` is None where the manuals have no steps, `measured` where no page is."""

    id: str
    said: str
    roles: tuple[str, ...]
    rules: tuple[str, ...]
    manual: Counted | None
    target: int
    measured: Counted | None


class NotAsTheTableSays(AssertionError):
    """A task took other actions than docs/portal-tasks.md says, or more than its manual."""


def tasks(page: Path = PAGE) -> dict[str, Task]:
    """The rows by their ids."""
    return {task.id: task for task in _rows(page.read_text(encoding="utf-8"))}


# decision 0303: a task is counted by its test
def compare(task: str, counted: Counted, done: str, *, page: Path = PAGE) -> None:
    """Judge what a test has counted. Raises NotAsTheTableSays; KeyError of an unknown task."""
    row = tasks(page)[task]
    if row.manual is not None and counted.actions > row.manual.actions:
        raise NotAsTheTableSays(f"{task} takes {counted}, the manual {row.manual}: {done}")
    if os.environ.get(WRITE) == "1":
        _write(task, counted, page)
    elif counted != row.measured:
        raise NotAsTheTableSays(
            f"{task} takes {counted} (pages/actions), {page.name} says "
            f"{row.measured or 'nothing'}: {done}. If it is right: make actions."
        )


def _rows(text: str) -> Iterator[Task]:
    for line in text.splitlines():
        if _ROW.match(line) is None:
            continue
        cells = _cells(line)
        if len(cells) != _COLUMNS:
            raise ValueError(f"not {_COLUMNS} columns: {line}")
        id_, said, roles, rules, manual, target, measured = cells
        yield Task(
            id=id_,
            said=said,
            roles=tuple(roles.split()),
            rules=tuple(rules.split(", ")),
            manual=Counted.parse(manual),
            target=int(target),
            measured=Counted.parse(measured),
        )


def _write(task: str, counted: Counted, page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
    at = next(n for n, line in enumerate(lines) if line.startswith(f"| {task} |"))
    cells = _cells(lines[at])
    cells[-1] = str(counted)
    lines[at] = f"| {' | '.join(cells)} |\n"
    page.write_text("".join(lines), encoding="utf-8")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().removeprefix("|").removesuffix("|").split("|")]
