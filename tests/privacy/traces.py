"""A small receiver of traces (OTLP over HTTP) that keeps what it is sent. Knows no sender."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

from tests.privacy.search import Piece


class Traces:
    """What has been received, span by span, at `endpoint`."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self._pieces: list[Piece] = []
        self._lock = Lock()

    def pieces(self) -> list[Piece]:
        """Each span as it was sent: name, attributes, events, links, status; and its sender."""
        with self._lock:
            return list(self._pieces)

    def keep(self, body: bytes) -> None:
        """Keep one export."""
        request = ExportTraceServiceRequest.FromString(body)
        for sent in request.resource_spans:
            pieces: list[Piece] = [("resource", sent.resource.SerializeToString())]
            for scope in sent.scope_spans:
                pieces.append(("scope", scope.scope.SerializeToString()))
                pieces += [(f"span {span.name}", span.SerializeToString()) for span in scope.spans]
            with self._lock:
                self._pieces += pieces


@contextmanager
def receiver() -> Iterator[Traces]:
    """Within: a receiver on a free loopback port."""

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            traces.keep(gzip.decompress(body) if packed else body)
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing: what comes in is kept."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    traces = Traces(f"http://127.0.0.1:{server.server_port}")
    thread = Thread(target=server.serve_forever, name="traces")
    thread.start()
    try:
        yield traces
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
