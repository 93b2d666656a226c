"""The table of rules, clauses and tests, on a small repository of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from kvitt.rules import Mark, State, marks, mutants, rules, state

TEST_FILE = """
import pytest

pytestmark = [pytest.mark.rule("BMB-1a")]


@pytest.mark.rule("BMB-7b", "ORD-2a")
def test_one() -> None: ...


@pytest.mark.rule("REF-1a")
class TestMore:
    async def test_two(self) -> None: ...


@pytest.mark.parametrize("it", [1, pytest.param(2, marks=pytest.mark.rule("ORD-2b"))])
def test_three(it: int) -> None: ...


def helper() -> None: ...
"""

DOMAIN = """# x
- **BMB-1** (a) One.
- **BMB-7** Late: (a) locked
  (b) or voided (M3).
- **bold** (a) not a rule
- **ORD-2** (a) Eight digits (17200078).
  (b) Never again.
"""


def test_rules_and_clauses_are_read_from_the_document() -> None:
    found = rules("# x\n- **BMB-7** Late: (a) locked\n  (b) or void (M3).\n\n  (c) of no rule\n")

    assert found == {"BMB-7": {"BMB-7a": "locked", "BMB-7b": "or void (M3)."}}


@pytest.mark.parametrize("text", ["no letter", "(a) one\n  (a) two"])
def test_a_rule_without_clauses_or_with_one_twice_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="BMB-7"):
        rules(f"- **BMB-7** {text}\n")


def test_marks_of_module_class_function_and_case_count(tmp_path: Path) -> None:
    file = tmp_path / "test_x.py"
    file.write_text(TEST_FILE)

    found = marks([file], root=tmp_path)

    assert [(mark.test, mark.clause) for mark in found] == [
        ("test_one", "BMB-1a"),
        ("test_one", "BMB-7b"),
        ("test_one", "ORD-2a"),
        ("test_two", "BMB-1a"),
        ("test_two", "REF-1a"),
        ("test_three", "BMB-1a"),
        ("test_three", "ORD-2b"),
    ]


def test_a_rule_is_done_when_each_of_its_clauses_has_a_test() -> None:
    tested = {"ORD-2a": [Mark("ORD-2a", Path("test_x.py"), 1, "test_one")], "ORD-2c": []}

    assert state(["ORD-2a"], tested) is State.DONE
    assert state(["ORD-2a", "ORD-2b"], tested) is State.BEGUN
    assert state(["ORD-2b", "ORD-2c"], tested) is State.NOT_BEGUN


def test_rule_mutants_are_counted_by_their_clause(tmp_path: Path) -> None:
    file = tmp_path / "orders.py"
    file.write_text('ORDERS = (rule_mutant("ORD-2a", "x"), rule_mutant("ORD-2a", "y"), other("z"))')

    assert mutants([file]) == {"ORD-2a": 2}


def write_repository(root: Path, *, marked: str = TEST_FILE) -> None:
    for name, text in (("docs/domain.md", DOMAIN), ("tests/test_x.py", marked)):
        (root / name).parent.mkdir()
        (root / name).write_text(text)


def printed(root: Path, *arguments: str, marked: str = TEST_FILE) -> tuple[int, str]:
    """The exit code and the table for a repository with this file of tests."""
    write_repository(root, marked=marked)
    run = subprocess.run(
        [sys.executable, "-m", "kvitt.rules", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return run.returncode, run.stdout


def test_the_table_says_how_far_each_rule_and_clause_has_come(tmp_path: Path) -> None:
    code, said = printed(tmp_path, marked=TEST_FILE.replace("REF-1a", "ORD-2a"))

    assert code == 0
    assert "BMB-7   begun, 1 of 2 clauses\n" in said
    assert "  BMB-7a  not begun    0 tests  0 mutants  locked\n" in said
    assert "  BMB-7b  done         1 tests  0 mutants  or voided (M3).\n" in said
    assert "             tests/test_x.py:8 test_one\n" in said
    assert "3 rules: 2 done, 1 begun, 0 not begun" in said
    assert "5 clauses: 4 done, 1 not begun" in said


def test_untested_shows_the_clauses_without_a_test_alone(tmp_path: Path) -> None:
    _, said = printed(tmp_path, "--untested")

    assert "BMB-7a  not begun" in said
    assert "BMB-7b  done" not in said
    assert "ORD-2 " not in said


@pytest.mark.parametrize(
    ("named", "fault"),
    [("REF-1a", "is no clause of docs/domain.md"), ("BMB-7", "is a whole rule: name the clause")],
)
def test_a_mark_that_names_no_clause_fails_the_task(tmp_path: Path, named: str, fault: str) -> None:
    code, said = printed(tmp_path, marked=TEST_FILE.replace("REF-1a", named))

    assert code == 1
    assert f"tests/test_x.py:13 test_two: {named} {fault}\n" in said


@pytest.mark.parametrize(("named", "code"), [("ORD-2a", 0), ("REF-1a", 1)])
def test_a_table_that_nobody_reads_to_its_end_is_judged_all_the_same(
    tmp_path: Path, named: str, code: int
) -> None:
    write_repository(tmp_path, marked=TEST_FILE.replace("REF-1a", named))
    reading, writing = os.pipe()
    os.close(reading)

    run = subprocess.run(
        [sys.executable, "-m", "kvitt.rules"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writing)
    assert (run.returncode, run.stderr) == (code, b"")
