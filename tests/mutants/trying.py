"""The way of a whole trial: a copy, servers, a run without any mutant, then each by itself."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kvitt.signals import while_it_is_read

from tests.mutants.mutant import Mutant
from tests.mutants.servers import running
from tests.mutants.tree import NotOnce, Tree, texts_with
from tests.mutants.trial import Runner, Tried
from tests.telling import say

_TO_BEGIN_SECONDS = 600.0
_TEST_SECONDS = 10.0


def print_list(mutants: Collection[Mutant]) -> None:
    """A line for each: its name, and what it takes out."""
    width = max(len(one.name) for one in mutants)
    with while_it_is_read():
        for one in mutants:
            say(f"{one.name:{width}} {one.takes_out}")


@contextmanager
def ready() -> Iterator[Runner]:
    """A runner in a copy of the tree, with a PostgreSQL and a Kafka of its own."""
    with tempfile.TemporaryDirectory(prefix="kvitt-mutants-") as directory:
        tree = Tree.copy(Path(directory) / "tree")
        with running(Path(directory) / "servers") as servers, Runner(tree, servers) as runner:
            yield runner


def stands(mutant: Mutant) -> bool:
    """True when each text that a mutant takes out stands there once; says so where it does not."""
    try:
        texts_with(mutant.swaps)
    except NotOnce as error:
        say(f"{mutant.name}: {error}")
        return False
    return True


def are_green(runner: Runner, wanted: Sequence[Mutant]) -> bool:
    """Run the tests of these mutants without any; tell when they say nothing."""
    # By file: what the tests of a module share is made once.
    tests = sorted({test for one in wanted for test in one.caught_by})
    say(f"without any mutant: {len(tests)} tests")
    # This run also makes the databases that services' tests copy: no mutant is ever in those.
    seconds = _TO_BEGIN_SECONDS + _TEST_SECONDS * len(tests)
    control = runner.run(tests, seconds=seconds, to_the_end=True)
    if control.is_green:
        say(f"  green in {control.seconds:.0f} s")
    else:
        say(f"{control.output}\nThese tests are red without any mutant: nothing can be said.")
    return control.is_green


def attempts(runner: Runner, wanted: Sequence[Mutant]) -> list[Tried]:
    """Try one after the other, and tell what became of each at once."""
    tried = []
    for number, one in enumerate(wanted, start=1):
        done = runner.attempt(one)
        tried.append(done)
        say(f"{number}/{len(wanted)} {one.name}: {done.outcome}, {done.seconds:.1f} s")
        say(f"    {done.by or done.said}" if done.is_caught else f"    {done.said}")
    return tried
