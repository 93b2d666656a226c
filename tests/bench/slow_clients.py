"""Part `slow-clients`: how long HTTP takes for others while many connections are open that send
nothing, or half of a request and no more.
"""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path
from random import uniform
from statistics import median
from time import monotonic
from urllib.parse import urlsplit

import httpx
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt_contracts.access import Grantee

from tests.bench.machine import percentile, tell
from tests.bench.report import Section, Table

IDLE, HALF = 2_000, 200
_SERVICE, _PATH = "orders", "/orders?limit=1"
_RATE = 20.0
_AT_ONCE = 100
_HEAD = (
    b"POST /orders HTTP/1.1\r\nHost: kvitt\r\nContent-Type: application/json\r\n"
    b'Content-Length: 1000\r\n\r\n{"recipient":'
)
_AGAIN_SECONDS = 10.0
_FROM = "127.0.0.2"  # another machine than those who ask


@dataclass(frozen=True, slots=True)
class Asked:
    """Seconds of each answer, and how the others failed."""

    seconds: Sequence[float]
    failed: Counter[str]


async def measure(*, quick: bool) -> Section:
    """Rounds without and with slow clients, in turns, every other one the other way round."""
    seconds, rounds = (5.0, 1) if quick else (15.0, 5)
    section = Section("slow-clients", "Slow clients")
    async with _running() as system:
        url = system.services[_SERVICE].url
        token = system.tokens.issue("bench", region="ac", roles=(Grantee.REGION_SYSTEM,))
        await _ask(url, token, seconds=2.0)
        found = []
        for number in range(rounds):
            tell(f"slow clients: round {number + 1} of {rounds}")
            if number % 2 == 0:
                alone = await _ask(url, token, seconds=seconds)
            async with _slow(url) as slow:
                beside = await _ask(url, token, seconds=seconds)
            if number % 2 == 1:
                await _ask(url, token, seconds=2.0)  # what was closed just now is cleared away
                alone = await _ask(url, token, seconds=seconds)
            found.append((alone, beside, slow))
        rows = [_row(*one) for one in found]
        rows.append(_median_row(found))
    section.tables.append(
        Table(
            f"GET {_PATH} of {_SERVICE}, {_RATE:.0f}/s, each on a connection of its own, "
            f"{seconds:.0f} s ({_RATE * seconds:.0f} answers) alone and as long beside {IDLE:,} "
            f"connections that send nothing and {HALF} that send half of a request without a "
            "token, each opened again some 10 s after it is closed (goal: p99 ≤ 2 × alone)",
            ["alone: p50, p99 ms", "beside: p50, p99 ms", "p99 times alone", "failed", "opened"],
            rows,
            "The last line is of all rounds: p50 and p99 of all answers, the median of the ratios "
            "and the lowest and highest. *Failed*: asked beside slow clients and not answered with "
            "200. *Opened*: connections of slow clients, those that the service had closed and "
            "that were opened again too.",
        )
    )
    return section


class _Slow:
    """A connection that is held, and opened again when the service ends it."""

    def __init__(self, url: str, many: int) -> None:
        self._host, self._port = urlsplit(url).hostname, urlsplit(url).port
        self._many = many
        self.opened = 0
        self.all_opened = asyncio.Event()

    async def hold(self, first: bytes, opening: asyncio.Semaphore) -> None:
        """Until cancelled."""
        while True:
            with suppress(OSError):
                async with opening:
                    reader, writer = await asyncio.open_connection(
                        self._host, self._port, local_addr=(_FROM, 0)
                    )
                self.opened += 1
                if self.opened >= self._many:
                    self.all_opened.set()
                try:
                    writer.write(first)
                    while await reader.read(4096):
                        pass
                finally:
                    writer.close()
            await asyncio.sleep(uniform(0.5, 1.5) * _AGAIN_SECONDS)


@asynccontextmanager
async def _slow(url: str) -> AsyncIterator[_Slow]:
    """Within: all of them are open, as far as the service takes them."""
    firsts = [b""] * IDLE + [_HEAD] * HALF
    slow, opening = _Slow(url, len(firsts)), asyncio.Semaphore(_AT_ONCE)
    held = [asyncio.create_task(slow.hold(first, opening)) for first in firsts]
    try:
        await asyncio.wait_for(slow.all_opened.wait(), 60)
        yield slow
    finally:
        for one in held:
            one.cancel()
        await asyncio.gather(*held, return_exceptions=True)


async def _ask(url: str, token: str, *, seconds: float) -> Asked:
    """Ask in an open loop."""
    begun, found = monotonic(), []
    limits = httpx.Limits(max_keepalive_connections=0)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(limits=limits, headers=headers, timeout=30.0) as client:

        async def ask() -> float | str:
            asked = monotonic()
            try:
                answer = await client.get(url + _PATH)
            except httpx.HTTPError as error:
                return type(error).__name__
            took = monotonic() - asked
            return took if answer.status_code == 200 else str(answer.status_code)

        async with asyncio.TaskGroup() as group:
            for number in range(int(_RATE * seconds)):
                await asyncio.sleep(max(0.0, begun + number / _RATE - monotonic()))
                found.append(group.create_task(ask()))
    answers = [task.result() for task in found]
    return Asked(
        [one for one in answers if isinstance(one, float)],
        Counter(one for one in answers if isinstance(one, str)),
    )


@asynccontextmanager
async def _running() -> AsyncIterator[LocalSystem]:
    directory = Path(tempfile.mkdtemp(prefix="kvitt-bench-"))
    system = LocalSystem(State.open(directory), report=lambda part, what: None)
    async with AsyncExitStack() as stack:
        stack.callback(shutil.rmtree, directory, ignore_errors=True)
        stack.push_async_callback(asyncio.to_thread, system.__exit__, None, None, None)
        await asyncio.to_thread(system.__enter__)
        yield system


def _median_row(found: Sequence[tuple[Asked, Asked, _Slow]]) -> Sequence[str]:
    """The median of the rounds' ratios; p50 and p99 are of all answers of all rounds."""
    alone = [second for one, _, _ in found for second in one.seconds]
    beside = [second for _, one, _ in found for second in one.seconds]
    times = [_times(one, other) for one, other, _ in found]
    whole = f"{median(times):.1f} ({min(times):.1f}–{max(times):.1f})"
    failed = sum(one.failed.total() for _, one, _ in found)
    told = [_told(alone), _told(beside), whole, str(failed), ""]
    return [f"**{one}**" if one else "" for one in told]


def _times(alone: Asked, beside: Asked) -> float:
    """p99 beside slow clients through p99 alone; infinite without an answer."""
    if not beside.seconds:
        return inf
    return percentile(beside.seconds, 0.99) / percentile(alone.seconds, 0.99)


def _row(alone: Asked, beside: Asked, slow: _Slow) -> Sequence[str]:
    return [
        _told(alone.seconds),
        _told(beside.seconds),
        f"{_times(alone, beside):.1f}",
        ", ".join(f"{count} {how}" for how, count in beside.failed.items()) or "0",
        f"{slow.opened:,}",
    ]


def _told(seconds: Sequence[float]) -> str:
    if not seconds:
        return "no answer"
    return ", ".join(f"{1000 * percentile(seconds, share):.1f}" for share in (0.5, 0.99))
