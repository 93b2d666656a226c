"""NTF-4: how a mail is handed over to a mail server, on a real one."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from kvitt_contracts.types import EmailId
from kvitt_testkit.mail_server import HOST, mail_server
from notifications.emails.domain import STOCKTAKING
from notifications.emails.letters import write
from notifications.emails.settings import MailSettings
from notifications.emails.smtp import MailServer, MailServerAway

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


@pytest.mark.rule("NTF-4a")
async def test_a_server_that_looks_through_a_mail_for_long_gets_it_once() -> None:
    letter = write(
        EmailId(uuid4()), STOCKTAKING, sender=OURS, to=THEIRS, at=datetime(2026, 3, 2, tzinfo=UTC)
    )
    with mail_server() as server:
        server.looks_seconds = 2.0
        await reached_at(server.port, answer_seconds=1.0, look_seconds=30.0).send(letter, to=THEIRS)
        assert [one.to for one in server.received] == [[THEIRS]]

        hurried = reached_at(server.port, answer_seconds=1.0, look_seconds=1.0)
        with pytest.raises(MailServerAway, match="SMTPReadTimeoutError"):
            await hurried.send(letter, to=THEIRS)
        assert len(server.received) == 2  # it has it all the same
