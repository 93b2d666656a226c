"""What a rule mutant is, and which are refused; which ones there are stands beside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from kvitt.rules import marks, rules

from tests.mutants.mutant import Mutant, Swap
from tests.mutants.tree import ROOT, NotOnce, texts_with


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleMutant(Mutant):
    """A clause of docs/domain.md (`BMB-4a`) that no longer holds."""

    clause: str


# decision 0230: a rule mutant per clause
def rule_mutant(
    clause: str,
    takes_out: str,
    file: str,
    old: str,
    new: str,
    *caught_by: str,
    more: tuple[Swap, ...] = (),
    seconds: float = 60.0,
) -> RuleMutant:
    """A change after which a clause does not hold.

    `takes_out` says in a sentence what is wrong then; in `file` (from the root of the tree) the
    text `old`, which stands there exactly once, becomes `new`; `caught_by` are the tests that turn
    red, each with the clause's mark. `more` are further changes, `seconds` how long they may take.
    """
    return RuleMutant(
        name=clause,
        clause=clause,
        takes_out=takes_out,
        swaps=(Swap(file, old, new), *more),
        caught_by=caught_by,
        seconds=seconds,
    )


def numbered(mutants: Iterable[RuleMutant]) -> Iterator[RuleMutant]:
    """Each with a name of its own: the first of a clause has the clause's, then `BMB-4a-2` …"""
    count: Counter[str] = Counter()
    for one in mutants:
        count[one.clause] += 1
        number = count[one.clause]
        yield one if number == 1 else replace(one, name=f"{one.clause}-{number}")


def faults_of(mutants: Iterable[RuleMutant], *, domain: str, root: Path = ROOT) -> list[str]:
    """Why mutants are refused, a line each: no such clause, no such text, a test without its mark.

    `domain` is the text of docs/domain.md, `root` the tree that tests are named from.
    """
    clauses = {clause for one in rules(domain).values() for clause in one}
    chosen = list(mutants)
    files = sorted({root / test.partition("::")[0] for one in chosen for test in one.caught_by})
    marked: dict[str, set[str]] = {}
    for mark in marks([file for file in files if file.is_file()], root=root):
        marked.setdefault(f"{mark.file}::{mark.test}", set()).add(mark.clause)
    return [
        f"{one.name}: {fault}" for one in chosen for fault in _faults(one, clauses, marked, root)
    ]


def _faults(
    mutant: RuleMutant, clauses: set[str], marked: Mapping[str, set[str]], root: Path
) -> Iterator[str]:
    if mutant.clause not in clauses:
        yield f"there is no clause {mutant.clause} in docs/domain.md"
    if not mutant.caught_by:
        yield "no test is named that catches it"
    for test in mutant.caught_by:
        file, _, name = test.partition("[")[0].partition("::")
        if mutant.clause not in marked.get(f"{file}::{name.rpartition('::')[2]}", ()):
            yield f"{test} is no test with the mark {mutant.clause}"
    try:
        texts_with(mutant.swaps, root=root)
    except (NotOnce, FileNotFoundError) as error:
        yield str(error)
