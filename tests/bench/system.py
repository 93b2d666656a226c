"""The whole system, started as `kvitt up` does, with what is needed to look at it from outside."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

import psycopg
from kvitt.local.postgres import PostgresServer
from kvitt.local.processes import ProcessReaper
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem
from kvitt.story.barrier import Barrier
from kvitt.story.files import Outgoing
from kvitt.story.month import morning_of
from kvitt.story.region_client import RegionClient
from kvitt.story.services import Services
from kvitt_contracts.types import RegionCode

from tests.bench.load import REGION, Business, send_open_loop
from tests.bench.machine import Processes, tell
from tests.bench.sink import collector

_AT_ONCE = 500


@dataclass(slots=True)
class World:
    """A running system, its region, and who watches."""

    system: LocalSystem
    business: Business
    client: RegionClient
    services: Services
    barrier: Barrier
    pids: Mapping[str, int]
    processes: Processes
    started_in: Mapping[str, float]
    sent: dict[str, float] = field(default_factory=dict)

    @property
    def servers(self) -> Mapping[str, int]:
        """PostgreSQL's and Kafka's processes."""
        return {name: self.pids[name] for name in ("postgres", "kafka") if name in self.pids}

    async def stock(self, *, deliveries: int) -> None:
        """State what the region has, and put goods into its store."""
        for stage in self.business.cut_over:
            await self.settle([*stage.messages(region=self.business.region)])
        await self.settle([*self.business.goods(deliveries)])

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Publish all as fast as Kafka takes them."""
        for first in range(0, len(messages), _AT_ONCE):
            await self.client.publish(messages[first : first + _AT_ONCE])

    async def rest(self) -> None:
        """Wait until no service has anything more to do."""
        await self.barrier.reach()

    async def settle(self, messages: Sequence[Outgoing]) -> float:
        """Publish all and wait for the last effect; answers how many seconds it took."""
        tell(f"a burst of {len(messages):,} messages")
        begun = monotonic()
        await self.publish(messages)
        await self.rest()
        return monotonic() - begun

    async def pace(self, messages: Sequence[Outgoing], *, rate: float) -> dict[str, float]:
        """Publish in an open loop; answers when each was due (Unix time) by message id."""
        tell(f"{len(messages):,} messages at {rate:g} a second")
        return await send_open_loop(self.client._producer, messages, rate=rate)

    def connect(self, service: str) -> psycopg.Connection:
        """The superuser in a service's database."""
        return psycopg.connect(self.system.servers.databases.admin_url_to(service))

    def recorded(self) -> dict[str, int]:
        """How many events each service has recorded so far."""
        found = {}
        for service in self.system.services:
            with self.connect(service) as connection:
                row = connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()
                found[service] = int(row[0]) if row else 0
        return found

    def transactions(self) -> dict[str, int]:
        """How many transactions each service's database has ended so far."""
        query = "SELECT datname, xact_commit + xact_rollback FROM pg_stat_database"
        with psycopg.connect(self.system.servers.databases.admin_url) as connection:
            return {name: count for name, count in connection.execute(query) if name}


@asynccontextmanager
async def running(region: RegionCode = REGION) -> AsyncIterator[World]:
    """Within: the system with an empty state, telemetry on; all of it gone afterwards. `region` is
    whose business is sent.
    """
    directory = Path(tempfile.mkdtemp(prefix="kvitt-bench-"))
    try:
        with collector() as (endpoint, _):
            os.environ["KVITT_OTLP_ENDPOINT"] = endpoint
            state = State.open(directory)
            _note_commit_times(state)
            begun = monotonic()
            steps: dict[str, float] = {}
            system = LocalSystem(
                state, report=lambda part, what: steps.update({f"{part} {what}": monotonic()})
            )
            async with _up(system), _world(system, begun, steps, Business(region)) as world:
                yield world
    finally:
        os.environ.pop("KVITT_OTLP_ENDPOINT", None)
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def _up(system: LocalSystem) -> AsyncIterator[None]:
    await asyncio.to_thread(system.__enter__)
    try:
        yield
    finally:
        await asyncio.to_thread(system.__exit__, None, None, None)


@asynccontextmanager
async def _world(
    system: LocalSystem, begun: float, steps: Mapping[str, float], business: Business
) -> AsyncIterator[World]:
    ready = monotonic()
    starts = steps["topics ready"]
    async with (
        Services(system.urls, system.admin_urls, system.tokens) as services,
        RegionClient(
            business.region,
            bootstrap=system.bootstrap,
            credentials=system.credentials(f"region-{business.region}"),
        ) as client,
    ):
        named = {name: one.child.pid for name, one in system.services.items() if one.child}
        servers = system.servers
        if servers.postgres.child and servers.kafka_child:
            named |= {"postgres": servers.postgres.child.pid, "kafka": servers.kafka_child.pid}
        barrier = Barrier(services)
        await barrier.move_clock(morning_of(business.files.cut_over))
        yield World(
            system=system,
            business=business,
            client=client,
            services=services,
            barrier=barrier,
            pids=named,
            processes=Processes(named),
            started_in={
                "servers": starts - begun,
                "services": ready - starts,
                "all": ready - begun,
            },
        )


def _note_commit_times(state: State) -> None:
    """Let PostgreSQL write down when each transaction was committed: both ends on one clock."""
    reaper = ProcessReaper()
    server = PostgresServer(state, reaper)
    server.start()
    try:
        with psycopg.connect(server.admin_url, autocommit=True) as connection:
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
    finally:
        server.stop()
        reaper.close()
