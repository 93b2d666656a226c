"""The code samples for regions' systems: what they write is read, what they read is understood."""

import importlib.util
import json
import os
from pathlib import Path
from types import ModuleType
from unittest import mock

import pytest
from confluent_kafka import Message, Producer
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.examples import Example, examples

SAMPLES = Path(__file__).parents[2] / "docs" / "integrators"


def _sample(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SAMPLES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_headers_that_the_sample_writes_are_read() -> None:
    order = examples("orders.order.place.v1")[0]

    headers = _sample("send").headers(
        "region.ac.orders", order.wire_type, order.envelope.subject, order.body
    )

    read = Envelope.from_headers((name, text.encode()) for name, text in headers.items())
    assert (read.type, read.subject, read.region) == (order.wire_type, "VB-2026-00915", "ac")


def test_the_sample_gives_the_same_message_the_same_id() -> None:
    send = _sample("send")
    first, again, other = (
        send.headers("region.ac.orders", "orders.order.void.v1", "VB-1", body)["ce_id"]
        for body in (b"{}", b"{}", b"[]")
    )

    assert first == again
    assert first != other


def test_the_settings_of_the_sample_are_known_to_the_client() -> None:
    environment = {
        "KAFKA_BOOTSTRAP": "localhost:1",
        "KAFKA_USERNAME": "region-ac",
        "KAFKA_PASSWORD": "x",
        "KAFKA_SECURITY": "SASL_PLAINTEXT",
    }
    with mock.patch.dict(os.environ, environment):
        settings = _sample("send").settings()

    assert settings["partitioner"] == "murmur2_random"
    Producer(settings)  # raises on a setting that it does not know


def example(wire_type: str, case: str | None = None) -> Example:
    """The example of this case, or the only one."""
    (found,) = [one for one in examples(wire_type) if case in (None, one.case)]
    return found


@pytest.mark.parametrize(
    ("one", "line"),
    [
        (
            example("region.message.refused.v1"),
            (
                "VB-2026-00933: avvisat enligt ORD-1 (lines.0.article_number). Kontrollera"
                " uppgiften, eller skicka den till Kvitt först, och försök igen."
            ),
        ),
        (example("region.order.reported.v1", "delivered"), "VB-2026-00871: delivered"),
        (example("region.message.settled.v1", "applied"), "VB-2026-00915: applied."),
        (example("region.message.settled.v1", "discarded"), "VB-2026-00915: discarded."),
        (
            example("region.message.settled.v1", "unreadable"),
            (
                "region.ac.orders, partition 3, offset 17: quarantined. Meddelandet kan inte läsas."
                " Rätta attributet efter docs/integrators/topics.md och skicka det med ett nytt"
                " ce_id; det här tas om hand hos Kvitt."
            ),
        ),
    ],
    ids=["refused", "order", "applied", "discarded", "unreadable"],
)
def test_the_feed_is_told_line_by_line(one: Example, line: str) -> None:
    message = mock.create_autospec(Message, instance=True)
    message.headers.return_value = one.headers
    message.value.return_value = json.dumps(one.data).encode()

    assert _sample("read_feed").describe(message) == line
