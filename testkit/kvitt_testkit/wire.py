"""Topics in tests, with the credentials of whoever may: read as they are, or each event once, and
written as their owner does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kvitt_contracts.envelope import Envelope, Event
from kvitt_contracts.repetition import AlreadyRead

from kvitt_testkit.platform import Platform
from kvitt_testkit.world import an_envelope


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One record of a topic."""

    topic: str
    partition: int
    key: str
    headers: tuple[tuple[str, bytes], ...]
    value: bytes

    @property
    def envelope(self) -> Envelope:
        """Its CloudEvents attributes. Raises EnvelopeError."""
        return Envelope.from_headers(self.headers)


def client_settings(platform: Platform, principal: str) -> dict[str, Any]:
    """aiokafka's settings for a user of the broker: a service, `region-ac`, `admin`."""
    settings: dict[str, Any] = {"bootstrap_servers": platform.bootstrap}
    user = platform.credentials(principal)
    if user is None:
        return settings
    return settings | {
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-512",
        "sasl_plain_username": user.username,
        "sasl_plain_password": user.password,
    }


async def read_records(platform: Platform, *topics: str, principal: str = "admin") -> list[Record]:
    """Every record that stands in the topics now, also those that stand there twice; each
    partition's in order.
    """
    consumer = AIOKafkaConsumer(
        *topics, auto_offset_reset="earliest", **client_settings(platform, principal)
    )
    found: list[Record] = []
    async with consumer:
        ends = await consumer.end_offsets(consumer.assignment())
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [_record(one) for one in records]
    return found


async def read_events(platform: Platform, *topics: str, principal: str = "admin") -> list[Record]:
    """Every event of the topics once, as each reader takes them; each key's in order."""
    read = AlreadyRead()
    records = await read_records(platform, *topics, principal=principal)
    return [one for one in records if read.is_new(one.topic, one.envelope)]


async def publish(
    platform: Platform, topic: str, events: Mapping[str, Event], *, principal: str
) -> None:
    """Send each event, the first of its key; `principal` is the service that owns the topic."""
    async with AIOKafkaProducer(**client_settings(platform, principal)) as producer:
        for key, event in events.items():
            await producer.send_and_wait(
                topic,
                event.model_dump_json().encode(),
                key=key.encode(),
                headers=an_envelope(event, subject=key).headers(),
            )


def repeated(records: Sequence[Record]) -> list[Record]:
    """Those that stand there again, byte for byte, after the first."""
    return [one for number, one in enumerate(records) if one in records[:number]]


def _record(one: Any) -> Record:
    return Record(
        topic=one.topic,
        partition=one.partition,
        key=(one.key or b"").decode(),
        headers=tuple(one.headers),
        value=one.value,
    )
