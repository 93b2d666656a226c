"""A mail server on this machine for tests: it speaks SMTP, keeps what it takes, and refuses what it
is told to.
"""

import asyncio
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from kvitt.local.processes import free_ports

HOST = "127.0.0.1"
TAKEN = "250 OK"


@dataclass(slots=True)
class Received:
    """A mail as it came: to whom, and what."""

    to: list[str]
    letter: EmailMessage


@dataclass(slots=True)
class MailServer:
    """The server. `answers` has what it says to a recipient instead of taking it; `says` what it
    answers to a whole mail; `drops` lets it take a mail and end the connection before it says so;
    for `looks_seconds` it looks through a mail that it has before it says so.
    """

    port: int
    received: list[Received] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    says: str = TAKEN
    drops: bool = False
    looks_seconds: float = 0.0

    async def handle_RCPT(  # noqa: N802  # the library's name
        self, server: Any, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answers to a recipient."""
        answer = self.answers.get(address, TAKEN)
        if answer == TAKEN:
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Envelope) -> str:  # noqa: N802
        """Answers to a mail."""
        if self.says != TAKEN:
            return self.says
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.received.append(Received(list(envelope.rcpt_tos), letter))
        await asyncio.sleep(self.looks_seconds)
        if self.drops:
            server.transport.abort()
        return TAKEN


@contextmanager
def mail_server(*, port: int | None = None, **options: Any) -> Iterator[MailServer]:
    """A server that listens until the end; `options` are aiosmtpd's Controller's."""
    kept = MailServer(port or free_ports(1)[0])
    controller = Controller(kept, hostname=HOST, port=kept.port, **options)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()


def logins(**passwords: str) -> Any:
    """An authenticator that knows these users."""

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        is_known = passwords.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=is_known)

    return check


def a_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context with a certificate for this machine, and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kvitt-test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(HOST))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "mail.pem", folder / "mail-key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, private)
    return context, certificate
