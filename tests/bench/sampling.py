"""Of part `profile`: each service of the whole system under a steady load, as py-spy samples it.

Samples cost no calls, so short functions look no dearer than they are. Only who holds the
interpreter's lock is sampled: py-spy takes some waits for work.
"""

import asyncio
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tests.bench.machine import tell
from tests.bench.report import Table
from tests.bench.system import World, running

_HERTZ = 100
_ORDERS = 40
_TOP = 20
_FRAME = re.compile(r"^(?P<name>.*) \((?P<file>.*?)(?::(?P<line>\d+))?\)$")
_SITE = "site-packages"

Stack = tuple[tuple[str, str], ...]
"""Function and file from the outermost on."""


async def measure(*, quick: bool) -> Sequence[Table]:
    """The services at 40 orders a second."""
    seconds = 5 if quick else 20
    async with running() as world:
        await world.stock(deliveries=1)
        orders = [world.business.order() for _ in range(_ORDERS * (seconds + 6))]
        sending = asyncio.create_task(world.pace(orders, rate=_ORDERS))
        await asyncio.sleep(3)  # so that what is done once is done
        tell(f"py-spy for {seconds} s")
        found = await _sample(world, seconds)
        await sending
        await world.rest()
    return [_by_package(found, seconds), _by_cause(found, seconds), _by_function(found)]


async def _sample(world: World, seconds: int) -> dict[str, Counter[Stack]]:
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in world.system.services}
        await asyncio.gather(
            *(_record(world.pids[name], file, seconds) for name, file in files.items())
        )
        return {name: _read(file) for name, file in files.items()}


async def _record(pid: int, file: Path, seconds: int) -> None:
    """Raises RuntimeError where py-spy may not look at other processes."""
    recorder = await asyncio.create_subprocess_exec(
        *(str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid)),
        *("--duration", str(seconds), "--rate", str(_HERTZ), "--format", "raw"),
        *("--full-filenames", "--gil", "--output", str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await recorder.communicate()
    if recorder.returncode != 0:
        raise RuntimeError(f"py-spy: {said.decode().strip()[-200:]}")


def _read(file: Path) -> Counter[Stack]:
    stacks: Counter[Stack] = Counter()
    for line in file.read_text(encoding="utf-8").splitlines():
        frames, _, count = line.rpartition(" ")
        stacks[tuple(_frame(one) for one in frames.split(";"))] += int(count)
    return stacks


def _frame(text: str) -> tuple[str, str]:
    found = _FRAME.match(text)
    return (found["name"], found["file"]) if found else (text, "")


def _by_package(found: dict[str, Counter[Stack]], seconds: int) -> Table:
    rows = []
    for name, stacks in found.items():
        total = sum(stacks.values())
        own: Counter[str] = Counter()
        for stack, count in stacks.items():
            own[_package(stack[-1][1])] += count
        told = ", ".join(f"{one} {n / max(total, 1):.0%}" for one, n in own.most_common(10))
        rows.append([name, f"{total / _HERTZ / seconds:.0%}", told])
    return Table(
        f"Each service at {_ORDERS} orders/s for {seconds} s, by package: own time, as sampled",
        ["service", "holds the interpreter", "of which"],
        rows,
    )


def _by_cause(found: dict[str, Counter[Stack]], seconds: int) -> Table:
    """What is done on behalf of which of our functions, the innermost one."""
    ours: Counter[tuple[str, str]] = Counter()
    where: dict[tuple[str, str], Counter[str]] = {}
    total = 0
    for stacks in found.values():
        for stack, count in stacks.items():
            total += count
            place = next((one for one in reversed(stack) if _is_ours(one[1])), ("", ""))
            ours[place] += count
            where.setdefault(place, Counter())[_package(stack[-1][1])] += count
    return Table(
        f"All five services: our innermost function on whose behalf ({total / _HERTZ:.1f} s of "
        f"CPU in {seconds} s)",
        ["function", "share", "in which packages"],
        [
            [
                f"{Path(file).parent.name}/{Path(file).name}: {name}" if name else "none of ours",
                f"{count / max(total, 1):.1%}",
                ", ".join(one for one, _ in where[name, file].most_common(3)),
            ]
            for (name, file), count in ours.most_common(_TOP)
        ],
        "None of ours: threads, and SQLAlchemy's greenlets, whose callers py-spy does not see. "
        "process.py: the event loop, and libraries' own tasks.",
    )


def _by_function(found: dict[str, Counter[Stack]]) -> Table:
    own: Counter[tuple[str, str]] = Counter()
    for stacks in found.values():
        for stack, count in stacks.items():
            own[stack[-1]] += count
    total = sum(own.values())
    return Table(
        "All five services: the functions with the most time of their own",
        ["function", "share"],
        [
            [f"{_package(file)}: {Path(file).name} {name}".replace("|", "\\|"), f"{n / total:.1%}"]
            for (name, file), n in own.most_common(_TOP)
        ],
    )


def _is_ours(file: str) -> bool:
    return _SITE not in file and any(one in Path(file).parts for one in ("chassis", "services"))


def _package(file: str) -> str:
    parts = Path(file).parts
    if _SITE in parts:
        return Path(parts[parts.index(_SITE) + 1]).stem
    for ours in ("kvitt_chassis", "kvitt_contracts"):
        if ours in parts:
            return ours
    return "the service" if "services" in parts else "Python"
