"""Part `profile`: where Python's time goes, by package and by function: the whole system as py-spy
samples it, consumer and relay alone as cProfile counts them.

To cProfile calls that are many and short look dearer than they are.
"""

import asyncio
import cProfile
import pstats
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import process_time
from typing import Any

from tests.bench import counted, sampling
from tests.bench.backlog import fill
from tests.bench.consuming import publish
from tests.bench.contest import open_arena, run_alone
from tests.bench.report import Section, Table

_TOP = 14
_NOT_OURS = ("run_forever", "epoll", "gc.collect")  # waiting, and what the bench itself does


async def measure(*, quick: bool) -> Section:
    """The consumer's handlers, and the relay."""
    section = Section("profile", "Where the time goes")
    section.tables += await sampling.measure(quick=quick)
    with open_arena() as arena:
        place = arena.place(1_000 if quick else 20_000)
        await publish(place)
        said = await asyncio.to_thread(run_alone, "profiling:handlers", place)
        section.tables += _tables("The consumer, handlers with rules", said)
        arena.leave(place)
        place = arena.place(200 if quick else 1_000)
        await publish(place)
        said = await asyncio.to_thread(run_alone, "profiling:singly", place)
        section.tables += _tables("The consumer under light load: batches of one", said)
        arena.leave(place)
        place = arena.place(1_000 if quick else 30_000, topics=(counted.EMITTED,))
        fill(place, place.events)
        said = await asyncio.to_thread(run_alone, "profiling:relay", place)
        section.tables += _tables("The relay", said)
        arena.leave(place)
    return section


async def handlers(place: Any) -> dict[str, Any]:
    """The consumer under a profiler."""
    from tests.bench import consuming

    return await _profiled(consuming.handlers, place)


async def singly(place: Any) -> dict[str, Any]:
    """The consumer where batches hold one event, as they do under light load."""
    from tests.bench import consuming

    return await _profiled(consuming.singly, place)


async def relay(place: Any) -> dict[str, Any]:
    """The relay under a profiler."""
    from tests.bench import relaying

    return await _profiled(relaying.relay, place)


async def _profiled(contend: Any, place: Any) -> dict[str, Any]:
    profile = cProfile.Profile(process_time)  # not what others take of the core
    profile.enable()
    result: dict[str, Any] = await contend(place)
    profile.disable()
    packages: Counter[str] = Counter()
    functions = []
    for (file, line, name), (_, calls, own, _, _) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        package = _package(file)
        if (
            name == "<method 'run_forever' of 'uvloop.loop.Loop' objects>"
            or "epoll" in name
            or "gc.collect" in name
        ):
            continue
        packages[package] += own
        functions.append((own, calls, f"{package}: {Path(file).name}:{line} {name}"))
    result["packages"] = packages.most_common(10)
    result["functions"] = sorted(functions, reverse=True)[: _TOP * 4]
    result["events"] = place.events
    return result


def _tables(what: str, said: dict[str, Any]) -> Sequence[Table]:
    events, total = said["events"], sum(own for _, own in said["packages"])
    return (
        Table(
            f"{what}: own time by package",
            ["package", "µs/event", "share"],
            [
                [name, f"{own / events * 1e6:.1f}", f"{own / total:.0%}"]
                for name, own in said["packages"]
            ],
        ),
        Table(
            f"{what}: the functions with the most time of their own",
            ["function", "µs/event", "calls/event"],
            [
                [name.replace("|", "\\|"), f"{own / events * 1e6:.1f}", f"{calls / events:.1f}"]
                for own, calls, name in said["functions"][:_TOP]
            ],
        ),
    )


def _package(file: str) -> str:
    parts = Path(file).parts
    if "site-packages" in parts:
        return parts[parts.index("site-packages") + 1]
    for ours in ("kvitt_chassis", "kvitt_contracts", "bench"):
        if ours in parts:
            return ours
    return "built in" if file == "~" else "Python"
