"""What is read anew of a topic: everything that stands there, each key's in its order, and nothing
of the group's offsets.
"""

from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from kvitt_chassis.consuming import replaying
from kvitt_chassis.consuming.replaying import KafkaTopics
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import an_envelope

from contracts.tests.builders.bmb import a_transfer_cancelled


@pytest.fixture(scope="module")
def topic(platform: Platform, prefix: str) -> str:
    platform.create_topics(prefix)
    return prefix + BMB_TRANSFERS.name


def topics(platform: Platform, prefix: str) -> KafkaTopics:
    """As inventory reads bmb's topic."""
    return KafkaTopics(client_settings(platform, "inventory"), prefix=prefix)


async def test_a_topic_that_nobody_has_written_to_has_said_nothing(
    platform: Platform, prefix: str, topic: str
) -> None:
    assert [one async for one in topics(platform, prefix).said(BMB_TRANSFERS)] == []


async def test_everything_on_a_topic_is_read_in_each_keys_order(
    platform: Platform, prefix: str, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "_PAGE", 5)
    keys = [str(uuid4()) for _ in range(7)]
    async with AIOKafkaProducer(**client_settings(platform, "bmb")) as producer:
        for number in (1, 2, 3):
            for key in keys:
                event = a_transfer_cancelled()
                envelope = an_envelope(event, subject=key, sequence=number)
                await producer.send_and_wait(
                    topic,
                    event.model_dump_json().encode(),
                    key=key.encode(),
                    headers=envelope.headers(),
                )
        await producer.send_and_wait(topic, b"no event", key=b"nobody's")

    said = [one async for one in topics(platform, prefix).said(BMB_TRANSFERS)]

    assert sorted((one.key, one.seq) for one in said) == sorted(
        (key, number) for key in keys for number in (1, 2, 3)
    )
    for key in keys:
        assert [one.seq for one in said if one.key == key] == [1, 2, 3]
    assert {(one.region, one.type) for one in said} == {("ac", "bmb.transfer.cancelled.v1")}
