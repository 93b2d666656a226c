"""The real orders, bmb, inventory and billing in this process, on real PostgreSQL. A run has its
own time and sees what it makes them say; between them is nothing but what delivers it (post.py).
"""

import asyncio
import json
import os
import tempfile
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from uuid import UUID

import asyncpg
from billing.app import service as billing
from bmb.app import service as bmb
from cryptography.fernet import Fernet
from inventory.app import service as inventory
from kvitt_chassis import driver
from kvitt_chassis.consuming.inbox import Inbox
from kvitt_chassis.consuming.incoming import Reader, Record
from kvitt_chassis.consuming.timers import Due, TimerLoop
from kvitt_chassis.database import Database, Opening
from kvitt_chassis.recording import Emitted
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_chassis.service import Service
from kvitt_chassis.unit_of_work import UnitOfWork
from kvitt_contracts.envelope import Command, Envelope, Message
from kvitt_contracts.policy import Policies
from kvitt_contracts.topics import consumed_by
from kvitt_contracts.types import RegionCode, UserId
from orders.app import service as orders
from sqlalchemy.ext.asyncio import AsyncSession

from tests.races.setting import REGIONS

SERVICES: Mapping[str, Service] = {one.name: one for one in (orders, bmb, inventory, billing)}
_SEALER = Sealer(Fernet.generate_key().decode())
_CONNECTIONS = 12
_PATIENCE = 120
"""Seconds that a transaction, or the handler of a message or timer, may take: on a busy machine all
runs stand still at times, and no run is about time.
"""
_KEPT = ("alembic_version", "clock", "relay")
_INBOUND = ".inventory"
"""What regions say in a run goes to inventory alone: the others are asked as over HTTP."""
# decision 0380: they would lengthen each run
_UNREAD = {("orders", "bmb.transfers"), ("orders", "bmb.responsibles")}
"""What decides of no pickup: whose care a person is in, and who answers faults."""

TimerKey = tuple[str, str, UUID]
"""A service, a timer of it and the aggregate's id."""


class Urls(Protocol):
    """The addresses of a service's database, for its three roles."""

    @property
    def owner(self) -> str:
        """Migrates; may do everything."""

    @property
    def api(self) -> str:
        """Serves HTTP."""

    @property
    def worker(self) -> str:
        """Handles messages and timers."""


class Failed(Exception):
    """What was to be done fails, by chance: nothing of it is committed."""


@dataclass(frozen=True, slots=True)
class Said:
    """An event as its service has committed it; `order` counts over all services."""

    order: int
    service: str
    event: Emitted


@dataclass(slots=True)
class Moment:
    """A run's time, whether the next transaction fails, and what was committed so far."""

    now: datetime
    fails: bool = False
    said: list[Said] = field(default_factory=list)
    timers: dict[TimerKey, datetime] = field(default_factory=dict)
    regions: dict[UUID, str] = field(default_factory=dict)  # of timers' keys
    unseen: int = 0  # the first event that nobody has taken yet

    def take(self) -> Sequence[Said]:
        """What was said since it was asked last."""
        new, self.unseen = self.said[self.unseen :], len(self.said)
        return new


class Gate:
    """Where a transaction stands before its commit until the gate is opened; `pid` is its backend's
    once it has begun.
    """

    def __init__(self) -> None:
        self.reached, self.opened = asyncio.Event(), asyncio.Event()
        self.pid: int | None = None


MOMENT: ContextVar[Moment] = ContextVar("moment")
GATE: ContextVar[Gate | None] = ContextVar("gate", default=None)
_ORDER = count(1)


# decision 0331: each run has its own time
class _Database(Database):
    """A service's database at the time of the run that asks."""

    @asynccontextmanager
    async def unit(
        self, region: RegionCode | None = None, *, opening: Opening | None = None
    ) -> AsyncIterator[UnitOfWork]:
        moment, gate = MOMENT.get(), GATE.get()

        async def at_once(_: AsyncSession) -> datetime:
            return moment.now

        async with super().unit(region, opening=opening or at_once) as unit:
            unit.now = moment.now
            emitted, scheduled = unit.emitted, unit.scheduled  # a flush leaves them as they are
            if gate is not None:
                await driver.fetch(unit.session, _MAY_STAND)
                gate.pid = unit.session.info[driver.fetch].get_server_pid()
            yield unit
            if gate is not None:
                gate.reached.set()
                await gate.opened.wait()
            if moment.fails:
                moment.fails = False
                raise Failed
        moment.said += (Said(next(_ORDER), self.service, event) for event in emitted)
        for (timer, of_region, key), due in scheduled.items():
            moment.regions[key] = of_region
            if due is None:
                moment.timers.pop((self.service, timer, key), None)
            else:
                moment.timers[self.service, timer, key] = due


_MAY_STAND = "SET LOCAL idle_in_transaction_session_timeout = 0"


class Running:
    """One service: its databases, its inbox and its timers."""

    def __init__(self, service: Service, urls: Urls, policies: Policies) -> None:
        self.service = service
        self.owner_url = urls.owner
        shared: dict[str, Any] = {
            "service": service.name,
            "policies": policies,
            "lock_order": service.locks(is_checked=True),
            "pool_size": _CONNECTIONS,
            "silent_seconds": _PATIENCE,
            "longest_seconds": _PATIENCE,
        }
        self.worker = _Database(urls.worker, role="worker", **shared)
        self.api = _Database(urls.api, role="api", **shared)
        self.inbox = Inbox(self.worker, sealer=_SEALER, handler_budget=_PATIENCE)
        self.sealer = _SEALER
        topics = consumed_by(service.name, REGIONS)
        self.topics = frozenset(topic.name for topic in topics)
        self.reader = Reader(topics, service.handlers, digest=_SEALER.digest)
        self._timers = TimerLoop(self.worker, service.handlers, handler_seconds=_PATIENCE)
        self._publisher = Publisher({}, service=service.name)

    async def command(self, command: Command, *, region: str, target: UUID, actor: str) -> None:
        """Run a command as the HTTP API does. Raises Refused, Failed."""
        route, code = self.service.handlers.messages[type(command)], RegionCode(region)
        async with self.api.unit(code) as unit:
            tx = unit.begin(region=code, is_command=True, target=target, actor=UserId(actor))
            await unit.load_ahead([(route, command, tx)])
            await route.handler(command, tx)

    async def handle(self, messages: Sequence[tuple[Envelope, Message]]) -> None:
        """Handle messages in one transaction, without a mark: for what stands before a run."""
        async with self.worker.unit() as unit:
            calls = [
                (
                    self.service.handlers.messages[type(message)],
                    message,
                    unit.begin(region=envelope.region, message=envelope),
                )
                for envelope, message in messages
            ]
            await unit.load_ahead(calls)
            for route, message, tx in calls:
                await route.handler(message, tx)

    async def is_held_up(self, waiting: Gate, *, by: Gate) -> bool:
        """True when the transaction at one gate waits for a lock of the other's."""
        if waiting.pid is None or by.pid is None:
            return False
        ((held,),) = await driver.fetch_alone(
            self.worker.engine, "SELECT $2 = ANY (pg_blocking_pids($1))", waiting.pid, by.pid
        )
        return bool(held)

    async def fire(self, timer: str, region: str, key: UUID) -> None:
        """Fire a timer that is due. Raises Failed, and what its handler raises."""
        moment, name = MOMENT.get(), (self.service.name, timer, key)
        due = moment.timers.pop(name)
        try:
            # one alone, and its fault is told: the loop would only log it
            await self._timers._fire_together([Due(timer, region, key, due, wait=-1.0)])
        except BaseException:
            moment.timers[name] = due
            raise

    def record(self, said: Said, *, partition: int) -> Record:
        """An event as Kafka would deliver it. Each run has a partition of its own."""
        row = OutboxRow(said.order, *said.event, recorded_at=said.event.time)
        return record_of(
            topic=row.topic,
            partition=partition,
            offset=said.order,
            key=row.key.encode(),
            value=row.payload.encode(),
            headers=self._publisher.headers(row),
        )

    async def empty(self) -> None:
        """Empty every table but those that say which database it is."""
        connection = await asyncpg.connect(self.owner_url.replace("+asyncpg", ""))
        try:
            tables = await connection.fetch(
                "SELECT quote_ident(relname) FROM pg_class"
                " WHERE relnamespace = to_regnamespace('public') AND relkind = 'r'"
                " AND relname <> ALL($1)",
                list(_KEPT),
            )
            names = ", ".join(row[0] for row in tables)
            await connection.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
        finally:
            await connection.close()

    async def close(self) -> None:
        """Close every connection."""
        await self.worker.dispose()
        await self.api.dispose()


class System:
    """The four services together, and which of them reads which topic."""

    def __init__(self, urls: Mapping[str, Urls], policies: Policies) -> None:
        os.environ.setdefault("KVITT_PERSON_KEY", "5a" * 32)
        os.environ.setdefault("KVITT_PERSON_KEYS", _keys_file(tempfile.mkdtemp()).as_uri())
        self.running = {
            name: Running(service, urls[name], policies) for name, service in SERVICES.items()
        }
        self.readers: dict[str, list[str]] = defaultdict(list)
        for name, running in self.running.items():
            for topic in sorted(running.topics):
                if (name, topic) not in _UNREAD:
                    self.readers[topic].append(name)

    def __getitem__(self, name: str) -> Running:
        return self.running[name]

    def __iter__(self) -> Iterator[Running]:
        return iter(self.running.values())

    async def close(self) -> None:
        """Close every connection."""
        for running in self:
            await running.close()


def inbound(message: Message, envelope: Envelope, *, partition: int) -> tuple[str, Record]:
    """What a region states of its stock, as Kafka would deliver it; and its topic."""
    topic = f"region.{envelope.region}{_INBOUND}"
    record = record_of(
        topic=topic,
        partition=partition,
        offset=next(_ORDER),
        key=envelope.subject.encode(),
        value=message.model_dump_json(exclude_none=True).encode(),
        headers=envelope.headers(),
    )
    return topic, record


def _keys_file(directory: str) -> Path:
    file = Path(directory) / "person-keys.json"
    file.touch(0o600)
    file.write_text(json.dumps({"1": "a5" * 32}))
    return file
