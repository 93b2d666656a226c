"""Which tests cover which clause: the letters of docs/domain.md and the tests' marks. Runs no test.

`python -m kvitt.rules` prints each rule and each of its clauses, with *done*, *begun* or *not
begun*, its tests, and how many rule mutants it has; exit code 1 when a mark names no clause.
`--untested` prints only the clauses without a test.
"""

import ast
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kvitt.signals import while_it_is_read

_RULE = re.compile(r"^- \*\*([A-Z]{3}-\d+)\*\*")
_LETTER = re.compile(r"(?:^|(?<=\s))\(([a-z])\)\s")
_TESTS = (
    "contracts",
    "chassis",
    "documents",
    "files",
    "services",
    "portal",
    "deploy",
    "testkit",
    "tests",
)
_MUTANTS = Path("tests", "mutants", "rules")
_WIDTH = 90
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


class State(StrEnum):
    """How far a rule has come: each of its clauses has a test, some have, none has."""

    DONE = "done"
    BEGUN = "begun"
    NOT_BEGUN = "not begun"


@dataclass(frozen=True, slots=True)
class Mark:
    """One `@pytest.mark.rule` on one test; `clause` is what it names."""

    clause: str
    file: Path
    line: int
    test: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.test}"


def rules(domain: str) -> dict[str, dict[str, str]]:
    """Rule id → clause id (`BMB-4a`) → its text, in the order of the document.

    A rule is a list item with its continuation lines. Raises ValueError when a rule has no clause,
    or two of one letter.
    """
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in domain.splitlines():
        if match := _RULE.match(line):
            lines = found[match[1]] = [line[match.end() :]]
        elif line.startswith("  ") and lines:
            lines.append(line)
        else:
            lines = []
    return {rule: _clauses(rule, " ".join(text)) for rule, text in found.items()}


def marks(files: Iterable[Path], *, root: Path) -> list[Mark]:
    """Every rule mark on a test: its own, its class's, or that of its module's `pytestmark`."""
    return [mark for file in files for mark in _marks_of(file, root)]


def mutants(files: Iterable[Path]) -> Counter[str]:
    """How many rule mutants each clause has, by the first argument of each `rule_mutant(…)`."""
    return Counter(
        clause
        for file in files
        for call in ast.walk(ast.parse(file.read_text(), filename=str(file)))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "rule_mutant"
        for clause in _texts(call.args[:1])
    )


def state(clauses: Iterable[str], tested: Mapping[str, Sequence[Mark]]) -> State:
    """How far a rule with these clauses has come."""
    covered = [bool(tested.get(clause)) for clause in clauses]
    return State.DONE if all(covered) else State.BEGUN if any(covered) else State.NOT_BEGUN


def main() -> None:
    """Print the table for the repository in the working directory, as far as it is read."""
    root = Path.cwd()
    known = rules((root / "docs" / "domain.md").read_text())
    tested: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks(_test_files(root), root=root):
        tested[mark.clause].append(mark)
    mutated = mutants(sorted((root / _MUTANTS).glob("*.py")))
    only_untested = "--untested" in sys.argv[1:]
    wrong = list(_wrong_marks(known, tested))
    with while_it_is_read():
        for rule, clauses in known.items():
            _print_rule(rule, clauses, tested, mutated, only_untested=only_untested)
        _print_sums(known, tested, mutated)
        for line in wrong:
            _print(line)
    sys.exit(1 if wrong else 0)


def _print_rule(
    rule: str,
    clauses: Mapping[str, str],
    tested: Mapping[str, Sequence[Mark]],
    mutated: Counter[str],
    *,
    only_untested: bool,
) -> None:
    shown = [one for one in clauses if not (only_untested and tested.get(one))]
    if not shown:
        return
    covered = sum(bool(tested.get(clause)) for clause in clauses)
    _print(f"{rule:<7} {state(clauses, tested)}, {covered} of {len(clauses)} clauses")
    for clause in shown:
        found = tested.get(clause, ())
        tests = f"{State.DONE if found else State.NOT_BEGUN:<9}  {len(found):>3} tests"
        _print(f"  {clause:<7} {tests} {mutated[clause]:>2} mutants  {clauses[clause][:_WIDTH]}")
        for mark in found:
            _print(f"             {mark}")


def _print_sums(
    known: Mapping[str, Mapping[str, str]],
    tested: Mapping[str, Sequence[Mark]],
    mutated: Counter[str],
) -> None:
    clauses = [clause for one in known.values() for clause in one]
    done = [clause for clause in clauses if tested.get(clause)]
    unmutated = [clause for clause in done if not mutated[clause]]
    states = Counter(state(one, tested) for one in known.values())
    _print("\n" + f"{len(known)} rules: " + ", ".join(f"{states[one]} {one}" for one in State))
    _print(f"{len(clauses)} clauses: {len(done)} done, {len(clauses) - len(done)} not begun")
    _print(f"{mutated.total()} rule mutants; {len(unmutated)} clauses are done and have none:")
    _print("  " + " ".join(unmutated))


def _wrong_marks(
    known: Mapping[str, Mapping[str, str]], tested: Mapping[str, Sequence[Mark]]
) -> Iterator[str]:
    """A line for each mark that names no clause."""
    clauses = {clause for one in known.values() for clause in one}
    for named in (one for one in tested if one not in clauses):
        is_rule = named in known
        fault = "is a whole rule: name the clause" if is_rule else "is no clause of docs/domain.md"
        for mark in tested[named]:
            yield f"{mark}: {named} {fault}"


def _clauses(rule: str, text: str) -> dict[str, str]:
    _, *parts = _LETTER.split(text)
    letters, texts = parts[::2], parts[1::2]
    if not letters or len(set(letters)) != len(letters):
        raise ValueError(f"{rule} has {', '.join(letters) or 'no'} clauses")
    return {
        f"{rule}{letter}": " ".join(one.split()) for letter, one in zip(letters, texts, strict=True)
    }


def _test_files(root: Path) -> Iterator[Path]:
    for folder in _TESTS:
        yield from sorted((root / folder).rglob("test_*.py"))


def _marks_of(file: Path, root: Path) -> Iterator[Mark]:
    tree = ast.parse(file.read_text(), filename=str(file))
    place = file.relative_to(root)
    for test, inherited in _tests(tree.body, _module_marks(tree)):
        for clause in [*inherited, *_named(test.decorator_list)]:
            yield Mark(clause, place, test.lineno, test.name)


def _tests(
    body: list[ast.stmt], inherited: list[str]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, inherited + _named(node.decorator_list))
        elif isinstance(node, _FUNCTIONS) and node.name.startswith("test_"):
            yield node, inherited


def _module_marks(tree: ast.Module) -> list[str]:
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets)
    ]
    return _named(values)


def _named(decorators: Iterable[ast.expr]) -> list[str]:
    """What the rule marks among these name; also that of one case (`pytest.param(marks=…)`)."""
    return [
        clause
        for decorator in decorators
        for call in ast.walk(decorator)
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.rule")
        for clause in _texts(call.args)
    ]


def _texts(arguments: Iterable[ast.expr]) -> Iterator[str]:
    for one in arguments:
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            yield one.value


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
