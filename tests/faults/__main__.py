"""`make faults`: runs scenarios, prints their table, and writes it into docs/faults.md."""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from random import SystemRandom

import httpx
import psycopg
from confluent_kafka import KafkaException
from kvitt.local.problems import LocalProblem

from tests.faults.checker.evidence import Violation
from tests.faults.proxied import ProxiedWorld
from tests.faults.scenario import SCENARIOS, CannotRunHere, Judged, Scenario, judge
from tests.faults.world import World
from tests.telling import machine, say

_MODULES = (
    "processes",
    "servers",
    "group",
    "messages",
    "regions",
    "versions",
    "clocks",
    "disk",
    "network",
    "promoted",
)
_WORLDS: dict[str, type[World]] = {
    "plain": World,
    "proxied": ProxiedWorld,
    "promoted": World,
    "restored": World,
}
_BROKEN = (
    TimeoutError,
    AssertionError,
    LocalProblem,
    httpx.HTTPError,
    psycopg.Error,
    KafkaException,
)
_PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
_MARK = "<!-- the table: written by make faults -->"
_SHOWN = 8


def main(arguments: Sequence[str] | None = None) -> int:
    """Gives the exit code: 1 when an invariant does not hold."""
    for module in _MODULES:
        import_module(f"tests.faults.scenarios.{module}")
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--scenario", default="", help="names, with commas between")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--short", action="store_true", help="the short subset")
    parser.add_argument("--list", action="store_true", help="only list the scenarios")
    chosen = parser.parse_args(arguments)
    if chosen.list:
        for one in SCENARIOS.values():
            say(f"{one.name:24} {'short' if one.is_short else '     '}  {one.told}")
        return 0
    named = [SCENARIOS[name] for name in filter(None, chosen.scenario.split(","))]
    wanted = named or [one for one in SCENARIOS.values() if one.is_short or not chosen.short]
    begun = time.monotonic()
    directory = Path(tempfile.mkdtemp(prefix="kvitt-faults-"))
    say(f"seed {chosen.seed}; histories and logs are in {directory}")
    if chosen.short:  # one system for all: the proxies let pass what no scenario holds up
        wanted = [replace(one, world="proxied") for one in wanted]
    judged = run(wanted, directory=directory, seed=chosen.seed, say=say)
    table = render(judged, seed=chosen.seed, seconds=time.monotonic() - begun)
    say("\n" + table)
    if not named and not chosen.short:
        record(table)
    return 1 if any(one.violations for one in judged) else 0


def run(
    wanted: Iterable[Scenario], *, directory: Path, seed: int, say: Callable[[str], None]
) -> list[Judged]:
    """Run scenarios one after another; those that need the same kind of system share one, until
    one of them does not recover.
    """
    judged: list[Judged] = []
    kinds: dict[str, list[Scenario]] = {}
    for one in wanted:
        kinds.setdefault(one.world, []).append(one)
    for kind, scenarios in kinds.items():
        left, number = scenarios, 0
        while left:
            number += 1
            say(f"a {kind} system starts")
            world = _WORLDS[kind](directory / f"{kind}-{number}", seed=seed + number - 1, say=say)
            found = _run_in(world, left, seed, say)
            judged += found
            left = left[len(found) :]
    return judged


def _run_in(
    world: World, scenarios: Sequence[Scenario], seed: int, say: Callable[[str], None]
) -> list[Judged]:
    """Run them in one system, as far as it recovers."""
    judged: list[Judged] = []
    with world:
        for one in scenarios:
            say(f"{one.name}: {one.told}")
            begun = time.monotonic()
            try:
                found = judge(one, world, seed)
            except CannotRunHere as reason:
                found = Judged(scenario=one, skipped=str(reason), recovery=0.0)
            except _BROKEN as error:
                told = f"did not come to its end: {type(error).__name__}: {error}"
                violation = Violation("I8", "scenario", told[:400])
                seconds = time.monotonic() - begun
                found = Judged(scenario=one, violations=(violation,), seconds=seconds)
            say(f"  {_told(found)}")
            judged.append(found)
            if found.recovery is None:
                break
    return judged


def render(judged: Sequence[Judged], *, seed: int, seconds: float) -> str:
    """The table as Markdown, with what does not hold below it."""
    lines = [
        f"Seed {seed}, {seconds / 60:.0f} min, {machine()}.",
        "",
        "| scenario | fault | invariants | recovery | cases | repeated on the wire | figures |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in judged:
        figures = "; ".join(f"{name} {value}" for name, value in one.figures.items())
        if one.skipped:
            cells = ["skipped: " + one.skipped, "", "", "", figures]
        else:
            recovery = "never" if one.recovery is None else f"{one.recovery:.1f} s"
            held = _held(one)
            cells = [held, recovery, str(one.cases), str(one.duplicates), figures]
        lines.append("| " + " | ".join([one.scenario.name, one.scenario.told, *cells]) + " |")
    for one in judged:
        if one.violations:
            lines += ["", f"What does not hold in {one.scenario.name}:", ""]
            lines += [f"- {violation}" for violation in one.violations[:_SHOWN]]
            if len(one.violations) > _SHOWN:
                lines.append(f"- and {len(one.violations) - _SHOWN} more")
    return "\n".join(lines) + "\n"


def record(table: str) -> None:
    """Put the table into docs/faults.md, in the place of the one before."""
    before = _PAGE.read_text().partition(_MARK)[0]
    _PAGE.write_text(f"{before}{_MARK}\n\n{table}")


def _told(judged: Judged) -> str:
    if judged.skipped:
        return f"skipped: {judged.skipped}"
    found = "".join(f"\n    {one}" for one in judged.violations[:_SHOWN])
    recovery = "never" if judged.recovery is None else f"{judged.recovery:.1f} s"
    told = f"recovered in {recovery}, {judged.cases} cases, {judged.duplicates} repeated"
    return f"{_held(judged)}; {told}; {judged.figures}; {judged.seconds:.0f} s{found}"


def _held(judged: Judged) -> str:
    broken = sorted({one.invariant for one in judged.violations})
    if broken:
        return f"**{', '.join(broken)} broken**"
    left_out = ", ".join(sorted(judged.not_judged))
    return f"all others hold ({left_out} cannot)" if left_out else "all hold"


if __name__ == "__main__":
    sys.exit(main())
