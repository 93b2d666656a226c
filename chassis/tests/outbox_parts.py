"""What the tests of the event log share: a database, events in it, and what stands in the topic."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from kvitt.local.databases import DatabaseUrls
from kvitt_chassis.database import Database
from kvitt_chassis.migrations import create_chassis_tables, guard_regions
from kvitt_chassis.relaying.relay import Relay
from kvitt_contracts.policy import Policies
from kvitt_contracts.topics import NOTIFICATIONS_MESSAGES, Topic
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings, read_records
from sqlalchemy import create_engine, text

SERVICE = "notifications"
TOPIC = NOTIFICATIONS_MESSAGES.name
TYPE = "notifications.message.posted.v1"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic, as the tests look at it."""

    key: str
    seq: int
    value: bytes
    headers: tuple[tuple[str, bytes], ...]
    partition: int


class Log:
    """A service's database and topic under a prefix of their own."""

    def __init__(self, platform: Platform, prefix: str, urls: DatabaseUrls) -> None:
        self.platform = platform
        self.prefix = prefix
        self.urls = urls
        self.opened: list[Database] = []

    def database(self, role: Any = "worker", pool_size: int = 5) -> Database:
        """A new pool, closed at the test's end."""
        url = {"worker": self.urls.worker, "api": self.urls.api}[role]
        opened = Database(
            url, service=SERVICE, role=role, policies=Policies({}), pool_size=pool_size
        )
        self.opened.append(opened)
        return opened

    @property
    def kafka(self) -> dict[str, Any]:
        """The service's own way into Kafka."""
        return client_settings(self.platform, SERVICE)

    def relay(self, database: Database | None = None, **how: Any) -> Relay:
        """A relay on the log's topics."""
        return Relay(database or self.database(), kafka=self.kafka, topic_prefix=self.prefix, **how)

    async def topic(self) -> list[Record]:
        """Everything in the topic now, partition by partition."""
        return await read_topic(self.platform, self.prefix + TOPIC)

    async def as_owner(self, statement: str, **parameters: Any) -> None:
        """Do what no service may: past grants and row security."""
        name = self.prefix + SERVICE
        url = self.platform._await_databases().admin_url_to(name)
        engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
        with engine.begin() as connection:
            connection.execute(text(statement), parameters)
        engine.dispose()


@asynccontextmanager
async def a_log(
    platform: Platform, *, topics: Sequence[Topic] = (NOTIFICATIONS_MESSAGES,), kafka: bool = True
) -> AsyncIterator[Log]:
    """A fresh database with the chassis tables, and fresh topics."""
    prefix = f"t{uuid4().hex[:8]}-"
    urls = platform.database(SERVICE, prefix, migrate=False)
    migrate(urls)
    if kafka:
        platform.create_topics(prefix, topics=topics)
    log = Log(platform, prefix, urls)
    yield log
    for opened in log.opened:
        await opened.dispose()
    platform.drop_database(SERVICE, prefix)
    if kafka:
        platform.delete_topics(prefix)


def migrate(urls: DatabaseUrls) -> None:
    """Make the chassis tables, as a service's first migration does."""
    engine = create_engine(urls.owner.replace("+asyncpg", "+psycopg"))
    with engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        create_chassis_tables(operations, SERVICE)
        guard_regions(operations, SERVICE)
        connection.exec_driver_sql("CREATE TABLE counters (key text PRIMARY KEY, n bigint)")
    engine.dispose()


async def record(
    database: Database, key: str, *, count: int = 1, payload: str = "{}", region: str = "ac"
) -> None:
    """Commit events of one key in one transaction, numbered under the key's row lock."""
    async with database.unit() as unit:
        await insert(unit.session, key, count=count, payload=payload, region=region)
        unit.wrote_events = True


async def insert(
    session: Any, key: str, *, count: int = 1, payload: str = "{}", region: str = "ac"
) -> None:
    """Events of one key in an open transaction."""
    await session.execute(
        text("INSERT INTO counters VALUES (:key, 0) ON CONFLICT DO NOTHING"), {"key": key}
    )
    taken = await session.execute(
        text("SELECT n FROM counters WHERE key = :key FOR NO KEY UPDATE"), {"key": key}
    )
    before = taken.scalar_one()
    await session.execute(
        text("UPDATE counters SET n = n + :count WHERE key = :key"), {"key": key, "count": count}
    )
    await session.execute(
        text(
            "INSERT INTO events (event_id, region, topic, key, seq, type, time, payload) "
            "SELECT gen_random_uuid(), :region, :topic, :key, n, :type, now(), :payload "
            "FROM generate_series(CAST(:first AS bigint), CAST(:last AS bigint)) AS n"
        ),
        {
            "region": region,
            "topic": TOPIC,
            "key": key,
            "type": TYPE,
            "payload": payload,
            "first": before + 1,
            "last": before + count,
        },
    )


async def committed(database: Database) -> dict[str, list[int]]:
    """Every key's numbers in the log."""
    async with database.reading() as session:
        rows = await session.execute(text("SELECT key, seq FROM events ORDER BY key, seq"))
        found: dict[str, list[int]] = {}
        for key, seq in rows:
            found.setdefault(key, []).append(seq)
        return found


def by_key(records: Sequence[Record]) -> dict[str, list[int]]:
    """Every key's numbers in the order of the topic."""
    found: dict[str, list[int]] = {}
    for one in records:
        found.setdefault(one.key, []).append(one.seq)
    return found


def once(numbers: dict[str, list[int]]) -> dict[str, list[int]]:
    """What a reader with marks applies: each key's numbers without what is at or below its mark."""
    applied: dict[str, list[int]] = {}
    for key, seen in numbers.items():
        mark = 0
        for seq in seen:
            if seq > mark:
                applied.setdefault(key, []).append(seq)
                mark = seq
    return applied


async def read_topic(platform: Platform, topic: str) -> list[Record]:
    """Everything that stands in a topic now, repetitions included."""
    return [
        Record(
            key=one.key,
            seq=int(dict(one.headers)["ce_sequence"]),
            value=one.value,
            headers=one.headers,
            partition=one.partition,
        )
        for one in await read_records(platform, topic)
    ]
