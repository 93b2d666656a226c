"""One trace from the HTTP request through outbox and Kafka to the effect in the next service."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from kvitt_contracts.types import TransferId
from kvitt_testkit.platform import Platform
from kvitt_testkit.running import Running
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import an_envelope, wait_for
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from chassis.tests import toy
from chassis.tests.wire import MODULE
from contracts.tests.builders.bmb import a_transfer_cancelled

TRACE = "0af7651916cd43dd8448eb211c80319c"
REMOTE = f"00-{TRACE}-b7ad6b7169203331-01"
OTHER = "1af7651916cd43dd8448eb211c80319c"


class Collector:
    """A collector of traces that keeps what it is sent."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        collector = self

        class Received(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                if self.headers.get("content-encoding") == "gzip":
                    import gzip

                    body = gzip.decompress(body)
                for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                    for scope in resource.scope_spans:
                        collector.spans += scope.spans
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Received)
        Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def named(self, name: str) -> list[Any]:
        return [span for span in self.spans if span.name == name]


@pytest.fixture
def collector() -> Iterator[Collector]:
    collector = Collector()
    yield collector
    collector.server.shutdown()
    collector.server.server_close()


def linked(spans: list[Any]) -> set[str]:
    return {link.trace_id.hex() for span in spans for link in span.links}


async def test_a_trace_goes_from_the_request_through_outbox_and_kafka_to_the_effect(
    platform: Platform, prefix: str, running: Running, collector: Collector
) -> None:
    urls = platform.database("notifications", prefix, migrate=False)
    toy.make_tables(urls.owner)
    process = await running("notifications", module=MODULE, KVITT_OTLP_ENDPOINT=collector.url)

    async with process.http() as client:
        body = {"reader": "k082lno", "about": str(uuid4())}
        await client.post("/letters", json=body, headers={"traceparent": REMOTE})
    event = a_transfer_cancelled(TransferId(uuid4()))
    envelope = an_envelope(event, subject=str(event.transfer_id), sequence=1)
    headers = [*envelope.headers(), ("traceparent", f"00-{OTHER}-b7ad6b7169203331-01".encode())]
    async with AIOKafkaProducer(**client_settings(platform, "bmb")) as producer:
        await producer.send_and_wait(
            f"{prefix}bmb.transfers",
            event.model_dump_json().encode(),
            key=envelope.subject.encode(),
            headers=headers,
        )
    consumer = AIOKafkaConsumer(
        f"{prefix}notifications.messages",
        auto_offset_reset="earliest",
        **client_settings(platform, "notifications"),
    )
    async with consumer:  # the transfer's message goes there as well, and may come first
        sent = [dict((await consumer.getone()).headers) for _ in range(2)]
    traces = [one["traceparent"].decode().split("-")[1:3] for one in sent]
    await wait_for(lambda: OTHER in linked(collector.named("consume")), within=15)
    await wait_for(lambda: TRACE in linked(collector.named("relay page")), within=15)

    (request,) = await wait_for(lambda: collector.named("POST /letters"))
    assert request.trace_id.hex() == TRACE
    assert [TRACE, request.span_id.hex()] in traces
