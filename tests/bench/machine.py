"""The machine and its processes: what it is, who used how much of it. Measures nothing of ours."""

import os
import platform
import statistics
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

import psutil


def description() -> dict[str, str]:
    """What a reader needs to compare with their own machine."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{psutil.virtual_memory().total / 2**30:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "load before": " ".join(f"{one:.2f}" for one in os.getloadavg()),
    }


@dataclass(frozen=True, slots=True)
class Used:
    """CPU by process, as shares of one core, over `seconds`."""

    seconds: float
    shares: Mapping[str, float]

    @property
    def cpu_seconds(self) -> float:
        """Seconds of CPU of all processes."""
        return self.seconds * sum(self.shares.values())

    def told(self) -> str:
        """All of it in one line, in percent of a core."""
        return ", ".join(f"{name} {share:.0%}" for name, share in self.shares.items())


class Processes:
    """Named processes with all their children, but for those that have a name of their own."""

    def __init__(self, named: Mapping[str, int]) -> None:
        self._named = dict(named)
        self._began = monotonic()
        self._before: dict[str, float] = {}

    def begin(self) -> None:
        """Count from now on."""
        self._before = self._cpu()
        self._began = monotonic()

    def used(self) -> Used:
        """What was used since `begin`."""
        seconds = monotonic() - self._began
        now = self._cpu()
        return Used(
            seconds, {name: (now[name] - self._before[name]) / seconds for name in self._named}
        )

    def memory(self) -> dict[str, int]:
        """Bytes by process; what several share is divided among them (PSS)."""
        found = dict.fromkeys(self._named, 0)
        for name, process in self._members():
            with suppress(psutil.Error):
                found[name] += process.memory_full_info().pss
        return found

    def _cpu(self) -> dict[str, float]:
        found = dict.fromkeys(self._named, 0.0)
        for name, process in self._members():
            with suppress(psutil.Error):
                # children_: of those that ended meanwhile
                found[name] += sum(process.cpu_times()[:4])
        return found

    def _members(self) -> Iterator[tuple[str, psutil.Process]]:
        named = set(self._named.values())
        for name, root in self._named.items():
            for process in _family(root):
                if process.pid == root or process.pid not in named:
                    yield name, process


def tell(step: str) -> None:
    """Say on standard error what is measured now."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {step}\n")
    sys.stderr.flush()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which this share of them lies; 0 without values."""
    if not values:
        return 0.0
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def spread(values: Sequence[float]) -> str:
    """The median, and the lowest and highest of the rounds."""
    middle = statistics.median(values)
    return f"{middle:,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _family(root: int) -> list[psutil.Process]:
    try:
        process = psutil.Process(root)
        return [process, *process.children(recursive=True)]
    except psutil.Error:
        return []


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
