"""`make mutants`: tries mutants, prints what became of each, and writes docs/mutants.md."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from time import monotonic

from tests.mutants.business import BUSINESS
from tests.mutants.isolation import ISOLATION
from tests.mutants.local import LOCAL
from tests.mutants.mutant import Mutant
from tests.mutants.operating import OPERATING
from tests.mutants.outside import OUTSIDE
from tests.mutants.receiving import RECEIVING
from tests.mutants.reconciling import RECONCILING
from tests.mutants.sending import SENDING
from tests.mutants.sharing import SHARING
from tests.mutants.tree import ROOT
from tests.mutants.trial import Case, Outcome, Tried
from tests.mutants.trying import are_green, attempts, print_list, ready, stands
from tests.mutants.web import WEB
from tests.telling import machine, say

GROUPS: Mapping[str, tuple[Mutant, ...]] = {
    "The way out: event log and relay": SENDING,
    "The way in: marks, batches, offsets, the group": RECEIVING,
    "From outside: regions, quarantine, HTTP, privacy, contracts": (*OUTSIDE, *WEB),
    "Isolation: one region, caller or connection stops no other": ISOLATION,
    "Operating: whose share, by whose name, with which limits": OPERATING,
    "Reconciliation: what each night finds, and who is told": RECONCILING,
    "Sharing: regions' turns, the park's cap, the drain": SHARING,
    "The business": BUSINESS,
    "The local machine": LOCAL,
}
MUTANTS = {one.name: one for group in GROUPS.values() for one in group}
PLANTED = "tests/simulation/test_simulation.py::test_a_planted_fault_is_seen"

_PAGE = ROOT / "docs" / "mutants.md"
_MARK = "<!-- the tables: written by make mutants -->"


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 when a mutant is not caught, or a test is red without any."""
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("--mutant", default="", help="names, with commas between")
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        print_list(MUTANTS.values())
        return 0
    names = [name for name in chosen.mutant.split(",") if name]
    if unknown := set(names) - MUTANTS.keys():
        parser.error(f"no mutant is called {', '.join(sorted(unknown))}; LIST=1 names them all")
    wanted = [MUTANTS[name] for name in names or MUTANTS]
    if [one for one in wanted if not stands(one)]:
        return 1
    began = monotonic()
    planted: tuple[Case, ...] = ()
    with ready() as runner:
        if not are_green(runner, wanted):
            return 1
        if not names:
            planted = runner.run([PLANTED], to_the_end=True).cases
            say(f"  {len(planted)} faults are planted in the simulation")
        tried = attempts(runner, wanted)
    page = render(tried, planted, seconds=monotonic() - began)
    say("\n" + page)
    if not names:
        _PAGE.write_text(f"{_PAGE.read_text().partition(_MARK)[0]}{_MARK}\n\n{page}")
    unseen = [one.test for one in planted if one.kind != "passed"]
    return 1 if unseen or not all(one.is_caught for one in tried) else 0


def render(tried: Sequence[Tried], planted: Sequence[Case], *, seconds: float) -> str:
    """The tables as Markdown."""
    caught = sum(one.is_caught for one in tried)
    lines = [f"{caught} of {len(tried)} mutants are caught; {seconds / 60:.0f} min, {machine()}."]
    by_mutant = {one.mutant.name: one for one in tried}
    for title, group in GROUPS.items():
        rows = [by_mutant[one.name] for one in group if one.name in by_mutant]
        if rows:
            lines += ["", f"### {title}", "", "| mutant | what it takes out | caught by | s |"]
            lines += ["| --- | --- | --- | --- |", *map(_row, rows)]
    if planted:
        lines += ["", "### Planted in the simulation", "", "| fault | seen | s |"]
        lines += ["| --- | --- | --- |", *map(_planted_row, planted)]
    return "\n".join(lines) + "\n"


def _row(tried: Tried) -> str:
    by = f"`{tried.by}`" if tried.is_caught else f"**{tried.outcome}**"
    if tried.outcome is Outcome.HUNG:
        by += f", {tried.outcome}"
    return f"| {tried.mutant.name} | {tried.mutant.takes_out} | {by} | {tried.seconds:.1f} |"


def _planted_row(case: Case) -> str:
    fault = case.test.partition("[")[2].removesuffix("]")
    return f"| {fault} | {'yes' if case.kind == 'passed' else '**no**'} | {case.seconds:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
