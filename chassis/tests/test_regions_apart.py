"""Two regions on real Kafka and PostgreSQL: what one sends holds up neither the other nor our own
topics.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from confluent_kafka import TopicPartition as ConfluentPartition
from cryptography.fernet import Fernet
from kvitt.local.servers import admin_client
from kvitt_chassis.consuming.caps import Cap
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.consumers import Consumers
from kvitt_chassis.consuming.kafka_client import Reading
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.sealing import Sealer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import PayerRegistered, VoidOrder
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import PayerStated
from kvitt_contracts.topics import INVENTORY_RESERVATIONS, REGION_ORDERS, Topic, for_region
from kvitt_contracts.types import PayerId, RegionCode, identify
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import wait_for

from chassis.tests import trail
from contracts.tests.builders.regions import a_payer_stated

pytestmark = pytest.mark.long(seconds=30)

INBOUND = tuple(for_region(REGION_ORDERS, code) for code in ("ac", "bd"))
TOPICS = (INVENTORY_RESERVATIONS, *INBOUND)
FLOOD = 400
TURN = 25


@dataclass(slots=True)
class Gate:
    """Holds the handlers of one region until a test opens it."""

    open: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)


gate: Gate | None = None
messages = Handlers()


@messages.on(PayerStated)
async def on_payer_stated(fact: PayerStated, tx: Transaction) -> None:
    """Register a payer; its name says which other payer must be known first."""
    if fact.name == "gate" and gate is not None:
        gate.reached.set()
        await gate.open.wait()
    if fact.name.startswith("after "):
        await tx.get(trail.PayerRow, identify(tx.region, "payer", fact.name.removeprefix("after ")))
    key = identify(tx.region, "payer", fact.payer_id)
    tx.start(trail.PayerRow, key, PayerRegistered(payer_id=fact.payer_id, name=fact.name))


@messages.command(VoidOrder)
async def void_order(command: VoidOrder, tx: Transaction) -> None:
    """Refused always."""
    raise Refused("NOT_ALLOWED", rule="ORD-14", way_on="Ring kundtjänst.", field="by", by="x")


@messages.on(ReservationReleased, loads=lambda event, _: [(trail.TrailRow, event.order_id)])
async def on_released(event: ReservationReleased, tx: Transaction) -> None:
    """Write the number down."""
    await trail.on_released(event, tx)


@dataclass(slots=True)
class Town:
    """A broker's topics, a database, and the consumers of one service."""

    platform: Platform
    database: Database
    prefix: str
    handed_on: list[list[str]] = field(default_factory=list)  # the region of each, by batch
    may_settle: asyncio.Event = field(default_factory=asyncio.Event)  # what regions send

    def kafka(self, principal: str) -> dict[str, Any]:
        return client_settings(self.platform, principal)

    async def publish(self, principal: str, records: Sequence[ConsumerRecord]) -> None:
        """Write records as a principal, each key's in order."""
        async with AIOKafkaProducer(acks="all", **self.kafka(principal)) as producer:
            sent = [
                await producer.send(
                    self.prefix + one.topic,
                    value=one.value,
                    key=one.key,
                    partition=one.partition,
                    headers=list(one.headers),
                )
                for one in records
            ]
            await asyncio.gather(*sent)

    def lose(self, topic: str, *, before: int) -> None:
        """Delete the records of a topic's first partition, as retention does."""
        client = admin_client(self.platform.bootstrap, self.platform.admin)
        place = ConfluentPartition(self.prefix + topic, 0, before)
        for future in client.delete_records([place]).values():
            future.result(10)

    def consumer(self, shared: Shared, group: str, topics: Sequence[Topic]) -> Consumer:
        """One group's consumer."""
        return Consumer(
            shared=shared,
            topics=topics,
            group=group,
            kafka=self.kafka(trail.SERVICE),
            tuning=Tuning(reading=Reading(max_records=TURN), watch_every=0.2),
        )

    def shared(self, cap: Cap | None = None) -> Shared:
        """The inbox and the park."""
        return Shared(
            database=self.database,
            handlers=messages,
            topics=TOPICS,
            sealer=Sealer(Fernet.generate_key().decode()),
            prefix=self.prefix,
            cap=cap,
        )

    @asynccontextmanager
    async def running(self, cap: Cap | None = None) -> AsyncIterator[Consumers]:
        """Two groups, as a service has them, that run in the block."""
        shared = self.shared(cap)
        regions = self.consumer(shared, f"{trail.SERVICE}-regions", INBOUND)
        consumers = Consumers(shared, [self.consumer(shared, trail.SERVICE, TOPICS[:1]), regions])
        settle = regions.settle

        async def noted(records: Sequence[ConsumerRecord]) -> Any:
            self.handed_on.append(
                [one.topic.removeprefix(self.prefix).split(".")[1] for one in records]
            )
            await self.may_settle.wait()
            return await settle(records)

        regions.settle = noted  # type: ignore[method-assign]
        await consumers.start()
        try:
            yield consumers
        finally:
            await consumers.stop()

    async def payers(self, region: str) -> int:
        """How many payers of a region are known."""
        query = f"SELECT count(*) FROM payers WHERE region = '{region}'"
        ((count,),) = await trail.table(self.database, query)
        return int(count)


@pytest.fixture
async def town(platform: Platform, policies: Policies, tmp_path: Path) -> AsyncIterator[Town]:
    global gate
    gate = None
    prefix = f"r{uuid4().hex[:8]}_"
    platform.create_topics(prefix, topics=TOPICS)
    urls = platform.database(trail.SERVICE, prefix, migrate=False)
    trail.make_tables(urls.owner)
    database = Database(urls.worker, service=trail.SERVICE, role="worker", policies=policies)
    made = Town(platform, database, prefix)
    made.may_settle.set()
    yield made
    await database.dispose()


def facts(region: str, names: Iterable[tuple[str, str]]) -> list[ConsumerRecord]:
    """A region's facts of payers, each with its name, spread over the partitions."""
    log = trail.Log()
    records = []
    for at, (payer, name) in enumerate(names):
        fact = a_payer_stated(payer, version=1, name=name)
        envelope = trail.an_envelope(fact, subject=payer, region=region)
        records.append(log.record(f"region.{region}.orders", envelope, fact, partition=at % 6))
    return records


def numbers(count: int) -> list[str]:
    return [f"{number:05}" for number in range(10_000, 10_000 + count)]


def valid() -> list[ConsumerRecord]:
    """A flood that all goes well."""
    return facts("ac", ((one, "Umeå") for one in numbers(FLOOD)))


def refused() -> list[ConsumerRecord]:
    """A flood that is refused."""
    log = trail.Log()
    return [log.void(one) for one in numbers(FLOOD)]


def unreadable() -> list[ConsumerRecord]:
    """A flood that nobody can read."""
    log = trail.Log()
    return [
        log.raw("region.ac.orders", key=one.encode(), value=b"{", partition=at % 6)
        for at, one in enumerate(numbers(FLOOD))
    ]


def waiting() -> list[ConsumerRecord]:
    """A flood that waits for a payer who never comes."""
    return facts("ac", ((one, "after 99999") for one in numbers(FLOOD)))


@pytest.mark.parametrize("flood", [valid, refused, unreadable, waiting])
async def test_a_regions_good_fact_waits_for_one_turn_of_anothers_flood(
    town: Town, flood: Any
) -> None:
    town.may_settle.clear()
    await town.publish("region-ac", flood())

    async with town.running() as consumers:
        await wait_for(lambda: town.handed_on, within=30)
        await town.publish("region-bd", facts("bd", [("4711", "Luleå")]))
        await wait_for(lambda: _is_fetched(consumers, "bd"), within=20)
        town.may_settle.set()
        await wait_for(lambda: _is_known(town, "bd", 1), within=30)
        await wait_for(lambda: _is_read(consumers), within=60)

    assert [set(batch) for batch in town.handed_on[:2]] == [{"ac"}, {"bd"}]
    assert all(len(batch) <= TURN for batch in town.handed_on)
    assert sum(map(len, town.handed_on)) == FLOOD + 1  # none was fetched twice


async def test_a_region_that_is_slow_does_not_hold_up_our_own_topics(town: Town) -> None:
    global gate
    gate = Gate()
    await town.publish("region-ac", facts("ac", [("4711", "gate")]))
    log, order = trail.Log(), uuid4()

    async with town.running():
        await asyncio.wait_for(gate.reached.wait(), 30)
        await town.publish("inventory", [log.released(order, 1), log.released(order, 2)])

        await wait_for(lambda: _trail_is(town, order, (1, 2)))
        assert await town.payers("ac") == 0
        gate.open.set()
        await wait_for(lambda: _is_known(town, "ac", 1), within=20)


async def test_a_region_at_its_cap_is_not_read_on_until_enough_has_left_the_park(
    town: Town,
) -> None:
    cap, restarts = Cap(keys=50), _restarts()
    blocked = facts("ac", ((one, "after 99999") for one in numbers(FLOOD)))
    await town.publish("region-ac", blocked)

    async with town.running(cap) as consumers:
        await wait_for(lambda: consumers.shared.caps.over, within=30)
        await town.publish("region-bd", facts("bd", [("4711", "Luleå")]))
        await wait_for(lambda: _is_known(town, "bd", 1), within=20)
        await wait_for(lambda: _holds_all(consumers), within=20)

        assert consumers.shared.caps.over == {"ac"}
        assert trail.sample("parked_region_held", service=trail.SERVICE, region="ac") == 1
        assert trail.sample("parked_region_held", service=trail.SERVICE, region="bd") == 0
        ((parked,),) = await trail.table(town.database, "SELECT count(*) FROM parked_keys")
        assert cap.keys <= parked <= cap.keys + TURN
        assert await consumers.lag() >= FLOOD - parked
        assert await consumers.lag(region=trail.AC) == await consumers.lag()
        assert await consumers.lag(region=RegionCode("bd")) == 0
        assert _paused(consumers) == {("ac", number) for number in range(6)}
        assert consumers.is_ready()

        async with town.database.unit() as unit:  # as HTTP would
            tx = unit.begin(region=trail.AC)
            event = PayerRegistered(payer_id=PayerId("99999"), name="Umeå")
            tx.start(trail.PayerRow, identify("ac", "payer", "99999"), event)
        await wait_for(lambda: _is_known(town, "ac", FLOOD + 1), within=60)
        await wait_for(lambda: not consumers.shared.caps.over, within=20)
        assert _paused(consumers) == set()
    assert _restarts() == restarts  # nothing but the cap has held it up
    assert await trail.table(town.database, "SELECT count(*) FROM parked_keys") == [(0,)]


async def test_a_region_of_which_kafka_has_lost_what_comes_next_stops_alone(town: Town) -> None:
    at_first, lost = facts("ac", [("4711", "Umeå")]), numbers(3)
    await town.publish("region-ac", at_first)
    async with town.running() as consumers:
        await wait_for(lambda: _is_known(town, "ac", 1), within=30)
        await wait_for(lambda: _is_read(consumers), within=30)
    for one in lost:
        await town.publish("region-ac", facts("ac", [(one, "Umeå")]))  # to the first partition
    town.lose("region.ac.orders", before=3)

    async with town.running() as consumers:
        await town.publish("region-ac", [facts("ac", [("4710", "-"), ("4712", "Umeå")])[1]])
        await town.publish("region-bd", facts("bd", [("4711", "Luleå")]))
        await wait_for(lambda: _is_known(town, "bd", 1), within=30)
        await wait_for(lambda: _is_known(town, "ac", 2), within=30)

        assert consumers.is_ready()
        (reason,) = consumers.gone.values()
        assert list(consumers.gone) == [f"{town.prefix}region.ac.orders"]
        assert "offset 1 is out of range 3-4" in reason
        assert await consumers.lag() > 0  # never taken for read


async def test_a_new_group_reads_on_where_the_database_says(town: Town) -> None:
    """As in an installation that read everything in one group until now."""
    first, second = numbers(40)[:20], numbers(40)[20:]
    await town.publish("region-ac", facts("ac", ((one, "Umeå") for one in first)))
    shared = town.shared()
    one_group = town.consumer(shared, trail.SERVICE, TOPICS)
    await one_group.start()
    await wait_for(lambda: _is_known(town, "ac", 20), within=30)
    await one_group.stop()
    await town.publish("region-ac", facts("ac", ((one, "Umeå") for one in second)))

    async with town.running() as consumers:
        await wait_for(lambda: _is_known(town, "ac", 40), within=30)
        await wait_for(lambda: _is_read(consumers), within=30)

    assert sum(map(len, town.handed_on)) == len(second)  # neither more nor less than was new


def _is_fetched(consumers: Consumers, region: str) -> bool:
    fetched = consumers.all[1].client.subscriber.consumer._fetcher._records
    return any(f"region.{region}." in one.topic for one in fetched)


async def _is_known(town: Town, region: str, count: int) -> bool:
    return await town.payers(region) == count


async def _is_read(consumers: Consumers) -> bool:
    return all(one.assigned() for one in consumers.all) and await consumers.lag() == 0


def _paused(consumers: Consumers) -> set[tuple[str, int]]:
    """The paused partitions of regions' topics, by region and number."""
    paused = consumers.all[1].client.subscriber.consumer.paused()
    return {(one.topic.split(".")[1], one.partition) for one in paused}


def _restarts() -> float:
    group = f"{trail.SERVICE}-regions"
    return trail.sample("consumer_restarts_total", service=trail.SERVICE, group=group)


async def _holds_all(consumers: Consumers) -> bool:
    held = consumers.all[1]._pressure.held
    return len(held) == INBOUND[0].partitions


async def _trail_is(town: Town, order: Any, numbers: tuple[int, ...]) -> bool:
    return await trail.trail_of(town.database, order) == numbers
