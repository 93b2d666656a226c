"""REF-9, architecture §4: who a person is stands in the vault and in the person facts alone.

The first tests look at what was found after a month of business; the others plant what must be
found.
"""

import json
import re
from uuid import uuid4

import httpx
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic
from kvitt.local.kafka import ADMIN
from kvitt.local.servers import admin_client
from kvitt_chassis.operating.masking import holds_personal_number
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.trace import StatusCode
from prometheus_client import CollectorRegistry, Counter, start_http_server
from psycopg.types.json import Jsonb

from tests.privacy import search
from tests.privacy.free_text import FREE_TEXT, SEALED
from tests.privacy.persons import OLD, PROTECTED
from tests.privacy.search import forms_of
from tests.privacy.served import echo
from tests.privacy.world import PLACES, World, execute

pytestmark = [pytest.mark.timeout(1800), pytest.mark.long(seconds=40)]

MAY_HOLD_PERSONS = re.compile(r"region\.[a-z]{1,2}\.persons@.*")
"""The one topic with person facts, of each region."""

MUST_HOLD_THEM = {
    *(place for place in FREE_TEXT if place.startswith("orders.user_contacts.")),
    *("orders.person_accesses.reason", "bmb.transfer_texts.to_receiver"),
    "bmb.transfer_texts.to_sender",
}
"""Those columns of FREE_TEXT that the month's business writes of persons in."""

WRITTEN = {
    *("orders.order_details.delivery", "orders.order_details.comments"),
    *("orders.application_drafts.application", "orders.order_drafts.written"),
    "orders.attachments.name",
}
"""Those columns of SEALED that the month's business writes of persons in, beside the vault's."""

SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")
TEXTS = sorted({OLD.name, PROTECTED.street, *forms_of(OLD.number)})


# -- what was found --------------------------------------------------------------------------------


@pytest.mark.rule("REF-9a")
@pytest.mark.parametrize("place", [one for one in PLACES if one not in ("topics", "tables")])
def test_no_person_stands_in(place: str, world: World) -> None:
    assert world.findings[place] == []


@pytest.mark.rule("REF-9a")
def test_no_person_stands_in_a_topic_but_the_person_facts(world: World) -> None:
    found = world.findings["topics"]

    assert [one for one in found if not MAY_HOLD_PERSONS.fullmatch(one.place)] == []
    assert any(MAY_HOLD_PERSONS.fullmatch(one.place) for one in found)


@pytest.mark.rule("REF-9a")
def test_no_person_stands_in_a_table_but_those_that_must_hold_them(world: World) -> None:
    found = {one.place for one in world.findings["tables"]}

    assert MUST_HOLD_THEM <= found <= set(FREE_TEXT) - SEALED


@pytest.mark.rule("REF-22a")
@pytest.mark.rule("REF-22d")
def test_no_person_stands_in_what_is_sealed(world: World) -> None:
    kept = {name for name in world.places["tables"] if name in SEALED}
    vault = {one for one in SEALED if one.startswith("orders.person_")}

    assert kept >= vault | WRITTEN
    assert {one.place for one in world.findings["tables"]} & SEALED == set()


@pytest.mark.rule("REF-22e")
def test_no_person_stands_in_a_file_that_is_kept(world: World) -> None:
    assert any(name.endswith(".sealed") for name in world.places["files"])
    assert world.findings["files"] == []


def test_no_address_of_the_documentation_has_room_for_a_number(world: World) -> None:
    for _, page in world.pieces("openapi"):
        for path, operations in json.loads(page)["paths"].items():
            told = [one.get("parameters", []) for one in operations.values()]

            assert not holds_personal_number(path + json.dumps(told))


def test_the_business_left_something_to_search_in_every_place(world: World) -> None:
    topics = {name.split("@")[0] for name in world.places["topics"]}
    tables = {name.rsplit(".", 1)[0] for name in world.places["tables"]}

    assert topics >= {
        *("orders.persons", "orders.customer-orders", "orders.refusals", "bmb.transfers"),
        *("inventory.reservations", "inventory.holds", "inventory.devices", "billing.charges"),
        *("billing.invoices", "notifications.messages", "region.ac.events", "region.ac.persons"),
    }
    assert tables >= {
        *("orders.parked_keys", "orders.parked_messages", "orders.person_accesses"),
        *("orders.idempotency_keys", "bmb.idempotency_keys", "billing.invoices"),
        "billing.documents",
        *(f"{service}.events" for service in SERVICES),
    }
    assert world.places["logs"] == {f"{name}.log" for name in (*SERVICES, "kafka", "postgres")}
    assert any(name.startswith("orders /admin/quarantine/") for name in world.places["admin"])
    assert len(world.places["metrics"]) == len(world.places["openapi"]) == len(SERVICES)
    spans = " ".join(world.places["traces"])
    assert "span POST /persons:find" in spans
    told = "".join(str(content) for _, content in world.pieces("traces"))
    assert all(f"kvitt-{service}" in told for service in SERVICES)
    assert "region.order.reported.v1" in "".join(str(page) for _, page in world.pieces("feed"))
    statuses = {name.split()[-1] for name in world.places["problems"]}
    assert statuses >= {"404", "422"}


# -- what is planted is found ----------------------------------------------------------------------


def test_every_text_in_a_topic_is_found_in_key_header_and_value(world: World) -> None:
    topic = f"planted-{uuid4()}"
    admin = admin_client(world.system.bootstrap, world.system.credentials(ADMIN))
    made = admin.create_topics([NewTopic(topic, num_partitions=3, replication_factor=1)])
    made[topic].result()
    producer = Producer(dict(world.kafka) | {"compression.type": "lz4"})
    for text in TEXTS:
        producer.produce(topic, key=text, value=b"{}", partition=0)
        producer.produce(topic, key="k", value=b"{}", headers={"ce_actor": text}, partition=1)
        producer.produce(topic, key="k", value=json.dumps({"who": text}), partition=2)
    assert producer.flush(30.0) == 0

    found = {one.place for one in world.search("topics")}

    assert found >= {f"{topic}@{part}:{at}" for part in range(3) for at in range(len(TEXTS))}


def test_a_line_in_any_log_is_found(world: World) -> None:
    number = f"{OLD.number[2:8]}-{OLD.number[8:]}"
    names = [*SERVICES, "kafka", "postgres"]
    for name in names:
        with world.system.state.log(name).open("a") as log:
            log.write(f"\nERROR: Failing row contains ({number}, {OLD.name})")

    found = {(one.place, one.text) for one in world.search("logs")}

    assert found >= {
        (f"{name}.log", text) for name in names for text in (number, OLD.family.casefold())
    }


@pytest.mark.parametrize("text", TEXTS)
def test_a_label_of_a_metric_is_found(text: str, world: World) -> None:
    registry = CollectorRegistry()
    Counter("looks", "By whom", ("person",), registry=registry).labels(text).inc()
    server, thread = start_http_server(0, addr="127.0.0.1", registry=registry)
    try:
        pages = search.pages([f"http://127.0.0.1:{server.server_port}/metrics"])

        assert world.sought.search(pages)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("where", ["name", "attribute", "event", "status"])
def test_a_text_in_a_span_is_found(where: str, world: World) -> None:
    before = len(world.search("traces"))
    provider = TracerProvider()
    exporter = OTLPSpanExporter(endpoint=f"{world.traces.endpoint}/v1/traces")
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer = provider.get_tracer("planted")

    with tracer.start_as_current_span(OLD.name if where == "name" else "ok") as span:
        if where == "attribute":
            span.set_attribute("person", OLD.name)
        if where == "event":
            span.record_exception(ValueError(OLD.name))
        if where == "status":
            span.set_status(StatusCode.ERROR, OLD.name)
    provider.shutdown()

    assert len(world.search("traces")) > before


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_an_answer_repeats_from_its_address_is_found(text: str, world: World) -> None:
    with echo() as url:
        answer = httpx.get(f"{url}/persons", params={"q": text})

        assert world.sought.search([("answer", answer.text)])
        assert world.sought.search(search.pages([f"{url}/openapi.json?example={text}"]))


def test_a_row_of_every_database_is_found(world: World) -> None:
    for service in SERVICES:
        values = (str(uuid4()), f'{{"name": "{OLD.name}"}}')
        execute(world.admin_url, service, _STORED_ANSWER, *values)

    found = {one.place for one in world.search("tables")}

    assert found >= {f"{service}.idempotency_keys.body" for service in SERVICES}


def test_a_table_that_nobody_knows_is_searched_too_whatever_its_types(world: World) -> None:
    table = f"planted_{uuid4().hex}"
    columns = "a text, b jsonb, c text[], d bytea, e bigint"
    values = (
        OLD.number,
        Jsonb({"a": [{"number": OLD.number}]}),
        [OLD.number],
        OLD.number.encode(),
        int(OLD.number),
    )
    execute(world.admin_url, "billing", f"CREATE TABLE {table} ({columns})")
    execute(world.admin_url, "billing", f"INSERT INTO {table} VALUES (%s, %s, %s, %s, %s)", *values)

    found = {one.place for one in world.search("tables")}

    assert found >= {f"billing.{table}.{column}" for column in "abcde"}


def test_a_parked_message_that_says_too_much_is_found_as_stored_and_as_shown(world: World) -> None:
    number = f"{OLD.number[:8]}+{OLD.number[8:]}"
    execute(world.admin_url, "orders", _PARKED_KEY)
    execute(world.admin_url, "orders", _PARKED_MESSAGE, number)

    stored = {one.place for one in world.search("tables") if one.text == number}
    shown = {one.place for one in world.search("admin") if one.text == number}

    assert "orders.parked_messages.type" in stored
    assert "orders /admin/parked?limit=1000" in shown
    assert any(place.startswith("orders /admin/quarantine/") for place in shown)


_STORED_ANSWER = """
    INSERT INTO idempotency_keys (region, principal, route, key, request_hash, status, body)
    VALUES ('ac', 'planted', 'POST /planted', %s, '-', 200, %s)
"""
_PARKED_KEY = """
    INSERT INTO parked_keys (topic, key, region, state, cause, reason)
    VALUES ('region.ac.persons', 'planted', 'ac', 'quarantined', 'fault', 'planted')
"""
_PARKED_MESSAGE = """
    INSERT INTO parked_messages (topic, key, type, partition, position, sealed)
    SELECT 'region.ac.persons', 'planted', %s, 0, 1000000, sealed FROM parked_messages LIMIT 1
"""
