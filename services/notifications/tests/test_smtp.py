"""NTF-4: how a mail is handed over to a mail server, on a real one."""

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from aiosmtpd.smtp import AuthResult
from kvitt_contracts.types import EmailId
from kvitt_testkit.mail_server import HOST, a_certificate, mail_server
from notifications.emails.letters import write
from notifications.emails.settings import MailSettings
from notifications.emails.smtp import MailServer, MailServerAway
from notifications.preferences.domain import STOCKTAKING

OURS, THEIRS = "kvitt@region.example", "unit@region.example"


def reached_at(port: int, *, answer_seconds: float, look_seconds: float) -> MailServer:
    """The mail server of this port, which may take so long to answer and to look through a mail."""
    settings = MailSettings(
        host=HOST,
        port=port,
        tls="none",
        sender=OURS,
        orders_url="http://127.0.0.1:1",
        key_file=Path("none.pem"),
    )
    return MailServer(settings, answer_seconds=answer_seconds, look_seconds=look_seconds)


def a_letter() -> EmailMessage:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return write(EmailId(uuid4()), STOCKTAKING, sender=OURS, to=THEIRS, at=at)


@pytest.mark.rule("NTF-4a")
async def test_a_server_that_looks_through_a_mail_for_long_gets_it_once() -> None:
    letter = a_letter()
    with mail_server() as server:
        server.looks_seconds = 2.0
        await reached_at(server.port, answer_seconds=1.0, look_seconds=30.0).send(letter, to=THEIRS)
        assert [one.to for one in server.received] == [[THEIRS]]

        hurried = reached_at(server.port, answer_seconds=1.0, look_seconds=1.0)
        with pytest.raises(MailServerAway, match="SMTPReadTimeoutError"):
            await hurried.send(letter, to=THEIRS)
        assert len(server.received) == 2  # it has it all the same


@pytest.mark.rule("REF-22g")
async def test_the_mail_servers_password_is_replaced_and_every_mail_is_sent(tmp_path: Path) -> None:
    context, authority = a_certificate(tmp_path)
    file = tmp_path / "password"
    file.write_text("first")
    passwords = {"kvitt": "first"}

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_known = passwords.get(data.login.decode()) == data.password.decode()
        return AuthResult(success=is_known, handled=False)  # the server says what came of it

    options: dict[str, Any] = {
        "authenticator": check,
        "tls_context": context,
        "auth_required": True,
    }
    with mail_server(**options) as server:
        reached = MailServer(
            MailSettings(
                host=HOST,
                port=server.port,
                ca_file=authority,
                username="kvitt",
                password_file=file,
                sender=OURS,
                orders_url="http://127.0.0.1:1",
                key_file=Path("none.pem"),
            )
        )
        await reached.send(a_letter(), to=THEIRS)
        file.write_text("second\nfirst\n")
        await reached.send(a_letter(), to=THEIRS)
        passwords["kvitt"] = "second"
        await reached.send(a_letter(), to=THEIRS)
        file.write_text("second\n")
        await reached.send(a_letter(), to=THEIRS)
        assert len(server.received) == 4

        file.write_text("third\n")
        with pytest.raises(MailServerAway, match="SMTPAuthenticationError"):
            await reached.send(a_letter(), to=THEIRS)
