"""A region's share of the broker: set, read, and felt by who takes more."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
from confluent_kafka import Producer, ThrottleEvent
from kvitt.local.kafka import client_settings
from kvitt.local.quotas import quota_of, set_quotas
from kvitt_contracts.quotas import DEFAULT, Quota
from kvitt_contracts.topics import Topic
from kvitt_testkit.platform import Platform

PREFIX = "quotas-"
MODEST, GREEDY = "quota-modest", "quota-greedy"
NARROW = Quota(producer_byte_rate=10_000, consumer_byte_rate=20_000, request_percentage=30)


@pytest.fixture(scope="module")
def topic(platform: Platform) -> Iterator[Topic]:
    writers = frozenset({MODEST, GREEDY})
    one = Topic(name="flooded", owner="region", key="any", types=(), writers=writers)
    platform.create_topics(PREFIX, topics=[one])
    yield one
    platform.delete_topics(PREFIX)


async def test_a_users_quota_is_what_was_set_last(platform: Platform, topic: Topic) -> None:
    del topic
    assert platform.admin

    found = []
    for quota in (DEFAULT, NARROW, NARROW):
        set_quotas(platform.bootstrap, platform.admin, {GREEDY: quota, MODEST: DEFAULT})
        found.append(quota_of(platform.bootstrap, platform.admin, GREEDY))

    assert found == [asdict(DEFAULT), asdict(NARROW), asdict(NARROW)]
    assert quota_of(platform.bootstrap, platform.admin, MODEST) == asdict(DEFAULT)


def test_who_writes_more_than_its_quota_is_made_to_wait_and_no_other(
    platform: Platform, topic: Topic
) -> None:
    assert platform.admin
    wide = replace(DEFAULT, request_percentage=1_000)
    set_quotas(
        platform.bootstrap,
        platform.admin,
        {GREEDY: replace(wide, producer_byte_rate=20_000), MODEST: wide},
    )

    throttled = {user: _throttled(platform, user, topic) for user in (GREEDY, MODEST)}

    assert max(throttled[GREEDY], default=0.0) > 0.0
    assert not any(throttled[MODEST])


def _throttled(platform: Platform, user: str, topic: Topic) -> list[float]:
    """How long the broker made a user wait, each time, while it wrote 400 kB."""
    told: list[float] = []

    def on_throttle(event: ThrottleEvent) -> None:
        told.append(event.throttle_time)

    producer = Producer(
        client_settings(platform.bootstrap, platform.credentials(user))
        | {"throttle_cb": on_throttle, "linger.ms": 0, "compression.type": "none"}
    )
    for number in range(40):
        producer.produce(PREFIX + topic.name, key=str(number), value=bytes(10_000))
        producer.poll(0.02)
    assert producer.flush(60) == 0
    producer.poll(0)
    return told
