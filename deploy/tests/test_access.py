"""The broker's permissions against the catalogue: tried, not read."""

import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest
from aiokafka.client import AIOKafkaClient
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.coordination import FindCoordinatorRequest
from aiokafka.protocol.fetch import FetchRequest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)
from confluent_kafka.cimpl import Message, Producer
from kvitt.local.kafka import Credentials, client_settings
from kvitt.local.servers import kafka_principals
from kvitt_contracts.topics import Topic
from kvitt_testkit.platform import Platform

PREFIX = "access-"
REGIONS = ("ac", "bd")
PRINCIPALS = kafka_principals(REGIONS)
DENIED = KafkaError.TOPIC_AUTHORIZATION_FAILED
API_VERSIONS, METADATA = 18, 3


@pytest.fixture(scope="module")
def topics(platform: Platform) -> Iterator[tuple[Topic, ...]]:
    yield platform.create_topics(PREFIX, REGIONS)
    platform.delete_topics(PREFIX)


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_a_user_reads_what_the_catalogue_gives_it_and_nothing_else(
    platform: Platform, topics: tuple[Topic, ...], principal: str
) -> None:
    permitted = {topic.name for topic in topics if principal in topic.readers}

    outcomes = await _read_outcomes(platform, principal, [topic.name for topic in topics])

    assert len(outcomes) == len(topics)
    assert {name for name, denied in outcomes.items() if not denied} == permitted


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_a_user_writes_what_the_catalogue_gives_it_and_nothing_else(
    platform: Platform, topics: tuple[Topic, ...], principal: str
) -> None:
    permitted = {topic.name for topic in topics if principal in topic.writers}

    outcomes = _write_outcomes(platform, principal, [topic.name for topic in topics])

    assert len(outcomes) == len(topics)
    assert {name for name, denied in outcomes.items() if not denied} == permitted


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_what_is_granted_to_nobody_is_open_to_nobody(
    platform: Platform, topics: tuple[Topic, ...], principal: str
) -> None:
    orphan = replace(topics[0], name="orphans", readers=frozenset(), writers=frozenset())
    platform.create_topics(PREFIX, topics=[orphan])

    read = await _read_outcomes(platform, principal, ["orphans"])
    written = _write_outcomes(platform, principal, ["orphans"])

    assert read == {"orphans": True}
    assert written == {"orphans": True}


@pytest.mark.parametrize("principal", PRINCIPALS)
async def test_a_user_may_use_its_own_consumer_groups_and_no_one_elses(
    platform: Platform, topics: tuple[Topic, ...], principal: str
) -> None:
    del topics
    groups = [*PRINCIPALS, *(f"{name}-rebuild" for name in PRINCIPALS), f"{principal}x"]

    allowed = await _usable_groups(platform, principal, groups)

    assert allowed == {principal, f"{principal}-rebuild"}


def test_a_user_can_neither_create_topics_nor_change_permissions(
    platform: Platform, topics: tuple[Topic, ...]
) -> None:
    del topics
    client = AdminClient(_settings(platform, "orders"))
    attempts = [
        *client.create_topics([NewTopic(f"{PREFIX}mine", 1, 1)]).values(),
        *client.create_acls([_everything_for("orders")]).values(),
    ]

    refusals = [attempt.exception(10) for attempt in attempts]

    assert [_code(refusal) for refusal in refusals] == [
        DENIED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    ]


@pytest.mark.parametrize("listener", ["client", "controller"])
def test_nobody_is_anonymous_on_any_listener(platform: Platform, listener: str) -> None:
    port = _listener_ports(platform)[listener]

    assert _answers_without_login(port, API_VERSIONS)  # we do speak its language
    assert not _answers_without_login(port, METADATA)


def test_a_wrong_password_is_refused(platform: Platform, topics: tuple[Topic, ...]) -> None:
    del topics
    wrong = client_settings(platform.bootstrap, Credentials("orders", "wrong"))

    with pytest.raises(KafkaException):
        AdminClient({**wrong, "log_level": 0}).list_topics(timeout=3)


def test_topics_carry_the_catalogues_settings_and_the_brokers_time(
    platform: Platform, topics: tuple[Topic, ...]
) -> None:
    admin = AdminClient(_settings(platform, "admin"))
    resources = [ConfigResource(ResourceType.TOPIC, PREFIX + topic.name) for topic in topics]

    found = [future.result(10) for future in admin.describe_configs(resources).values()]
    partitions = admin.list_topics(timeout=10).topics

    for topic, settings in zip(topics, found, strict=True):
        assert settings["retention.ms"].value == str(topic.retention_ms)
        assert settings["max.message.bytes"].value == str(topic.max_message_bytes)
        assert settings["message.timestamp.type"].value == "LogAppendTime"
        is_feed = topic.name.startswith("region.") and topic.name.endswith(".events")
        assert settings["compression.type"].value == ("gzip" if is_feed else "producer")
        assert len(partitions[PREFIX + topic.name].partitions) == topic.partitions


def test_a_topic_is_not_created_by_use(platform: Platform) -> None:
    admin = AdminClient(_settings(platform, "admin"))
    producer = Producer({**_settings(platform, "admin"), "message.timeout.ms": 2000})

    producer.produce(f"{PREFIX}unknown", b"x")
    producer.flush(10)

    assert f"{PREFIX}unknown" not in admin.list_topics(timeout=10).topics


def _settings(platform: Platform, principal: str) -> dict[str, str | int | float | bool]:
    return client_settings(platform.bootstrap, platform.credentials(principal)) | {"log_level": 0}


async def _read_outcomes(platform: Platform, principal: str, names: list[str]) -> dict[str, bool]:
    """Topic → denied, by fetching from its first partition; a client library would ask for less."""
    wanted = [(PREFIX + name, [(0, 0, 1024)]) for name in names]
    async with _connection(platform, principal) as client:
        answer = await client.send(
            client.get_random_node(), FetchRequest(100, 0, 1 << 20, 0, wanted)
        )
    return {
        topic.removeprefix(PREFIX): _is_denied(partition[1], DENIED)
        for topic, partitions in answer.topics
        for partition in partitions
    }


def _write_outcomes(platform: Platform, principal: str, names: list[str]) -> dict[str, bool]:
    """Topic → denied, by producing one record to it."""
    outcomes: dict[str, bool] = {}

    def note(error: KafkaError | None, message: Message) -> None:
        if error and error.code() != DENIED:
            raise KafkaException(error)
        outcomes[str(message.topic()).removeprefix(PREFIX)] = error is not None

    producer = Producer({**_settings(platform, principal), "enable.idempotence": True})
    for name in names:
        producer.produce(PREFIX + name, value=b"{}", partition=0, on_delivery=note)
    producer.flush(30.0)
    return outcomes


async def _usable_groups(platform: Platform, principal: str, groups: list[str]) -> set[str]:
    """Those that it may find the coordinator of and read the offsets of, as a member must."""
    usable = set()
    async with _connection(platform, principal) as client:
        node = client.get_random_node()
        for group in groups:
            found = await client.send(node, FindCoordinatorRequest(PREFIX + group, 0))
            offsets = await client.send(node, OffsetFetchRequest(PREFIX + group, None))
            denied = {
                _is_denied(one.error_code, KafkaError.GROUP_AUTHORIZATION_FAILED)
                for one in (found, offsets)
            }
            assert len(denied) == 1
            usable |= set() if denied.pop() else {group}
    return usable


def _is_denied(code: int, denial: int) -> bool:
    # Permission is asked before anything else: a coordinator still loading has permitted already.
    loading = (
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
    )
    assert code in (0, denial, *loading), KafkaError(code)
    return code == denial


@asynccontextmanager
async def _connection(platform: Platform, principal: str) -> AsyncIterator[Any]:
    user = platform.credentials(principal)
    assert user is not None
    client = AIOKafkaClient(
        bootstrap_servers=platform.bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-512",
        sasl_plain_username=user.username,
        sasl_plain_password=user.password,
    )
    await client.bootstrap()
    try:
        yield client
    finally:
        await client.close()


def _everything_for(principal: str) -> AclBinding:
    return AclBinding(
        ResourceType.TOPIC,
        "*",
        ResourcePatternType.LITERAL,
        f"User:{principal}",
        "*",
        AclOperation.ALL,
        AclPermissionType.ALLOW,
    )


def _code(error: BaseException | None) -> int:
    assert isinstance(error, KafkaException)
    return int(error.args[0].code())


def _listener_ports(platform: Platform) -> dict[str, int]:
    if platform.kafka_controller_port is None:
        pytest.skip("the broker is not ours: its listeners are not known")
    port = int(platform.bootstrap.rpartition(":")[2])
    return {"client": port, "controller": platform.kafka_controller_port}


def _answers_without_login(port: int, api_key: int) -> bool:
    """Send one request, version 0, with nothing in its body but an empty list of topics."""
    client_id = b"nobody"
    header = struct.pack(f">hhih{len(client_id)}s", api_key, 0, 7, len(client_id), client_id)
    body = struct.pack(">i", 0) if api_key == METADATA else b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(struct.pack(">i", len(header + body)) + header + body)
        try:
            return bool(connection.recv(4))
        except ConnectionResetError:
            return False
