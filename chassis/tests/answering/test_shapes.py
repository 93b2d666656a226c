"""Structured mode, and headers as clients write them."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_contracts.envelope import STRUCTURED

from chassis.tests.answering.messages import (
    SOURCE,
    answers_of,
    names_of,
    structured,
    without_header,
)
from chassis.tests.trail import Log

MEDIA_TYPES: dict[str, list[tuple[str, bytes]]] = {
    "with a parameter": [("content-type", f"{STRUCTURED}; charset=utf-8".encode())],
    "with a capital": [("Content-Type", b"Application/CloudEvents+JSON;charset=UTF-8")],
    "with an underscore": [("content_type", STRUCTURED.encode())],
    "absent": [],
}


@pytest.mark.parametrize("name", MEDIA_TYPES)
async def test_structured_mode_is_seen_by_a_media_type_as_clients_write_it(
    consumer: Consumer, log: Log, name: str
) -> None:
    fact = log.stated("4711", 1, "first")
    value = structured(log, fact, datacontenttype="application/json; charset=utf-8")

    await consumer.settle([replace(fact, value=value, headers=MEDIA_TYPES[name])])

    assert await names_of(consumer) == ["first"]


@pytest.mark.parametrize("write", [str.upper, lambda name: name.replace("_", "-"), str.title])
async def test_headers_are_read_as_clients_write_their_names(
    consumer: Consumer, log: Log, write: Callable[[str], str]
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [(write(name), value) for name, value in fact.headers]

    await consumer.settle([replace(fact, headers=headers)])

    assert await names_of(consumer) == ["first"]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda one: one[:-5],
    "no id": lambda one: one.replace(b'"id"', b'"idd"'),
    "two ids": lambda one: one.replace(b'"id"', b'"id": "1", "id"'),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_message_in_structured_mode_holds_its_own_subject_up(
    consumer: Consumer, log: Log, name: str
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [("content-type", STRUCTURED.encode())]
    broken = BROKEN[name](structured(log, fact, id="not a uuid" if name == "cut off" else None))
    if name != "cut off":
        broken = BROKEN[name](structured(log, fact))

    await consumer.settle(
        [replace(fact, value=broken, headers=headers, key=None), log.stated("4711", 2, "second")]
    )

    (entry,) = await consumer.quarantine.entries()
    assert (entry.key, entry.messages) == (f"{SOURCE} 4711", 2)
    assert await names_of(consumer) == []


async def test_a_record_without_a_subject_stands_where_its_key_says(
    consumer: Consumer, log: Log
) -> None:
    fact = without_header(log.stated("4711", 1, "first"), "ce_subject")

    await consumer.settle([fact, log.stated("4711", 2, "second")])

    (entry,) = await consumer.quarantine.entries()
    assert (entry.key, entry.messages) == (f"{SOURCE} 4711", 2)


@pytest.mark.parametrize(
    "media_type", ["application/cloudevents-batch+json", "application/cloudevents+avro"]
)
async def test_a_format_that_is_not_read_is_told_with_its_place(
    consumer: Consumer, log: Log, media_type: str
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [("content-type", media_type.encode())]
    batch = b"[" + structured(log, fact) + b"]"

    await consumer.settle([replace(fact, value=batch, headers=headers)])
    await consumer.drain.tell()

    (told,) = await answers_of(consumer)
    assert (told["outcome"], told["field"]) == ("quarantined", "content-type")


async def test_a_field_twice_within_structured_mode_is_refused(
    consumer: Consumer, log: Log
) -> None:
    fact = log.stated("4711", 1, "first")
    value = structured(log, fact).replace(b'"name"', b'"name": "another", "name"')

    await consumer.settle([replace(fact, value=value, headers=[])])

    (answer,) = await answers_of(consumer)
    assert (answer["reason"], answer["field"]) == ("INVALID_FIELD", "name")
