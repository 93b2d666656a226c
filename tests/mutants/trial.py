"""A run of some tests in the copy, and what came of it: red by a test's own judgement, or not.

A test that cannot be collected, whose fixture fails, or that ends by an error of names or imports
has judged nothing: such a mutant is broken, not caught.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from select import select
from time import monotonic
from xml.etree import ElementTree as ET

from tests.mutants.mutant import Mutant
from tests.mutants.tree import Tree

_CONTROL_SECONDS = 600.0
_BROKEN = (
    "ImportError",
    "ModuleNotFoundError",
    "SyntaxError",
    "NameError",
    "UnboundLocalError",
    "AttributeError",
    "TypeError",
)
_WITHOUT = ("-p", "no:cacheprovider", "-p", "no:faker")  # the second takes a second to begin
_SHOWN = 4_000


class Outcome(StrEnum):
    """What became of a mutant."""

    CAUGHT = "caught"
    HUNG = "caught by the time limit"
    SURVIVED = "survived"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One test of a run: `kind` is passed, failed, error or skipped, `said` how it failed."""

    test: str
    kind: str
    said: str
    seconds: float

    @property
    def judges(self) -> bool:
        """True when the test has failed by what it found, not by how the mutant is written."""
        return self.kind == "failed" and not self.said.startswith(_BROKEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Some tests in one process of pytest. `cases` is empty when it came to none."""

    cases: tuple[Case, ...]
    seconds: float
    in_time: bool
    output: str

    @property
    def is_green(self) -> bool:
        """True when something was run and all of it passed."""
        return bool(self.cases) and all(one.kind == "passed" for one in self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A mutant and what became of it; `by` is the test that caught it, `said` what it said."""

    mutant: Mutant
    outcome: Outcome
    by: str
    said: str
    seconds: float

    @property
    def is_caught(self) -> bool:
        """True when tests see that the mechanism is out."""
        return self.outcome in {Outcome.CAUGHT, Outcome.HUNG}


class Runner:
    """Runs tests in a copy, one run at a time, each in a fork of a process that is warm already."""

    def __init__(self, tree: Tree, servers: Mapping[str, str]) -> None:
        self._tree = tree
        self._report = tree.directory / ".mutants.xml"
        self._log = tree.directory / ".mutants.log"
        self._warm = subprocess.Popen(
            [sys.executable, "-m", "tests.mutants.warm"],
            cwd=tree.directory,
            env={**tree.environment(), **servers},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def __enter__(self) -> "Runner":
        return self

    def __exit__(self, *_: object) -> None:
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        self._warm.wait()

    def run(
        self,
        tests: Sequence[str],
        *,
        seconds: float = _CONTROL_SECONDS,
        to_the_end: bool = False,
    ) -> Run:
        """Run tests up to the first that fails, or all of them `to_the_end`."""
        self._report.unlink(missing_ok=True)
        arguments = ["-q", "--tb=short", *_WITHOUT, f"--junitxml={self._report}"]
        arguments += ["-o", "junit_family=xunit1", *([] if to_the_end else ["-x"]), *tests]
        began = monotonic()
        in_time = self._await({"arguments": arguments, "log": str(self._log)}, seconds)
        return Run(
            cases=read(self._report.read_text()) if self._report.exists() else (),
            seconds=monotonic() - began,
            in_time=in_time,
            output=self._log.read_text(errors="replace")[-_SHOWN:],
        )

    def attempt(self, mutant: Mutant) -> Tried:
        """Put a mutant in, run its tests, take it out again. Raises NotOnce."""
        with self._tree.mutated(mutant.swaps):
            done = self.run(mutant.caught_by, seconds=mutant.seconds)
        return judge(mutant, done)

    def _await(self, order: Mapping[str, object], seconds: float) -> bool:
        """Order a run and wait; one that is not done in time is ended with all that it started."""
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.write(json.dumps(order).encode() + b"\n")
        child = int(self._warm.stdout.readline())
        in_time = False
        try:
            in_time = bool(select([self._warm.stdout], [], [], seconds)[0])
        finally:
            if not in_time:
                os.killpg(child, signal.SIGKILL)
        self._warm.stdout.readline()
        return in_time


def judge(mutant: Mutant, done: Run) -> Tried:
    """What a run says of a mutant."""
    red = next((one for one in done.cases if one.judges), None)
    if red is not None:
        outcome, by, said = Outcome.CAUGHT, red.test, red.said
    elif not done.in_time:
        outcome = Outcome.HUNG if mutant.hangs else Outcome.BROKEN
        by, said = mutant.caught_by[0], f"took longer than {mutant.seconds:.0f} s"
    elif done.is_green:
        outcome, by, said = Outcome.SURVIVED, "", ""
    else:
        outcome, by, said = Outcome.BROKEN, "", done.output
    return Tried(mutant=mutant, outcome=outcome, by=by, said=said, seconds=done.seconds)


def read(report: str) -> tuple[Case, ...]:
    """The tests of a JUnit report."""
    return tuple(_case(one) for one in ET.fromstring(report).iter("testcase"))


def _case(element: ET.Element) -> Case:
    kind, said = "passed", ""
    for tag, name in (("error", "error"), ("failure", "failed"), ("skipped", "skipped")):
        found = element.find(tag)
        if found is not None:
            kind, said = name, found.get("message") or ""
            break
    return Case(
        test=f"{element.get('file')}::{element.get('name')}",
        kind=kind,
        said=said,
        seconds=float(element.get("time") or 0),
    )
