"""The table of rules and tests, on a small repository of its own."""

import subprocess
import sys
from pathlib import Path

from kvitt.rules import marks, rules

TEST_FILE = """
import pytest

pytestmark = [pytest.mark.rule("BMB-1")]


@pytest.mark.rule("BMB-7", "ORD-2")
def test_one() -> None: ...


@pytest.mark.rule("REF-1")
class TestMore:
    async def test_two(self) -> None: ...


def helper() -> None: ...
"""


def test_rules_are_read_from_the_document() -> None:
    found = rules("# x\n- **BMB-7** After six days.\n- **bold** not a rule\n- **ORD-2** Numbers.\n")

    assert found == {"BMB-7": "After six days.", "ORD-2": "Numbers."}


def test_marks_of_module_class_and_function_count(tmp_path: Path) -> None:
    file = tmp_path / "test_x.py"
    file.write_text(TEST_FILE)

    found = marks([file], root=tmp_path)

    assert [(mark.test, mark.rule) for mark in found] == [
        ("test_one", "BMB-1"),
        ("test_one", "BMB-7"),
        ("test_one", "ORD-2"),
        ("test_two", "BMB-1"),
        ("test_two", "REF-1"),
    ]


def test_an_unknown_rule_fails_the_task(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "domain.md").write_text("- **BMB-1** a\n- **BMB-7** b\n- **ORD-2** c\n")
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_x.py").write_text(TEST_FILE)

    run = subprocess.run(
        [sys.executable, "-m", "kvitt.rules"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 1
    assert "3 of 3 rules have a test." in run.stdout
    assert "tests/test_x.py:13 test_two: there is no rule REF-1" in run.stdout
