"""What of an inbound record is refused before any handler sees it."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord
from kvitt_chassis.consuming.incoming import Incoming, Reader
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.bmb import SaveTransfer
from kvitt_contracts.envelope import STRUCTURED, Envelope, Message
from kvitt_contracts.examples import example, examples
from kvitt_contracts.regions import CustomerStated, DeviceReturned, GoodsReceived, PersonStated
from kvitt_contracts.topics import consumed_by
from kvitt_contracts.types import RegionCode

NUMBER = "189001019802"

OF = {
    CustomerStated: ("orders", "region.ac.orders"),
    PersonStated: ("orders", "region.ac.persons"),
    DeviceReturned: ("inventory", "region.ac.inventory"),
    GoodsReceived: ("inventory", "region.ac.inventory"),
    SaveTransfer: ("bmb", "region.ac.bmb"),
}


async def _handle(message: Any, tx: Transaction) -> None:
    raise AssertionError("to read a record calls no handler")


def read(
    message: type[Message],
    changes: dict[str, Any] | None = None,
    *,
    body: bytes | None = None,
    is_structured: bool = False,
    **attributes: Any,
) -> Incoming:
    """A record of the message's example, as the service that owns its topic reads it."""
    service, topic = OF[message]
    handlers = Handlers()
    handlers.on(message)(_handle)
    told = examples(message.wire_type)[0]
    envelope = replace(
        told.envelope, id=uuid4(), region=RegionCode("ac"), source="urn:region:ac", **attributes
    )
    value = body or json.dumps({**told.data, **(changes or {})}).encode()
    headers = envelope.headers()
    if is_structured:
        value = _structured(envelope, json.loads(value))
        headers = [("content-type", STRUCTURED.encode())]
    record = ConsumerRecord(topic, 0, 0, 0, 0, b"key", value, None, 3, len(value), headers)
    return Reader(consumed_by(service, ["ac"]), handlers, digest=bytes.hex).read(record)


def read_record(message: type[Message], changes: dict[str, bytes | None]) -> Incoming:
    """A record of the message's example with other headers, or another `key`; None: without it."""
    service, topic = OF[message]
    told = examples(message.wire_type)[0]
    named: dict[str, bytes | None] = {"key": b"key", **dict(told.envelope.headers()), **changes}
    key = named.pop("key")
    headers = [(name, value) for name, value in named.items() if value is not None]
    value = json.dumps(told.data).encode()
    record = ConsumerRecord(topic, 0, 0, 0, 0, key, value, None, 3, len(value), headers)
    return Reader(consumed_by(service, ["ac"]), Handlers(), digest=bytes.hex).read(record)


def _structured(envelope: Envelope, data: Any) -> bytes:
    named = {name.removeprefix("ce_"): value.decode() for name, value in envelope.headers()}
    return json.dumps({**named, "data": data}).encode()


def refusal(incoming: Incoming) -> tuple[str, str | None]:
    """Reason and field of the refusal that a record gets."""
    assert incoming.refused is not None
    assert NUMBER not in incoming.refused.way_on
    return incoming.refused.reason, incoming.refused.field


@pytest.mark.parametrize("message", OF, ids=lambda message: message.wire_type)
def test_an_example_is_read(message: type[Message]) -> None:
    assert read(message).message == example(message)


@pytest.mark.parametrize(
    ("message", "changes", "field"),
    [
        (DeviceReturned, {"returned_on": "0"}, "returned_on"),
        (DeviceReturned, {"returned_on": "2026-05-01T00:00:00"}, "returned_on"),
        (CustomerStated, {"private_clinic": "yes"}, "private_clinic"),
        (CustomerStated, {"name": " \u00a0"}, "name"),
        (CustomerStated, {"name": "Sjukhuset\n"}, "name"),
        (GoodsReceived, {"quantity": 5.0}, "quantity"),
        (PersonStated, {"protected": 1}, "protected"),
    ],
)
def test_what_the_schema_refuses_is_refused_by_the_fields_name(
    message: type[Message], changes: dict[str, Any], field: str
) -> None:
    assert refusal(read(message, changes)) == ("INVALID_FIELD", field)


def test_a_name_twice_in_an_object_is_refused() -> None:
    body = json.dumps(examples(DeviceReturned.wire_type)[0].data)
    twice = body.replace("{", '{"store": "500", ', 1).encode()

    assert refusal(read(DeviceReturned, body=twice)) == ("INVALID_FIELD", "store")


@pytest.mark.parametrize("is_structured", [False, True])
@pytest.mark.parametrize("number", [NUMBER, "tel 9001019802", "18900101-9802!"])
def test_a_personal_number_in_free_text_is_refused(number: str, is_structured: bool) -> None:
    told = read(SaveTransfer, {"message": number}, is_structured=is_structured)

    assert refusal(told) == ("INVALID_FIELD", "message")
    named = read(CustomerStated, {"name": number}, is_structured=is_structured)
    assert refusal(named) == ("INVALID_FIELD", "name")


@pytest.mark.parametrize("is_structured", [False, True])
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("dataschema", "ce_dataschema"),
        ("correlation_id", "ce_correlationid"),
        ("causation_id", "ce_causationid"),
        ("actor", "ce_actor"),
        ("subject", "ce_subject"),
    ],
)
def test_a_personal_number_in_an_attribute_is_refused_and_forgotten(
    name: str, field: str, is_structured: bool
) -> None:
    attribute: dict[str, Any] = {name: f"x-{NUMBER}"}

    told = read(GoodsReceived, is_structured=is_structured, **attribute)

    assert refusal(told) == ("INVALID_FIELD", field)
    assert NUMBER not in f"{told.key} {told.envelope}"


@pytest.mark.parametrize("message", [CustomerStated, PersonStated])
@pytest.mark.parametrize(
    "changes",
    [
        {"ce_id": None, "ce_subject": NUMBER.encode()},
        {"ce_id": None, "ce_source": f"urn:{NUMBER}".encode()},
        {"ce_subject": None, "key": NUMBER.encode()},
    ],
)
def test_no_unreadable_record_is_kept_under_a_personal_number(
    message: type[Message], changes: dict[str, bytes | None]
) -> None:
    told = read_record(message, changes)

    assert told.unreadable is not None
    assert told.key.startswith("#")


@pytest.mark.parametrize("message", [SaveTransfer, PersonStated])
def test_a_subject_that_must_be_an_opaque_id_and_is_none_is_refused(
    message: type[Message],
) -> None:
    told = read(message, subject="Anna Svensson")

    assert refusal(told) == ("INVALID_FIELD", "ce_subject")
    assert "Svensson" not in told.key


def test_a_devices_number_may_look_like_a_persons() -> None:
    told = read(DeviceReturned, {"device_number": NUMBER}, subject=NUMBER)

    assert told.refused is None
    assert told.message is not None
