"""The examples of what a region is answered about its own messages are what it is answered: with
these fields, these words and by this rule; through Kafka, orders and notifications.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from kvitt.story.region_client import FeedEvent, RegionClient
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.examples import Example, examples_of
from kvitt_contracts.regions import MessageRefused, MessageSettled
from kvitt_contracts.types import identify
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running, ServiceProcess
from kvitt_testkit.wire import client_settings, publish
from kvitt_testkit.world import ServiceUrls, an_envelope, wait_for

from contracts.tests.builders.inventory import an_article_listed
from contracts.tests.builders.regions import (
    a_customer_stated,
    a_payer_stated,
    a_person_stated,
    a_user_contact_stated,
    a_user_stated,
)
from contracts.tests.builders.story import CUSHION
from services.orders.tests.builders import a_line, an_order_command

pytestmark = pytest.mark.long(seconds=30)

EXAMPLES = examples_of([MessageSettled, MessageRefused])
WORDS = (
    "service",
    "message_type",
    "outcome",
    "reason",
    "rule",
    "field",
    "way_on",
    "thing",
)
"""Fields that say the same of any message like it; the others name this one."""


@dataclass(frozen=True, slots=True)
class Region:
    """The region's own client: what it writes, and what it has been told."""

    platform: Platform
    prefix: str
    producer: AIOKafkaProducer

    async def state(self, topic: str, subject: str, message: Message) -> Envelope:
        """Write a message under the region's own name of its thing."""
        envelope = an_envelope(message, subject=subject)
        await self.write(topic, envelope, message.model_dump_json().encode())
        return envelope

    async def write(self, topic: str, envelope: Envelope | None, value: bytes) -> None:
        """Write a record, with no header where it says nothing of itself."""
        await self.producer.send_and_wait(
            f"{self.prefix}region.ac.{topic}",
            value,
            key=envelope.subject.encode() if envelope else None,
            headers=envelope.headers() if envelope else [],
        )

    async def told(self) -> Sequence[FeedEvent]:
        """All that stands on its feed."""
        user = self.platform.credentials("region-ac")
        assert user is not None
        client = RegionClient(
            "ac", bootstrap=self.platform.bootstrap, credentials=user, topic_prefix=self.prefix
        )
        async with client:
            return await client.feed()

    async def hears(self, wire_type: str, **said: str) -> None:
        """Wait until it is told this."""

        async def is_told() -> bool:
            return any(
                one.type == wire_type and said.items() <= one.data.items()
                for one in await self.told()
            )

        await wait_for(is_told, within=60.0, every=0.2)


async def test_the_examples_of_answers_are_what_a_region_is_answered(
    platform: Platform,
    prefix: str,
    service_database: Callable[[str], ServiceUrls],
    running: Running,
) -> None:
    for name in ("orders", "notifications"):
        service_database(name)
    orders = await running("orders")
    await running("notifications")
    async with AIOKafkaProducer(**client_settings(platform, "region-ac")) as producer:
        region = Region(platform, prefix, producer)
        await _register(region, orders)
        await _write_one_of_each(region)
    settled, refused = MessageSettled.wire_type, MessageRefused.wire_type
    await region.hears(settled, outcome="applied", thing="order")
    await region.hears(settled, outcome="duplicate")
    await region.hears(settled, outcome="quarantined", reason="UNREADABLE")
    await region.hears(settled, outcome="quarantined", reason="UNKNOWN_VERSION")
    await region.hears(refused, subject="VB-3")
    await _discard(orders)
    await region.hears(settled, outcome="discarded", subject="VB-2")

    told = await region.told()
    missing = [one for one in EXAMPLES if not any(_is_like(one, said) for said in told)]
    answers = [said.data for said in told if said.type in (settled, refused)]
    assert not missing, (missing, answers)


async def _register(region: Region, orders: ServiceProcess) -> None:
    """Who orders what for whom, until orders knows it."""
    await region.state("persons", "ac-person-1", a_person_stated())
    await region.state("persons", "k082lno", a_user_contact_stated())
    await region.state("orders", "20011", a_payer_stated())
    await region.state("orders", "40201", a_customer_stated())
    await region.state("orders", "k082lno", a_user_stated())
    article = str(identify("ac", "article", CUSHION))
    listed = an_article_listed(CUSHION, marked=False)
    topic = f"{region.prefix}inventory.articles"
    await publish(region.platform, topic, {article: listed}, principal="inventory")
    async with orders.http() as client:
        for path in ("/persons", "/users"):
            await wait_for(lambda path=path: _has_one(client, path), within=60.0)  # type: ignore[misc]
    await orders.come_to_rest()


async def _has_one(client: httpx.AsyncClient, path: str) -> bool:
    return bool((await client.get(path)).json()["total"])


async def _write_one_of_each(region: Region) -> None:
    """An order, the same once more, one of a version that nobody knows, one of an article that
    nobody has, and a record that says nothing.
    """
    order = an_order_command()
    value = order.model_dump_json().encode()
    placed = await region.state("orders", "VB-1", order)
    await region.write("orders", placed, value)
    unknown = Envelope(
        id=uuid4(),
        source=placed.source,
        type="orders.order.place.v9",
        time=placed.time,
        subject="VB-2",
        region=placed.region,
    )
    await region.write("orders", unknown, value)
    await region.state("orders", "VB-3", an_order_command(a_line("99999")))
    await region.write("orders", None, b"{}")


async def _discard(orders: ServiceProcess) -> None:
    """An operator throws away what is quarantined."""
    async with orders.admin() as client:
        parked: list[dict[str, Any]] = (
            await client.get("/admin/parked", params={"state": "quarantined"})
        ).json()
        assert len(parked) == 2, parked
        for entry in parked:
            why = {"why": "broken at the sender"}
            answer = await client.post(f"/admin/quarantine/{entry['id']}:discard", json=why)
            assert answer.status_code == 200, answer.text


def _is_like(one: Example, said: FeedEvent) -> bool:
    """True where a message of the feed has the example's fields, of its types, with its words."""
    example, data = one.data, said.data
    return (
        said.type == one.wire_type
        and example.keys() == data.keys()
        and all(type(example[name]) is type(data[name]) for name in example)
        and all(example[name] == data[name] for name in WORDS if name in example)
    )
