"""Which test covers which rule: the ids of docs/domain.md against the tests' marks. Runs no test.

`python -m kvitt.rules` prints each rule with its tests; exit code 1 when a mark names no rule.
`--untested` prints only the rules without a test.
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_RULE = re.compile(r"^- \*\*([A-Z]{3}-\d+)\*\*\s*(.*)$")
_TESTS = ("contracts", "chassis", "services", "deploy", "tests")
_WIDTH = 90
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Mark:
    """One `@pytest.mark.rule` on one test."""

    rule: str
    file: Path
    line: int
    test: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line} {self.test}"


def rules(domain: str) -> dict[str, str]:
    """Rule id → the beginning of its text, in the order of the document."""
    found = (_RULE.match(line) for line in domain.splitlines())
    return {match[1]: match[2] for match in found if match}


def marks(files: Iterable[Path], *, root: Path) -> list[Mark]:
    """Every rule mark on a test: its own, its class's, or that of its module's `pytestmark`."""
    return [mark for file in files for mark in _marks_of(file, root)]


def main() -> None:
    """Print the table for the repository in the working directory."""
    root = Path.cwd()
    known = rules((root / "docs" / "domain.md").read_text())
    by_rule: dict[str, list[Mark]] = defaultdict(list)
    for mark in marks(_test_files(root), root=root):
        by_rule[mark.rule].append(mark)
    only_untested = "--untested" in sys.argv[1:]
    for rule, text in known.items():
        if only_untested and by_rule[rule]:
            continue
        _say(f"{rule:<7} {len(by_rule[rule]):>3}  {text[:_WIDTH]}")
        for mark in by_rule[rule]:
            _say(f"             {mark}")
    tested = sum(1 for rule in known if by_rule[rule])
    _say(f"\n{tested} of {len(known)} rules have a test.")
    unknown = [mark for rule, found in by_rule.items() if rule not in known for mark in found]
    for mark in unknown:
        _say(f"{mark}: there is no rule {mark.rule} in docs/domain.md")
    sys.exit(1 if unknown else 0)


def _test_files(root: Path) -> Iterator[Path]:
    for folder in _TESTS:
        yield from sorted((root / folder).rglob("test_*.py"))


def _marks_of(file: Path, root: Path) -> Iterator[Mark]:
    tree = ast.parse(file.read_text(), filename=str(file))
    place = file.relative_to(root)
    for test, inherited in _tests(tree.body, _module_marks(tree)):
        for rule in [*inherited, *_rule_ids(test.decorator_list)]:
            yield Mark(rule, place, test.lineno, test.name)


def _tests(
    body: list[ast.stmt], inherited: list[str]
) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[str]]]:
    for node in body:
        if isinstance(node, ast.ClassDef):
            yield from _tests(node.body, inherited + _rule_ids(node.decorator_list))
        elif isinstance(node, _FUNCTIONS) and node.name.startswith("test_"):
            yield node, inherited


def _module_marks(tree: ast.Module) -> list[str]:
    values = [
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(isinstance(name, ast.Name) and name.id == "pytestmark" for name in node.targets)
    ]
    return [
        rule
        for value in values
        for rule in _rule_ids(value.elts if isinstance(value, ast.List) else [value])
    ]


def _rule_ids(decorators: Iterable[ast.expr]) -> list[str]:
    return [
        argument.value
        for call in decorators
        if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("mark.rule")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
