"""Contenders side by side: each in a process of its own, on its own database and topics, in rounds
that alternate. Who they are stands elsewhere.
"""

import asyncio
import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any
from uuid import uuid4

import psycopg
import uvloop
from kvitt.local.servers import LocalServers
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_contracts.topics import Topic
from kvitt_testkit.platform import Platform

from tests.bench import counted
from tests.bench.connect import Connect
from tests.bench.machine import Processes, Used, spread, tell

LONGEST = 90.0
"""Seconds that a contender may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where one contender works: addresses, and whose CPU to count."""

    worker_url: str
    admin_url: str
    kafka: dict[str, Any]
    prefix: str
    events: int
    rate: float = 0.0
    """Events a second of an open loop."""
    connect_url: str = ""
    """Where Kafka Connect answers, if it runs."""
    pids: dict[str, int] = field(default_factory=dict)

    def database(self, **how: Any) -> Database:
        """The chassis's own pool."""
        return Database(
            self.worker_url, service=counted.SERVICE, role="worker", policies=Policies({}), **how
        )

    @property
    def libpq_url(self) -> str:
        """The worker's address, for asyncpg and psycopg."""
        return self.worker_url.replace("postgresql+asyncpg://", "postgresql://", 1)


class Watch:
    """Counts seconds and CPU from `begin` on."""

    def __init__(self, place: Place) -> None:
        self._processes = Processes({"python": os.getpid(), **place.pids})
        self._begun = 0.0

    def begin(self) -> None:
        gc.collect()
        gc.freeze()
        self._processes.begin()
        self._begun = monotonic()

    def end(self, events: int, **more: float) -> dict[str, Any]:
        """What came of it."""
        seconds = monotonic() - self._begun
        shares = self._processes.used().shares
        return {"rate": events / seconds, "shares": dict(shares), "more": more}


@dataclass(slots=True)
class Found:
    """All rounds of one contender."""

    name: str
    rates: list[float] = field(default_factory=list)
    shares: list[dict[str, float]] = field(default_factory=list)
    more: list[dict[str, float]] = field(default_factory=list)
    failed: str = ""

    def row(self, reference: float) -> list[str]:
        """Name, rate with spread, ratio to the reference, its own CPU per event, CPU."""
        if not self.rates:
            return [self.name, f"failed: {self.failed}", "", "", ""]
        rate = median(self.rates)
        used = {name: median(one[name] for one in self.shares) for name in self.shares[0]}
        return [
            self.name,
            spread(self.rates),
            f"{rate / reference:.2f}" if reference else "",
            f"{used.get('connect', used['python']) / rate * 1e6:.0f}",
            Used(0, used).told(),
        ]


COLUMNS = ["", "events/s: median (lowest–highest)", "ratio", "own µs/event", "CPU"]


# decision 0120: speed is measured beside its own parts, in one run
class Arena:
    """Servers for contests, begun with `open_arena`."""

    def __init__(self, platform: Platform, folder: Path) -> None:
        self.platform = platform
        self._folder = folder
        self._connect: Connect | None = None
        servers = platform.servers
        self.pids = {}
        platform.create_topics("warm-", topics=[counted.CONSUMED])
        _ = platform.database_admin_url
        if servers and servers.postgres.child and servers.kafka_child:
            self.pids = {"postgres": servers.postgres.child.pid, "kafka": servers.kafka_child.pid}

    @property
    def connect(self) -> Connect:
        """Kafka Connect, started the first time. Raises LocalProblem, RuntimeError."""
        if self._connect is None:
            connect = Connect(self._folder / "connect", self.kafka())
            try:
                connect.start()
            except BaseException:
                connect.stop()
                raise
            self._connect = connect
        return self._connect

    def close(self) -> None:
        """End what is not the platform's."""
        if self._connect:
            self._connect.stop()

    def place(
        self,
        events: int,
        *,
        topics: Sequence[Topic] = (),
        rate: float = 0.0,
        with_connect: bool = False,
        make_tables: Callable[[str], None] = counted.make_tables,
    ) -> Place:
        """A fresh database with the service's tables, and fresh topics. `make_tables` is given the
        owner's URL.
        """
        prefix = f"b{uuid4().hex[:8]}_"
        urls = self.platform.database(counted.SERVICE, prefix, migrate=False)
        make_tables(urls.owner)
        wanted = topics or (counted.CONSUMED, counted.EMITTED)
        self.platform.create_topics(prefix, topics=wanted)
        admin = self.platform._await_databases().admin_url_to(prefix + counted.SERVICE)
        return Place(
            worker_url=urls.worker,
            admin_url=admin,
            kafka=self.kafka(),
            prefix=prefix,
            events=events,
            rate=rate,
            connect_url=self.connect.url if with_connect else "",
            pids={**self.pids, "connect": self.connect.pid} if with_connect else self.pids,
        )

    def kafka(self) -> dict[str, Any]:
        """aiokafka's settings for the super user."""
        who = self.platform.admin
        settings: dict[str, Any] = {"bootstrap_servers": self.platform.bootstrap}
        if who is None:
            return settings
        return settings | {
            "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "SCRAM-SHA-512",
            "sasl_plain_username": who.username,
            "sasl_plain_password": who.password,
        }

    def leave(self, place: Place) -> None:
        """Drop the place's database and topics."""
        self.platform.delete_topics(place.prefix)
        self.platform.drop_database(counted.SERVICE, place.prefix)


@contextmanager
def open_arena(*, logical: bool = False) -> Iterator[Arena]:
    """Within: PostgreSQL and Kafka, nothing else. `logical`: with logical decoding and commit
    times, if they are ours to set.
    """
    with tempfile.TemporaryDirectory(prefix="kvitt-bench-", ignore_cleanup_errors=True) as folder:
        platform = Platform.start(Path(folder))
        arena = None
        try:
            if logical and platform.servers:
                _decode(platform.servers)
            arena = Arena(platform, Path(folder))
            yield arena
        finally:
            if arena is not None:
                arena.close()
            platform.stop()


def _decode(servers: LocalServers) -> None:
    url = servers.await_postgres().admin_url
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET wal_level = logical")
        connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    servers.postgres.stop()
    servers.postgres.start()


def run_alone(
    contender: str, place: Place, *, python: str = sys.executable, root: Path | None = None
) -> dict[str, Any]:
    """Run `module:function` in a process of its own, with that python in that checkout. Raises
    RuntimeError with what it said last.
    """
    tell(f"{contender}, {place.events:,} events")
    try:
        done = subprocess.run(
            [python, "-m", "tests.bench.contest", contender],
            cwd=root,
            input=json.dumps(asdict(place)),
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"not done within {LONGEST:.0f} s") from error
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip().splitlines()[-1] if done.stderr else "no word")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def execute(place: Place, statement: str, *values: object) -> None:
    """Run one statement as the superuser in the place's database."""
    with psycopg.connect(place.admin_url, autocommit=True) as connection:
        connection.execute(statement, values or None)


if __name__ == "__main__":
    module, function = sys.argv[1].split(":")
    contend = getattr(importlib.import_module(f"tests.bench.{module}"), function)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(contend(Place(**json.loads(sys.stdin.read()))))
    sys.stdout.write(json.dumps(result) + "\n")
    sys.stdout.flush()
    os._exit(0)  # a client of a peer may not end by itself
