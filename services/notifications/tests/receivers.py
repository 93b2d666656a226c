"""Receivers of webhooks in tests: real HTTP servers in threads, with TLS or without, which answer
as they are told; and certificates.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass(frozen=True, slots=True)
class Got:
    """A call that a receiver has had."""

    headers: dict[str, str]
    body: str
    path: str


@dataclass
class Receiver:
    """A receiver. `answers`: the statuses of its next calls, the last one again and again; 0 hangs
    until the test ends.
    """

    url: str
    got: list[Got] = field(default_factory=list)
    answers: list[int] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    calls: int = 0
    ends: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    def ids(self) -> list[str]:
        """The ids of what it has taken, in order."""
        return [one.headers["webhook-id"] for one in self.got]

    def next_answer(self) -> int:
        with self._lock:
            self.calls += 1
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(*, certificate: Path | None = None, host: str = "127.0.0.1") -> Iterator[Receiver]:
    """A receiver on this machine; with a certificate (a file with its key) by TLS."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            status = receiver.next_answer()
            if not status:
                receiver.ends.wait(60)
                self.close_connection = True
                return
            if 200 <= status < 300:
                named = {name.lower(): value for name, value in self.headers.items()}
                receiver.got.append(Got(named, body, self.path))
            self.send_response(status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", str(len(receiver.body)))
            self.end_headers()
            self.wfile.write(receiver.body if status != 204 else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A client that hangs up is no fault."""

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    scheme = "http" if certificate is None else "https"
    receiver = Receiver(f"{scheme}://{host}:{server.server_port}/kvitt")
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ends.set()
        server.shutdown()
        server.server_close()


def a_certificate(directory: Path, name: str) -> Path:
    """A certificate of its own issuer for a name, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = directory / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return file
