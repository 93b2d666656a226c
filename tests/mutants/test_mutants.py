import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from kvitt_portal.rendering import environment

from tests.mutants.__main__ import MUTANTS, render
from tests.mutants.mutant import Mutant, Swap, mutant
from tests.mutants.rules.__main__ import summary
from tests.mutants.rules.lists import RULE_MUTANTS, chosen
from tests.mutants.rules.rule_mutant import RuleMutant, faults_of, numbered, rule_mutant
from tests.mutants.tree import ROOT, NotOnce, Tree, texts_with
from tests.mutants.trial import Outcome, Run, Runner, judge, read

pytestmark = pytest.mark.long(seconds=25)

HERE = "somewhere.py"


def a_mutant(*, hangs: bool = False) -> Mutant:
    return mutant("check", "A check", HERE, "old", "new", "test_it.py::test_it", hangs=hangs)


def a_run(inside: str, *, in_time: bool = True) -> Run:
    """A run of one test, which ended as `inside` says."""
    case = f'<testcase file="test_it.py" name="test_it" time="0.1">{inside}</testcase>'
    report = f"<testsuites><testsuite>{case}</testsuite></testsuites>"
    return Run(cases=read(report), seconds=1.5, in_time=in_time, output="")


@pytest.mark.parametrize("one", MUTANTS.values(), ids=lambda one: one.name)
def test_what_a_mutant_takes_out_stands_there_once_and_leaves_python(one: Mutant) -> None:
    assert all(ast.parse(text).body for text in texts_with(one.swaps).values())


@pytest.mark.parametrize("one", MUTANTS.values(), ids=lambda one: one.name)
def test_the_tests_that_should_catch_a_mutant_exist(one: Mutant) -> None:
    assert one.caught_by
    for node in one.caught_by:
        file, _, name = node.partition("::")
        tree = ast.parse((ROOT / file).read_text())
        functions = (ast.FunctionDef, ast.AsyncFunctionDef)
        named = {item.name for item in tree.body if isinstance(item, functions)}
        assert name.partition("[")[0] in named


@pytest.mark.parametrize("one", RULE_MUTANTS.values(), ids=lambda one: one.name)
def test_what_a_rule_mutant_leaves_can_be_read(one: RuleMutant) -> None:
    for file, text in texts_with(one.swaps).items():
        match Path(file).suffix:
            case ".typ":
                pass  # typst says what is wrong with it, in the tests of its list
            case ".css":
                pass  # a browser leaves out what it cannot read
            case ".yaml":
                assert yaml.safe_load(text)
            case ".html":
                assert environment().parse(text).body
            case _:
                assert ast.parse(text).body


def test_every_rule_mutant_breaks_a_clause_and_is_caught_by_a_test_with_its_mark() -> None:
    assert faults_of(RULE_MUTANTS.values(), domain=(ROOT / "docs" / "domain.md").read_text()) == []


def a_rule_mutant(clause: str, *caught_by: str) -> RuleMutant:
    return rule_mutant(clause, "what is wrong then", HERE, "old", "new", *caught_by)


def test_a_rule_mutant_is_refused_with_what_is_wrong_with_it(tmp_path: Path) -> None:
    (tmp_path / HERE).write_text("old, old")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n\n\n@pytest.mark.rule('BMB-1a')\ndef test_it(one): ...\n"
    )
    mutants = numbered(
        (
            a_rule_mutant("BMB-1a", "test_it.py::test_it[1]"),
            a_rule_mutant("BMB-1a"),
            a_rule_mutant("BMB-1b", "test_it.py::test_it"),
        )
    )

    faults = faults_of(mutants, domain="- **BMB-1** (a) One.\n", root=tmp_path)

    once = f"stands 2 times in {HERE}, not once:\nold"
    assert faults == [
        f"BMB-1a: {once}",
        "BMB-1a-2: no test is named that catches it",
        f"BMB-1a-2: {once}",
        "BMB-1b: there is no clause BMB-1b in docs/domain.md",
        "BMB-1b: test_it.py::test_it is no test with the mark BMB-1b",
        f"BMB-1b: {once}",
    ]


def test_a_rule_mutant_that_survives_is_named_with_its_clause() -> None:
    one = a_rule_mutant("BMB-1a", "test_it.py::test_it")
    caught = judge(one, a_run('<failure message="AssertionError"/>'))

    said = summary([caught, judge(one, a_run(""))], seconds=60)

    assert said.splitlines()[0] == "BMB-1a survived: what is wrong then"
    assert said.splitlines()[1].startswith("1 of 2 rule mutants are caught; 1 min")


def test_rule_mutants_are_chosen_by_list_rule_clause_and_name() -> None:
    assert chosen("") == list(RULE_MUTANTS.values())
    assert {one.clause for one in chosen("NTF-1")} == {"NTF-1a", "NTF-1b", "NTF-1c", "NTF-1d"}
    assert [one.name for one in chosen("NTF-1d")] == ["NTF-1d", "NTF-1d-2"]
    assert [one.name for one in chosen("NTF-1d-2,NTF-2c")] == ["NTF-1d-2", "NTF-2c"]
    assert set(map(id, chosen("NTF-1"))) <= set(map(id, chosen("notifications")))
    with pytest.raises(LookupError, match="NTF-9"):
        chosen("NTF-1,NTF-9")


@pytest.mark.parametrize("module", ["tests.mutants", "tests.mutants.rules"])
def test_a_list_that_nobody_reads_to_its_end_is_no_error(module: str) -> None:
    reading, writing = os.pipe()
    os.close(reading)

    listed = subprocess.run(
        [sys.executable, "-m", module, "--list"],
        cwd=ROOT,
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )

    os.close(writing)
    assert (listed.returncode, listed.stderr) == (0, b"")


def test_a_mutant_is_put_in_and_taken_out_again(tmp_path: Path) -> None:
    file = tmp_path / HERE
    file.write_text("old")
    tree = Tree(tmp_path)

    with tree.mutated([Swap(HERE, "old", "new"), Swap(HERE, "new", "newer")]):
        assert file.read_text() == "newer"

    assert file.read_text() == "old"


@pytest.mark.parametrize("text", ["", "old, old"])
def test_a_text_that_does_not_stand_there_once_is_told_and_nothing_is_changed(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / HERE
    file.write_text(text)

    with (
        pytest.raises(NotOnce, match=HERE),
        Tree(tmp_path).mutated([Swap(HERE, "old", "new")]),
    ):
        pass

    assert file.read_text() == text


def test_the_copys_packages_count_and_not_those_that_are_installed(tmp_path: Path) -> None:
    tree = Tree.copy(tmp_path)

    (place,) = tree.places(["kvitt_chassis"])

    assert place == tmp_path.resolve() / "chassis" / "kvitt_chassis" / "__init__.py"


def test_each_run_imports_what_stands_in_the_copy_then(tmp_path: Path) -> None:
    tree = Tree.copy(tmp_path)
    (tmp_path / "test_it.py").write_text(
        "from kvitt_chassis.operating.masking import MASK\n\n\n"
        "def test_it():\n    assert MASK == 12 * '*'\n"
    )
    # As long as before, and most likely within the same second.
    swap = Swap("chassis/kvitt_chassis/operating/masking.py", 12 * "*", 12 * "+")

    with Runner(tree, {}) as runner:
        before = runner.run(["test_it.py"])
        with tree.mutated([swap]):
            mutated = runner.run(["test_it.py"])
        after = runner.run(["test_it.py"])

    assert before.is_green
    assert after.is_green
    assert [one.judges for one in mutated.cases] == [True]


def test_a_run_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    tree = Tree.copy(tmp_path)
    (tmp_path / "test_it.py").write_text(
        "import threading\n\n\ndef test_it():\n    threading.Event().wait()\n"
    )

    with Runner(tree, {}) as runner:
        done = runner.run(["test_it.py"], seconds=2)

    assert not done.in_time
    assert done.cases == ()


@pytest.mark.parametrize(
    ("inside", "outcome"),
    [
        ("", Outcome.SURVIVED),
        ('<failure message="AssertionError: assert 1 == 2"/>', Outcome.CAUGHT),
        ('<failure message="kvitt_contracts.refusals.Refused: no"/>', Outcome.CAUGHT),
        ("<failure message=\"NameError: name 'x' is not defined\"/>", Outcome.BROKEN),
        ('<failure message="ImportError: cannot import name"/>', Outcome.BROKEN),
        ('<error message="collection failure"/>', Outcome.BROKEN),
        ('<error message="failed on setup with ValueError"/>', Outcome.BROKEN),
        ('<skipped message="not here"/>', Outcome.BROKEN),
    ],
)
def test_a_mutant_is_caught_by_a_tests_own_judgement_alone(inside: str, outcome: Outcome) -> None:
    assert judge(a_mutant(), a_run(inside)).outcome is outcome


def test_a_hang_catches_a_mutant_only_where_hanging_is_what_it_causes() -> None:
    late = Run(cases=(), seconds=60.0, in_time=False, output="")

    assert judge(a_mutant(hangs=True), late).outcome is Outcome.HUNG
    assert judge(a_mutant(), late).outcome is Outcome.BROKEN


def test_nothing_was_run_is_no_green_run() -> None:
    assert not Run(cases=(), seconds=0.1, in_time=True, output="").is_green


def test_the_table_says_which_test_caught_a_mutant() -> None:
    known = next(iter(MUTANTS.values()))
    tried = judge(known, a_run('<failure message="AssertionError"/>'))

    page = render([tried], (), seconds=60)

    assert page.startswith("1 of 1 mutants are caught; 1 min")
    assert f"| {known.name} | {known.takes_out} | `test_it.py::test_it` | 1.5 |" in page
