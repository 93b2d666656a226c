"""`make rule-mutants`: breaks each built clause by itself, and says which of them no test sees.

A mutant is put into a copy of the tree, and its tests run there; all of them are green first
without any. Exit code 1 when a mutant survives or is broken, or the list does not fit the rules.
"""

import argparse
import sys
from collections.abc import Sequence
from time import monotonic

from tests.mutants.rules.lists import LISTS, RULE_MUTANTS, chosen
from tests.mutants.rules.rule_mutant import faults_of
from tests.mutants.tree import ROOT
from tests.mutants.trial import Tried
from tests.mutants.trying import are_green, attempts, print_list, ready
from tests.telling import machine, say


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code."""
    parser = argparse.ArgumentParser(prog="make rule-mutants", description=__doc__)
    parser.add_argument(
        "--mutant",
        default="",
        help=f"with commas between: {', '.join(LISTS)}; a rule, a clause, or a mutant's name",
    )
    parser.add_argument("--list", action="store_true", help="only list the mutants")
    asked = parser.parse_args(arguments)
    try:
        wanted = chosen(asked.mutant)
    except LookupError as error:
        parser.error(f"nothing is called {error}; LIST=1 names all mutants")
    if asked.list:
        print_list(wanted)
        return 0
    if faults := faults_of(RULE_MUTANTS.values(), domain=_domain()):
        say("\n".join(faults))
        return 1
    began = monotonic()
    with ready() as runner:
        tried = attempts(runner, wanted) if are_green(runner, wanted) else []
    say("\n" + summary(tried, seconds=monotonic() - began))
    return 0 if tried and all(one.is_caught for one in tried) else 1


def summary(tried: Sequence[Tried], *, seconds: float) -> str:
    """How many were caught, and each that was not, with its clause."""
    missed = [one for one in tried if not one.is_caught]
    lines = [f"{one.mutant.name} {one.outcome}: {one.mutant.takes_out}" for one in missed]
    caught = f"{len(tried) - len(missed)} of {len(tried)} rule mutants are caught"
    return "\n".join([*lines, f"{caught}; {seconds / 60:.0f} min, {machine()}."])


def _domain() -> str:
    return (ROOT / "docs" / "domain.md").read_text()


if __name__ == "__main__":
    sys.exit(main())
