"""What a region sends, read as a consumer reads it, on a real database and without Kafka: what a
service cannot read, and what takes effect.
"""

import json
from dataclasses import replace
from uuid import uuid4

from cryptography.fernet import Fernet
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.topics import CATALOGUE, REGION, Topic, for_region
from kvitt_contracts.types import RegionCode

from kvitt_testkit.sending import an_event
from kvitt_testkit.world import World


async def quarantine_and_discard(world: World, *, region: str = "ac") -> None:
    """Let a service get a record that says nothing, a message of an unknown version and one behind
    it; tell their sender; and discard what is quarantined.
    """
    topic, consumer = _reading(world, region)
    shared = consumer.shared
    stem, _, _ = topic.types[0].wire_type.rpartition(".")
    unknown = Envelope(
        id=uuid4(),
        source=f"urn:region:{region}",
        type=f"{stem}.v99",
        time=await world.now(),
        subject="a subject",
        region=RegionCode(region),
    )
    envelopes = (None, unknown, replace(unknown, id=uuid4()))
    await consumer.settle(
        [
            record_of(
                topic=topic.name,
                partition=0,
                offset=offset,
                key=None,
                value=b"{}",
                headers=envelope.headers() if envelope else (),
            )
            for offset, envelope in enumerate(envelopes)
        ]
    )
    await shared.drain.tell()
    for entry in await shared.quarantine.entries():
        await shared.quarantine.discard(entry.id, who="drift", why="cannot be read")


async def let_in(world: World, message: Message, *, subject: str, region: str = "ac") -> None:
    """Let a service get a message from its region, which takes effect and has its receipt."""
    topic, consumer = _reading(world, region)
    sent = an_event(message, subject=subject, region=region)
    record = record_of(
        topic=topic.name,
        partition=1,
        offset=0,
        key=subject.encode(),
        value=json.dumps(sent.data).encode(),
        headers=Envelope.from_attributes(sent.attributes).headers(),
    )
    await consumer.settle([record])


def _reading(world: World, region: str) -> tuple[Topic, Consumer]:
    name = world.service.name
    declared = next(one for one in CATALOGUE if one.name == f"region.{REGION}.{name}")
    topic = for_region(declared, region)
    shared = Shared(
        database=world.worker,
        handlers=world.service.handlers,
        topics=[topic],
        sealer=Sealer(Fernet.generate_key().decode()),
    )
    kafka = {"bootstrap_servers": "localhost:1"}
    return topic, Consumer(shared=shared, topics=[topic], group=name, kafka=kafka)
