"""`make bench BESIDE=<commit>`: that commit and what stands here, measured in turns on one machine.

Each runs its own code in its own checkout and .venv: the contenders of the parts on the same two
servers, each on a database and topics of its own; the whole system and the month with their own.
PART chooses parts; QUICK=1 measures little, and writes under .kvitt instead of docs.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import groupby
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from kvitt.local.problems import LocalProblem
from kvitt.signals import ended_by_signals
from kvitt_contracts.topics import Topic

from tests.bench import counted, report
from tests.bench.contest import Arena, open_arena, run_alone
from tests.bench.machine import description, tell
from tests.bench.report import Section, Table
from tests.faults.flooding import FLOODS

_ROOT = Path(__file__).parents[2]
_EITHER = Path(__file__).with_name("either.py")
_OVERLAID = Path(__file__).with_name("overlaid.py")
_LONGEST = 900.0
_NOISE = 1.03
_PREFACE = """\
# Beside an older commit

Written by `make bench BESIDE=<commit>`: the commit and what stood here then, in turns in one run,
each in processes of its own, with its own lock and its own code. *Times as fast* compares the two
of one round: above 1 is faster now, also where less is better (ms). **faster** and **slower** are
said where every round agrees and the median differs by more than 3 %; with fewer than three rounds
never.

"""


@dataclass(frozen=True, slots=True)
class Side:
    """A commit's checkout with its .venv."""

    name: str
    root: Path

    @property
    def python(self) -> str:
        return str(self.root / ".venv" / "bin" / "python")

    def call(self, function: str, **arguments: Any) -> Any:
        """Run a function of `either.py` there. Raises RuntimeError with what it said last."""
        command = [self.python, "-c", _EITHER.read_text(encoding="utf-8"), function]
        return json.loads(_run(command, cwd=self.root, given=json.dumps(arguments)))


@dataclass(slots=True)
class Job:
    """Something to measure: `measure` answers figures by `name|unit`; a rate's unit ends in /s."""

    part: str
    rounds: int
    measure: Callable[[Side], dict[str, float]]
    found: list[dict[Side, dict[str, float]]] = field(default_factory=list)
    failed: str = ""


def main() -> int:
    """Exit code 1 when something could not be measured, 2 for a commit that is not there, 130 when
    interrupted; what was found until then is written all the same.
    """
    quick = os.environ.get("QUICK") == "1"
    begun, machine = monotonic(), description()
    try:
        old = _checkout(sys.argv[1])
    except (IndexError, RuntimeError) as error:
        sys.stderr.write(f"No such commit, or it cannot be installed: {error}\n")
        return 2
    new = Side(_git("describe", "--always", "--dirty", "--abbrev=9") + " (here)", _ROOT)
    chosen = os.environ.get("PART", "").split()
    jobs: list[Job] = []
    is_whole = False
    with suppress(KeyboardInterrupt), ended_by_signals():
        for some in (_contests, _wholes):
            some(jobs, old, new, chosen, quick=quick)
        is_whole = True
    section = Section("beside", f"{new.name} beside {old.name}", machine=machine)
    tried = [job for job in jobs if job.found or job.failed]
    by_part = groupby(tried, key=lambda job: job.part)
    section.tables += [_table(part, list(some), old, new) for part, some in by_part]
    section.seconds = monotonic() - begun
    folder = (_ROOT / ".kvitt" / "bench" if quick else _ROOT / "docs") / "performance"
    report.keep(section, folder)
    (folder / "beside.md").write_text(_PREFACE + section.text(), encoding="utf-8")
    sys.stdout.write(section.text() + "\n")
    if not is_whole:
        return 130
    return 1 if any(job.failed for job in jobs) else 0


def _in_turns(jobs: Sequence[Job], old: Side, new: Side) -> None:
    for turn in range(max((job.rounds for job in jobs), default=0)):
        for job in jobs:
            if turn < job.rounds and not job.failed:
                _measure(job, (old, new) if turn % 2 == 0 else (new, old))


def _measure(job: Job, sides: Sequence[Side]) -> None:
    found = {}
    for side in sides:
        tell(f"{job.part}: {side.name}")
        try:
            found[side] = job.measure(side)
        except (RuntimeError, LocalProblem) as error:
            job.failed = f"{side.name}: {str(error)[:200]}"
            tell(f"failed: {job.failed}")
            return
    job.found.append(found)


# -- what is measured -----------------------------------------------------------------------------


_BOTH, _RELAYED = (counted.CONSUMED, counted.EMITTED), (counted.EMITTED,)
# part, name, contender, what `either` prepares for it, events, topics
_CONTENDERS = (
    ("consumer", "handlers with rules", "consuming:handlers", "messages", 20_000, _BOTH),
    ("consumer", "one by one", "consuming:one_by_one", "messages", 2_000, _BOTH),
    ("consumer", "batches of one", "consuming:singly", "messages", 1_000, _BOTH),
    ("consumer", "all seen before", "consuming:replayed", "messages", 20_000, _BOTH),
    ("relay", "a backlog", "relaying:relay", "backlog", 30_000, _RELAYED),
    ("relay", "100 a second", "pacing:kvitt", "", 500, _RELAYED),
    ("writing", "a row and its event", "writing:with_event", "", 3_000, _BOTH),
    ("writing", "due timers", "writing:timers", "timers", 10_000, _BOTH),
)


def _contests(jobs: list[Job], old: Side, new: Side, chosen: Sequence[str], *, quick: bool) -> None:
    """Measure the contenders of the parts, on the same two servers; adds them to `jobs`."""
    wanted = [one for one in _CONTENDERS if not chosen or one[0] in chosen]
    if not wanted:
        return
    rounds, share = (1, 0.1) if quick else (5, 1.0)
    with open_arena() as arena:
        contend = partial(_contend, arena, share)
        jobs += [Job(part, rounds, partial(contend, *what)) for part, *what in wanted]
        _in_turns(jobs, old, new)


def _wholes(jobs: list[Job], old: Side, new: Side, chosen: Sequence[str], *, quick: bool) -> None:
    """Measure the whole system and the month, each with servers of its own; adds them to `jobs`."""
    rounds = 1 if quick else 3
    how = {"rate": 20, "seconds": 5 if quick else 30, "burst": 20 if quick else 300}
    wholes = [
        Job("system", rounds, lambda side: dict(side.call("whole", **how))),
        Job("month", rounds, _month),
    ]
    wholes += [
        Job("one-bad-region", rounds, partial(_flooded, flood, 5 if quick else 20))
        for flood in FLOODS
    ]
    wanted = [job for job in wholes if not chosen or job.part in chosen]
    jobs += wanted
    _in_turns(wanted, old, new)


def _contend(
    arena: Arena,
    share: float,
    name: str,
    contender: str,
    prepare: str,
    events: int,
    topics: Sequence[Topic],
    side: Side,
) -> dict[str, float]:
    rate = 100.0 if contender.startswith("pacing") else 0.0
    place = arena.place(
        max(int(events * share), 200),
        topics=topics,
        rate=rate,
        make_tables=lambda url: side.call("tables", owner_url=url),
    )
    try:
        if prepare:
            more = {"pending": int(100_000 * share)} if prepare == "timers" else {}
            side.call(prepare, place=asdict(place), **more)
        said = run_alone(contender, place, python=side.python, root=side.root)
    finally:
        arena.leave(place)
    own = f"{name}, own CPU|µs/event"
    figures = {own: said["shares"]["python"] / said["rate"] * 1e6}
    if rate:
        return figures | {
            f"{name}: commit to Kafka, {one}|ms": 1000 * said["more"][one] for one in ("p50", "p99")
        }
    return {f"{name}|events/s": said["rate"]} | figures


def _month(side: Side) -> dict[str, float]:
    """`kvitt run --once`: the regions' month, told and judged, servers and all."""
    with tempfile.TemporaryDirectory(prefix="kvitt-beside-", ignore_cleanup_errors=True) as state:
        begun = monotonic()
        command = [str(side.root / ".venv" / "bin" / "kvitt"), "run", "--once", "--state", state]
        _run(command, cwd=side.root)
        return {"a month of the regions, from nothing to told|s": monotonic() - begun}


def _flooded(flood: str, seconds: int, side: Side) -> dict[str, float]:
    """What floods and looks is of here, what is flooded of the side."""
    text = _OVERLAID.read_text(encoding="utf-8")
    command = [side.python, "-c", text, str(_ROOT), flood, str(seconds)]
    found: dict[str, float] = json.loads(_run(command, cwd=side.root))
    return found


# -- the table ------------------------------------------------------------------------------------


def _table(part: str, jobs: Sequence[Job], old: Side, new: Side) -> Table:
    rows = []
    for job in jobs:
        if job.failed:
            rows.append([f"failed at {job.failed}", "", "", "", "", ""])
        for named in job.found[0][new] if job.found else ():
            name, unit = named.split("|")
            before, now = ([one[side][named] for one in job.found] for side in (old, new))
            times = [
                after / earlier if unit.endswith("/s") else earlier / after
                for earlier, after in zip(before, now, strict=True)
            ]
            rows.append([name, unit, _told(before), _told(now), _told(times), _verdict(times)])
    rounds = max(len(job.found) for job in jobs)
    title = f"{part}, {rounds} round{'s' * (rounds != 1)}"
    medians = [f"{side.name}: median (lowest–highest)" for side in (old, new)]
    return Table(title, ["", "unit", *medians, "times as fast", ""], rows)


def _told(values: Sequence[float]) -> str:
    """The median and the spread, to three figures."""

    def short(value: float) -> str:
        return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"

    return f"{short(median(values))} ({short(min(values))}–{short(max(values))})"


def _verdict(times: Sequence[float]) -> str:
    if len(times) < 3:
        return ""
    if min(times) > 1 and median(times) > _NOISE:
        return "**faster**"
    return "**slower**" if max(times) < 1 and median(times) < 1 / _NOISE else "the same"


# -- the other commit -----------------------------------------------------------------------------


def _checkout(commit: str) -> Side:
    """The commit's files and its .venv under .kvitt/beside, made the first time."""
    sha = _git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}")
    root = _ROOT / ".kvitt" / "beside" / sha[:9]
    if not root.exists():
        tell(f"a checkout of {sha[:9]}")
        partial_root = root.with_suffix(".partial")
        shutil.rmtree(partial_root, ignore_errors=True)
        partial_root.mkdir(parents=True)
        archive = subprocess.run(
            ["git", "archive", sha], cwd=_ROOT, stdout=subprocess.PIPE, check=True
        )
        subprocess.run(["tar", "-x"], cwd=partial_root, input=archive.stdout, check=True)
        partial_root.rename(root)
    _run(["make", "install", f"PYTHON={Path(sys.executable).resolve()}"], cwd=root)
    return Side(sha[:9], root)


def _git(*arguments: str) -> str:
    return _run(["git", *arguments], cwd=_ROOT)


def _run(command: Sequence[str], *, cwd: Path, given: str = "") -> str:
    """The last line that the command wrote. Raises RuntimeError with what it said last."""
    # what `make bench` was told is not for the other commit's make
    environment = {k: v for k, v in os.environ.items() if k not in _MAKES_OWN}
    try:
        done = subprocess.run(
            command, cwd=cwd, env=environment, input=given, timeout=_LONGEST, check=False,
            capture_output=True, text=True,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"not done within {_LONGEST:.0f} s: {command[0]}") from error
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()
        raise RuntimeError(said[-1])
    return (done.stdout.strip().splitlines() or [""])[-1]


_MAKES_OWN = {"MAKEFLAGS", "MAKEOVERRIDES", "MFLAGS", "MAKELEVEL", "PART", "QUICK", "MINUTES"}


if __name__ == "__main__":
    sys.exit(main())
