"""NTF-4: mails through the real orders and notifications to a real mail server."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jwt
import pytest
from kvitt_contracts.notifications import (
    EmailFailed,
    EmailQueued,
    EmailSent,
    MessagePostedV2,
)
from kvitt_contracts.orders import (
    PurchaseOrderReminderDue,
    PurchaseOrderSent,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode, Thing, UserId, Word
from kvitt_testkit.mail_server import MailServer, a_certificate, logins, mail_server
from kvitt_testkit.world import Given, assert_rows_are_folds, wait_for
from notifications.app import service as notifications
from notifications.emails import writes
from notifications.emails.domain import to_user
from notifications.emails.models import EmailRow, EmailToSendRow
from notifications.preferences.domain import PICKUP_BY_RELATIVES
from orders.app import service as orders
from orders.purchase_orders.domain import Status
from pypdf import PdfReader
from sqlalchemy import select

from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.orders import a_person_registered, an_order_placed
from contracts.tests.builders.pickups import a_pickup_registered, a_relatives_pickup
from contracts.tests.builders.purchases import (
    SUPPLIER,
    a_purchase_order_created,
    a_supplier_stated,
    with_purchasing_store,
)
from contracts.tests.builders.regions import a_user_contact_stated
from contracts.tests.builders.story import SENDER, purchase_order_id
from services.notifications.tests.worlds import whom
from services.orders.tests.purchases import purchase_order, sending, what_can_be_bought
from services.orders.tests.vault import give_vault_keys
from services.orders.tests.worlds import MONDAY
from tests.journeys.mailing import OURS, Mailing, issuer_in, orders_served

pytestmark = pytest.mark.long(seconds=120)

THEIRS = "order@nordhjalp.example"
A_MINUTE = timedelta(minutes=1)


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
    give_vault_keys(monkeypatch, tmp_path)
    policed = with_purchasing_store(policies, email=(PICKUP_BY_RELATIVES,))
    issuer = issuer_in(tmp_path / "keys")
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


@pytest.mark.rule("NTF-4a", "PCK-3a")
async def test_a_user_is_mailed_at_work_what_relatives_ordered_and_no_person_is_in_it(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.orders.handle(a_user_contact_stated(), subject=SENDER)
    await mailing.notifications.handle(a_responsibles_set(main=SENDER))
    await mailing.notifications.handle(a_person_registered())
    await mailing.notifications.handle_all(a_relatives_pickup(), a_pickup_registered())

    assert await mailing.mailer(server.port).send_one()

    (got,) = server.received
    assert got.to == ["testa.forskrivare@region.example"]
    assert got.letter["Subject"] == "Hämtning beställd av patient eller anhörig"
    text = got.letter.get_content()
    assert "Logga in i Kvitt" in text
    assert not re.search(r"\d|Testa|Förskrivare", text)
    assert got.letter["To"] == got.to[0]  # the address, and no name before it
    (sent,) = await mailing.notifications.events(EmailSent)
    assert sent.routine == "pickup_by_relatives"
    await mailing.rest()
    assert await mailing.orders.events(PurchaseOrderSent) == []


@pytest.mark.rule("NTF-4a")
async def test_a_user_without_an_address_is_told_by_the_message_that_is_there(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.notifications.handle(a_responsibles_set(main=SENDER))
    await mailing.notifications.handle(a_person_registered())
    await mailing.notifications.handle_all(a_relatives_pickup(), a_pickup_registered())

    assert await mailing.mailer(server.port).send_one()

    (failed,) = await mailing.notifications.events(EmailFailed)
    assert failed.reason == "NO_ADDRESS"
    assert await told(mailing) == [(SENDER, "pickup_ordered")]
    assert server.received == []


@pytest.mark.rule("NTF-4a")
async def test_while_the_mail_server_is_away_a_mail_waits_and_is_then_sent_once(
    mailing: Mailing,
) -> None:
    with mail_server() as gone:
        port = gone.port
    mailer = mailing.mailer(port)
    await mailing.bought()

    assert await mailer.send_one()

    assert "mail server away" in (mailer.remark() or "")
    (waits,) = await mailing.notifications.rows(EmailToSendRow)
    assert waits.tries == 1
    with mail_server(port=port) as server:
        assert await mailer.send_one()
        assert not await mailer.send_one()
        assert len(server.received) == 1
    assert mailer.remark() is None
    assert len(await mailing.notifications.events(EmailSent)) == 1


@pytest.mark.rule("NTF-4a")
async def test_while_orders_is_away_a_mail_waits(mailing: Mailing, server: MailServer) -> None:
    await mailing.bought()
    away = mailing.mailer(server.port, orders_url="http://127.0.0.1:9")

    assert await away.send_one()

    assert "orders away" in (away.remark() or "")
    assert await mailing.mailer(server.port).send_one()
    assert len(server.received) == 1


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize("said", ["450 4.2.1 later", "451 4.3.0 later"])
async def test_what_the_mail_server_takes_later_is_tried_again(
    mailing: Mailing, server: MailServer, said: str
) -> None:
    await mailing.bought()
    mailer = mailing.mailer(server.port)
    if said.startswith("450"):
        server.answers[THEIRS] = said
    else:
        server.says = said

    assert await mailer.send_one()

    assert server.received == []
    server.answers, server.says = {}, "250 OK"
    assert await mailer.send_one()
    assert len(server.received) == 1


@pytest.mark.rule("NTF-4a", "ORD-11c")
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("550 5.1.1 no such mailbox", "ADDRESS_REFUSED"),
        ("552 5.3.4 too large", "MAIL_REFUSED"),
    ],
)
async def test_what_the_mail_server_never_takes_fails_at_once_and_the_maker_is_told(
    mailing: Mailing, server: MailServer, said: str, reason: str
) -> None:
    await mailing.bought()
    if reason == "ADDRESS_REFUSED":
        server.answers[THEIRS] = said
    else:
        server.says = said

    assert await mailing.mailer(server.port).send_one()
    await mailing.rest()

    (failed,) = await mailing.notifications.events(EmailFailed)
    assert failed.reason == reason
    assert await told(mailing) == [(SENDER, "purchase_not_mailed")]
    assert (await purchase_order(mailing.orders)).status is Status.CREATED
    await mailing.orders.advance(MONDAY + timedelta(days=4))
    (reminder,) = await mailing.orders.events(PurchaseOrderReminderDue)
    assert reminder.waits_for == "sending"


@pytest.mark.rule("NTF-4a", "ORD-11c")
async def test_after_three_days_it_has_failed_and_the_maker_is_told(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()

    await mailing.notifications.advance(MONDAY + timedelta(days=2, hours=23))
    assert await mailing.notifications.events(EmailFailed) == []
    await mailing.notifications.advance(MONDAY + timedelta(days=3, minutes=5))

    (failed,) = await mailing.notifications.events(EmailFailed)
    assert failed.reason == "NOT_SENT_IN_TIME"
    assert await told(mailing) == [(SENDER, "purchase_not_mailed")]
    assert not await mailing.mailer(server.port).send_one()
    await assert_rows_are_folds(mailing.notifications)


@pytest.mark.rule("NTF-4a", "ORD-11c")
async def test_what_somebody_has_sent_meanwhile_is_not_mailed_and_nobody_is_told(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()
    await mailing.say(sending("phone"), "I-1")

    assert await mailing.mailer(server.port).send_one()
    await mailing.rest()

    assert server.received == []
    (failed,) = await mailing.notifications.events(EmailFailed)
    assert failed.reason == "ALREADY_SENT"
    assert await told(mailing) == []
    assert [one.how for one in await mailing.orders.events(PurchaseOrderSent)] == ["phone"]


@pytest.mark.rule("NTF-4a")
async def test_a_supplier_that_has_left_its_address_gets_none_and_the_maker_is_told(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()
    await mailing.say(a_supplier_stated(version=2, order_email=None), SUPPLIER)

    assert await mailing.mailer(server.port).send_one()

    (failed,) = await mailing.notifications.events(EmailFailed)
    assert failed.reason == "NO_ORDER_ADDRESS"
    assert await told(mailing) == [(SENDER, "purchase_not_mailed")]


@pytest.mark.rule("NTF-4a")
async def test_what_was_taken_and_not_answered_comes_again_under_the_same_id(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()
    mailer = mailing.mailer(server.port)
    server.drops = True

    assert await mailer.send_one()
    server.drops = False
    assert await mailer.send_one()

    ids = [one.letter["Message-ID"] for one in server.received]
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert len(await mailing.notifications.events(EmailSent)) == 1


@pytest.mark.rule("NTF-4a")
async def test_two_mailers_never_try_the_same_mail_at_the_same_time(
    mailing: Mailing, server: MailServer
) -> None:
    await mailing.bought()
    both = (mailing.mailer(server.port), mailing.mailer(server.port))

    found = await asyncio.gather(*(one.send_one() for one in both))

    assert sorted(found) == [False, True]
    assert len(server.received) == 1


@pytest.mark.rule("NTF-4a")
async def test_a_region_with_many_mails_goes_before_no_other_for_long(
    mailing: Mailing, server: MailServer
) -> None:
    for number in range(1, 4):
        await mailing.bought(f"I-{number}", order=f"O-{number}")
    others = a_purchase_order_created("I-9", order="O-9", is_sent_by_kvitt=True)
    theirs = (a_person_registered(), an_order_placed(reference="O-9"))
    await mailing.notifications.handle_all(*theirs, others, region="bd")
    mailer = mailing.mailer(server.port)

    for _ in range(2):
        assert await mailer.send_one()

    left = [one.region for one in await mailing.notifications.rows(EmailToSendRow)]
    assert left == ["ac", "ac"]


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize("newer", ["routine", "addressee"])
async def test_what_a_newer_release_queues_waits_for_a_process_that_knows_it(
    mailing: Mailing, server: MailServer, newer: str
) -> None:
    routine = Word("newer") if newer == "routine" else PICKUP_BY_RELATIVES
    to = to_user(UserId(SENDER))
    if newer == "addressee":
        to = to.model_copy(update={"kind": Word("newer")})
    about = Thing(kind=Word("pickup"), id=UUID(int=1))
    async with mailing.notifications.worker.unit() as unit:
        tx = unit.begin(region=RegionCode("ac"), subject="newer")
        writes.queue(tx, to, routine=routine, about=about, told=None)

    assert await mailing.mailer(server.port).send_one()

    (left,) = await mailing.notifications.rows(EmailToSendRow)
    assert left.tries == 1
    assert await mailing.notifications.events(EmailFailed) == []


@pytest.mark.rule("NTF-4a")
async def test_what_is_sent_is_recorded_however_long_its_row_is_locked(
    mailing: Mailing, server: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    await mailing.bought()
    (email,) = await mailing.notifications.rows(EmailRow)
    async with mailing.notifications.worker.unit() as unit:
        await unit.session.execute(
            select(EmailRow).where(EmailRow.id == email.id).with_for_update()
        )
        trying = asyncio.create_task(mailing.mailer(server.port).send_one())
        await wait_for(lambda: "a job records again" in caplog.text, within=30)

    assert await trying
    assert len(server.received) == 1
    assert len(await mailing.notifications.events(EmailSent)) == 1


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_mails_go_encrypted_to_a_server_that_is_who_it_says_and_asks_who_we_are(
    mailing: Mailing, tmp_path: Path, tls: str
) -> None:
    context, certificate = a_certificate(tmp_path)
    password = tmp_path / "password"
    password.write_text("hemligt\n")
    options: dict[str, Any] = {"authenticator": logins(kvitt="hemligt"), "auth_required": True}
    if tls == "tls":
        options |= {"ssl_context": context, "auth_require_tls": False}
    else:
        options |= {"tls_context": context, "require_starttls": True}
    asked = {"tls": tls, "ca_file": certificate, "username": "kvitt", "password_file": password}
    await mailing.bought()
    with mail_server(**options) as server:
        stranger = mailing.mailer(server.port, **asked | {"ca_file": None})
        assert await stranger.send_one()
        assert server.received == []
        password.write_text("fel")
        assert await mailing.mailer(server.port, **asked).send_one()
        assert server.received == []
        password.write_text("hemligt")
        assert await mailing.mailer(server.port, **asked).send_one()
        assert len(server.received) == 1


@pytest.mark.rule("NTF-4a")
async def test_without_a_mail_server_mails_wait_and_health_says_so(mailing: Mailing) -> None:
    await mailing.bought()
    mailer = mailing.mailer(25, host=None)

    assert not await mailer.send_one()

    assert mailer.remark() == "is off: KVITT_MAIL_HOST is not set"
    assert len(await mailing.notifications.rows(EmailToSendRow)) == 1


@pytest.mark.rule("NTF-4a", "REF-18f")
async def test_only_who_sends_mails_is_told_where_to(mailing: Mailing) -> None:
    await mailing.bought()
    path = f"/purchase-orders/{purchase_order_id()}:resolve-mail"
    ours = mailing.issuer.of_service("notifications")
    async with httpx.AsyncClient(base_url=mailing.url) as client:

        async def asked(token: str) -> int:
            return (
                await client.post(path, headers={"Authorization": f"Bearer {token}"})
            ).status_code

        key = ours.key_file
        assert await asked(token_of(key)) == 200
        assert await asked(token_of(key, aud="kvitt")) == 401
        assert await asked(token_of(key, aud="kvitt-bmb")) == 401
        assert await asked(token_of(key, region="w")) == 401
        assert await asked(token_of(key, roles=["platform"])) == 403
        assert await asked(token_of(key, life=timedelta(hours=1))) == 401
        assert await asked(token_of(mailing.issuer.key_file)) == 401
        for roles in ((), ("region_system",), ("service",)):
            assert await asked(mailing.issuer.issue(SENDER, region="ac", roles=roles)) == 403
        assert await asked(token_of(key, region="bd")) == 404


def token_of(key_file: Path, *, life: timedelta = A_MINUTE, **changes: Any) -> str:
    """A token as notifications signs one, some of it changed."""
    now = datetime.now(UTC)
    claims = {
        "iss": "kvitt-notifications",
        "aud": "kvitt-orders",
        "sub": "notifications",
        "region": "ac",
        "roles": ["service"],
        "iat": now,
        "exp": now + life,
    }
    return jwt.encode(claims | changes, key_file.read_bytes(), "ES256")
