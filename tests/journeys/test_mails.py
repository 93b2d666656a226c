"""NTF-4: mails through the real orders and notifications to a real mail server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from io import BytesIO
from pathlib import Path

import pytest
from kvitt_contracts.notifications import EmailQueued, EmailSent, MessagePostedV2
from kvitt_contracts.orders import PurchaseOrderSent
from kvitt_contracts.policy import Policies
from kvitt_testkit.mail_server import MailServer, mail_server
from kvitt_testkit.world import Given, assert_rows_are_folds
from notifications.app import service as notifications
from notifications.emails.models import EmailToSendRow
from orders.app import service as orders
from orders.purchase_orders.domain import Status
from pypdf import PdfReader

from contracts.tests.builders.purchases import (
    with_purchasing_store,
)
from contracts.tests.builders.story import purchase_order_id
from services.notifications.tests.worlds import whom
from services.orders.tests.purchases import purchase_order, what_can_be_bought
from services.orders.tests.worlds import MONDAY
from tests.journeys.mailing import OURS, Mailing, issuer_in, orders_served

pytestmark = pytest.mark.long(seconds=60)

THEIRS = "order@nordhjalp.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    """A mail server that takes everything."""
    with mail_server() as server:
        yield server


@pytest.fixture
async def mailing(
    given: Given, policies: Policies, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Mailing]:
    """A region that buys over a purchasing store of a supplier that takes orders by mail."""
    monkeypatch.setenv("KVITT_PERSON_KEY", "5a" * 32)
    policed, issuer = with_purchasing_store(policies), issuer_in(tmp_path / "keys")
    async with AsyncExitStack() as stack:
        ours = await stack.enter_async_context(given(orders, at=MONDAY, policies=policed))
        theirs = await stack.enter_async_context(given(notifications, at=MONDAY, policies=policed))
        url = await stack.enter_async_context(orders_served(ours, issuer))
        await what_can_be_bought(ours)
        made = Mailing(ours, theirs, url, issuer)
        await made.rest()
        yield made


async def told(mailing: Mailing) -> list[tuple[str, str]]:
    """Whom notifications has told what."""
    posted = await mailing.notifications.events(MessagePostedV2)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-4a", "ORD-11c")
async def test_a_supplier_gets_its_order_as_pdf_and_the_order_is_sent(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()

    assert await mailing.mailer(server.port).send_one()
    await mailing.rest()

    (got,) = server.received
    assert got.to == [THEIRS]
    assert (got.letter["From"], got.letter["To"]) == (f"Kvitt <{OURS}>", THEIRS)
    assert got.letter["Subject"] == "Inköpsorder 26100001"
    (document,) = got.letter.iter_attachments()
    assert document.get_filename() == "inkopsorder-26100001.pdf"
    content = document.get_content()
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    assert "26100001" in text
    assert "Nordhjälp AB" in text
    (queued,) = await mailing.notifications.events(EmailQueued)
    (sent,) = await mailing.notifications.events(EmailSent)
    assert sent.about.id == purchase_order_id() == queued.about.id
    assert got.letter["Message-ID"] == f"<{sent.email_id}@region.example>"
    (recorded,) = await mailing.orders.events(PurchaseOrderSent)
    assert (recorded.how, recorded.by) == ("email", None)
    assert (await purchase_order(mailing.orders)).status is Status.SENT
    assert await mailing.notifications.rows(EmailToSendRow) == []
    assert await mailing.notifications.timers() == {}
    await assert_rows_are_folds(mailing.orders)
    await assert_rows_are_folds(mailing.notifications)
