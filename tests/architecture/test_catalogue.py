"""The catalogue: who owns what, who may read what, and that each message has one place."""

import inspect
import re
from collections import Counter

import pytest
from kvitt_contracts import coming, topics
from kvitt_contracts.envelope import Command, Event, Fact, Message
from kvitt_contracts.topics import (
    CATALOGUE,
    DAYS_14,
    FOR_EVER,
    REGION,
    SERVICES,
    Topic,
    catalogue,
)

REGIONS = ("ac", "bd")
ALL = (*CATALOGUE, *coming.TOPICS)


def _name(topic: Topic) -> str:
    return topic.name


def test_every_declared_message_stands_in_exactly_one_topic() -> None:
    places = Counter(
        message.wire_type for topic in ALL for message in (*topic.types, *topic.coming)
    )

    assert set(places) == set(Message.registry)
    assert set(places.values()) == {1}


def test_topics_have_different_names() -> None:
    names = [topic.name for topic in (*catalogue(REGIONS), *coming.TOPICS)]

    assert len(names) == len(set(names))


def test_every_topic_constant_is_in_the_catalogue() -> None:
    constants = [one for _, one in inspect.getmembers(topics, lambda one: isinstance(one, Topic))]

    assert {topic.name for topic in constants} == {topic.name for topic in CATALOGUE}


@pytest.mark.parametrize("topic", ALL, ids=_name)
def test_a_topic_is_named_for_its_owner_and_its_plural_noun(topic: Topic) -> None:
    assert re.fullmatch(r"(region\.<code>|[a-z]+)\.[a-z]+(-[a-z]+)*", topic.name)
    if not topic.is_per_region:
        assert topic.name.split(".")[0] == topic.owner
        assert topic.owner in SERVICES


@pytest.mark.parametrize("topic", ALL, ids=_name)
def test_partitions_and_limits_are_those_that_never_change(topic: Topic) -> None:
    assert topic.partitions == 6
    assert topic.max_message_bytes == 1024 * 1024
    assert topic.retention_ms == (DAYS_14 if topic.is_inbound else FOR_EVER)


@pytest.mark.parametrize("topic", ALL, ids=_name)
def test_consumers_are_services_that_may_read(topic: Topic) -> None:
    assert topic.consumers <= set(SERVICES)
    assert topic.consumers <= topic.readers


@pytest.mark.parametrize("topic", ALL, ids=_name)
def test_a_topic_has_one_writer_but_what_regions_send_may_come_over_http(topic: Topic) -> None:
    regions = {f"region-{REGION}"} if topic.is_inbound else set()

    assert topic.writers >= regions
    assert topic.writers - regions == (topic.consumers if topic.is_inbound else {topic.owner})


@pytest.mark.parametrize("topic", ALL, ids=_name)
def test_what_outsiders_read_is_compressed_with_what_every_client_reads(topic: Topic) -> None:
    is_read_outside = any(reader.startswith("region-") for reader in topic.readers)

    assert topic.compression == ("gzip" if is_read_outside else "producer")


@pytest.mark.parametrize("topic", [t for t in ALL if not t.is_inbound], ids=_name)
def test_services_say_events_only(topic: Topic) -> None:
    assert all(issubclass(message, Event) for message in (*topic.types, *topic.coming))


@pytest.mark.parametrize("topic", [t for t in ALL if t.is_inbound], ids=_name)
def test_a_region_speaks_to_one_service_in_facts_and_commands(topic: Topic) -> None:
    assert len(topic.consumers) == 1
    assert topic.readers == topic.consumers
    assert all(issubclass(one, Fact | Command) for one in (*topic.types, *topic.coming))


@pytest.mark.parametrize("topic", [t for t in ALL if not t.is_per_region], ids=_name)
def test_a_services_types_begin_with_its_name(topic: Topic) -> None:
    wire_types = topic.wire_types | topic.reserved

    assert {wire_type.split(".")[0] for wire_type in wire_types} == {topic.owner}


def test_a_region_writes_and_reads_its_own_topics_alone() -> None:
    for topic in catalogue(REGIONS):
        for principal in topic.readers | topic.writers:
            if principal.startswith("region-"):
                assert topic.name.startswith(f"region.{principal.removeprefix('region-')}.")


def test_only_the_person_facts_are_personal_data_and_only_orders_reads_them() -> None:
    (persons,) = [topic for topic in ALL if topic.personal_data]

    assert persons is topics.REGION_PERSONS
    assert persons.readers == {"orders"}


def test_no_place_of_a_region_is_left_open() -> None:
    for topic in catalogue(REGIONS):
        assert "<code>" not in "".join([topic.name, *topic.readers, *topic.writers])
