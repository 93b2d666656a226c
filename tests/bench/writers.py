"""Of part `relay`: who commits events at a pace, in the measured process or in one of its own.

`python -m tests.bench.writers WHO` takes a place (JSON) on its first line of standard input, says
`ready`, begins at the second line, tells each commit's id and Unix time, says `done`, and ends at
the third.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict, replace
from time import time
from uuid import uuid4

import uvloop
from kvitt_chassis.database import Database
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId

from tests.bench import counted
from tests.bench.contest import Place
from tests.bench.peers import OutboxRelay

Commit = Callable[[int], Awaitable[str]]
"""Commits the event with that number; answers its id."""
Told = Callable[[str, float], None]
"""Is told the id of each event, and when its writer saw it committed."""


def commit_to_log(database: Database) -> Commit:
    """Commits as a command of a service does: a new row, and its event in the log."""

    async def commit(number: int) -> str:
        key = OrderId(uuid4())
        async with database.unit() as unit:
            tx = unit.begin(region=counted.AC, subject=str(key))
            said = OrderVoided(order_id=key, prescriber=counted._PRESCRIBER)
            tx.start(counted.CountedRow, key, said)
            return str(unit.emitted[0].event_id)

    return commit


async def write_at_pace(place: Place, commit: Commit, told: Told) -> None:
    """Commit each event at its time, `place.rate` a second, whatever comes back; wait for all."""

    async def commit_one(number: int) -> None:
        told(await commit(number), time())

    loop = asyncio.get_running_loop()
    begun = loop.time()
    tasks = []
    for number in range(place.events):
        if (pause := begun + number / place.rate - loop.time()) > 0:
            await asyncio.sleep(pause)
        tasks.append(asyncio.create_task(commit_one(number)))
    await asyncio.gather(*tasks)


class Writer:
    """A process that commits, from `begun` on until it is left."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self.pid = process.pid

    @classmethod
    async def of(cls, place: Place, who: str) -> "Writer":
        """Ready to begin. Raises RuntimeError."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.bench.writers", who),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        writer = cls(process)
        writer._say(json.dumps(asdict(replace(place, pids={}))))
        if await writer._line() != "ready":
            raise RuntimeError("who commits did not start")
        return writer

    async def write(self, told: Told) -> None:
        """Let it commit all events, and tell of each. Raises RuntimeError."""
        self._say("go")
        while (line := await self._line()) != "done":
            if not line:
                raise RuntimeError("who commits has ended")
            event_id, at = line.split()
            told(event_id, float(at))

    async def leave(self) -> None:
        """End it."""
        self._say("end")
        await self._process.wait()

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n".encode())

    async def _line(self) -> str:
        assert self._process.stdout is not None
        return (await self._process.stdout.readline()).decode().strip()


async def _main(who: str) -> None:
    place = Place(**json.loads(sys.stdin.readline()))
    commit: Commit = OutboxRelay(place).commit
    if who == "log":
        commit = commit_to_log(place.database(pool_size=12))
    _tell("ready")
    sys.stdin.readline()
    await write_at_pace(place, commit, lambda event_id, at: _tell(f"{event_id} {at}"))
    _tell("done")
    sys.stdin.readline()


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_main(sys.argv[1]))
