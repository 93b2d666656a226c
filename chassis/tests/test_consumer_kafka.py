"""The consumer on real Kafka and PostgreSQL."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from kvitt.local.testing import Platform
from kvitt_chassis.consumer import Consumer, Tuning
from kvitt_chassis.database import Database
from kvitt_chassis.testing import wait_for
from kvitt_contracts.policy import Policies

from chassis.tests import trail


@dataclass(slots=True)
class Broker:
    """The topics of one test, with their prefix."""

    platform: Platform
    prefix: str

    def client(self, principal: str) -> dict[str, Any]:
        """How a principal connects, in aiokafka's names."""
        credentials = self.platform.credentials(principal)
        found: dict[str, Any] = {"bootstrap_servers": self.platform.bootstrap}
        if credentials is not None:
            found |= {
                "security_protocol": "SASL_PLAINTEXT",
                "sasl_mechanism": "SCRAM-SHA-512",
                "sasl_plain_username": credentials.username,
                "sasl_plain_password": credentials.password,
            }
        return found

    async def publish(self, records: Sequence[ConsumerRecord]) -> None:
        """Write records to their topics and partitions, as their owners."""
        for principal in ("inventory", "region-ac"):
            mine = [
                one for one in records if (principal == "region-ac") == ("region." in one.topic)
            ]
            async with AIOKafkaProducer(acks="all", **self.client(principal)) as producer:
                for one in mine:
                    await producer.send_and_wait(
                        one.topic,
                        value=one.value,
                        key=one.key,
                        partition=one.partition,
                        headers=list(one.headers),
                    )


@pytest.fixture
def broker(platform: Platform) -> Broker:
    prefix = f"c{uuid4().hex[:8]}_"
    platform.create_topics(prefix, topics=trail.TOPICS)
    return Broker(platform, prefix)


@pytest.fixture
async def database(
    platform: Platform, policies: Policies, tmp_path: Path
) -> AsyncIterator[Database]:
    urls = platform.database(trail.SERVICE, f"d{uuid4().hex[:8]}_", migrate=False)
    trail.make_tables(urls.owner)
    made = Database(urls.worker, service=trail.SERVICE, role="worker", policies=policies)
    yield made
    await made.dispose()


@pytest.fixture
async def consumer(broker: Broker, database: Database) -> AsyncIterator[Consumer]:
    made = a_started(broker, database)
    await made.start()
    yield made
    await made.stop()


def a_started(broker: Broker, database: Database, **tuning: Any) -> Consumer:
    return trail.a_consumer(
        database,
        kafka=broker.client(trail.SERVICE),
        prefix=broker.prefix,
        tuning=Tuning(**tuning),
    )


async def test_what_stands_on_the_topics_is_applied_once_in_order_and_its_offsets_committed(
    broker: Broker, database: Database, consumer: Consumer
) -> None:
    log = trail.Log(prefix=broker.prefix)
    orders = [uuid4() for _ in range(5)]
    records = [log.released(order, number) for number in (1, 2, 3) for order in orders]

    await broker.publish([*records, log.stated("4711", 1, "Umeå")])

    await wait_for(lambda: _is_done(consumer), within=20)
    assert await trail.trails(database) == dict.fromkeys(orders, (1, 2, 3))
    assert await trail.table(database, "SELECT name FROM payers") == [("Umeå",)]


async def _is_done(consumer: Consumer) -> bool:
    return bool(consumer.assigned()) and await consumer.lag() == 0 and consumer.idle()
