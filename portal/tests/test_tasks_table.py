"""docs/portal-tasks.md: every task once, what it names exists, what is measured has its test."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from kvitt.rules import rules

from portal.tests.counting import WRITE, Counted, NotAsTheTableSays, Task, compare, tasks

ROOT = Path(__file__).parents[2]
TASKS = tasks()
ROLES = {"P", "R", "S", "T", "C", "H", "B", "all"}
STEPS = [task for task in TASKS.values() if task.manual is not None]


def marked() -> Iterator[str]:
    """The tasks that tests in the browser are marked with."""
    for file in sorted((ROOT / "portal" / "tests" / "tasks").glob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.task":
                yield from (one.value for one in node.args if isinstance(one, ast.Constant))  # type: ignore[misc]


def test_every_task_stands_there_once() -> None:
    assert list(TASKS) == [f"T-{number:02}" for number in range(1, 82)]


def test_its_sums_are_those_that_the_page_promises() -> None:
    manual = sum(task.manual.actions for task in STEPS if task.manual)

    assert (len(STEPS), manual, sum(task.target for task in STEPS)) == (66, 640, 240)


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_its_roles_and_rules_exist(task: Task) -> None:
    known = rules((ROOT / "docs" / "domain.md").read_text(encoding="utf-8"))

    assert set(task.roles) <= ROLES
    assert [rule for rule in task.rules if rule not in known] == []


def test_what_is_measured_has_one_test_and_what_has_a_test_is_measured() -> None:
    measured = [task.id for task in TASKS.values() if task.measured]

    assert sorted(marked()) == measured


def test_no_task_takes_more_actions_than_by_its_manual() -> None:
    above = [
        task.id
        for task in STEPS
        if task.manual and task.measured and task.measured.actions > task.manual.actions
    ]

    assert above == []


def test_all_together_take_at_most_what_the_targets_come_to() -> None:
    taken = sum(task.measured.actions if task.measured else task.target for task in STEPS)

    assert taken <= 240


def test_other_actions_than_the_table_says_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = tmp_path / "table.md"
    page.write_text("| T-10 | See them | P | BMB-8 | 2/2 | 1 | 1/1 |\n", encoding="utf-8")
    monkeypatch.delenv(WRITE, raising=False)

    compare("T-10", Counted(1, 1), "click A", page=page)
    with pytest.raises(NotAsTheTableSays, match="click A, click B"):
        compare("T-10", Counted(1, 2), "click A, click B", page=page)

    monkeypatch.setenv(WRITE, "1")
    compare("T-10", Counted(1, 2), "click A, click B", page=page)
    assert tasks(page)["T-10"].measured == Counted(1, 2)
    with pytest.raises(NotAsTheTableSays, match="the manual 2/2"):
        compare("T-10", Counted(1, 3), "and C", page=page)
