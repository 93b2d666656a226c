"""What a region sends and a service cannot read, on a real database and without Kafka."""

from dataclasses import replace
from uuid import uuid4

from cryptography.fernet import Fernet
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.topics import CATALOGUE, REGION, for_region
from kvitt_contracts.types import RegionCode

from kvitt_testkit.world import World


async def quarantine_and_discard(world: World, *, region: str = "ac") -> None:
    """Let a service get a record that says nothing, a message of an unknown version and one behind
    it; tell their sender; and discard what is quarantined.
    """
    name = world.service.name
    topic = next(one for one in CATALOGUE if one.name == f"region.{REGION}.{name}")
    shared = Shared(
        database=world.worker,
        handlers=world.service.handlers,
        topics=[for_region(topic, region)],
        sealer=Sealer(Fernet.generate_key().decode()),
    )
    consumer = Consumer(
        shared=shared,
        topics=[for_region(topic, region)],
        group=name,
        kafka={"bootstrap_servers": "localhost:1"},
    )
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
                topic=f"region.{region}.{name}",
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
