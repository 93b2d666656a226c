"""NTF-4: which routines queue a mail and to whom, how it is written, and how it may be set up."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kvitt_contracts.notifications import EmailQueued, MessagePostedV2
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import EmailId, Word
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service
from notifications.emails.domain import PURCHASE_ORDER
from notifications.emails.letters import Attachment, write
from notifications.emails.settings import MailSettings
from notifications.preferences.domain import PICKUP_BY_RELATIVES, ROUTINES, STOCKTAKING
from pydantic import ValidationError

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.bmb import a_responsibles_set, a_responsibles_set_with_absence
from contracts.tests.builders.pickups import (
    a_pickup_registered,
    a_pickup_requested,
    a_relatives_pickup,
)
from contracts.tests.builders.purchases import (
    a_direct_order,
    a_purchase_order_created,
    a_receipt_due,
)
from contracts.tests.builders.stocktakings import a_stocktaking_announced
from contracts.tests.builders.story import (
    RECEIVER,
    RECEIVING,
    SENDING,
    STAND_IN,
    pickup_id,
    purchase_order_id,
)
from services.notifications.tests.worlds import AT, whom

AUTUMN = stockholm("2026-10-01 08:00")
AWAY = stockholm("2026-05-06 10:00")
BOTH = (PICKUP_BY_RELATIVES, STOCKTAKING)


async def mailed(world: World) -> list[tuple[str, str, str]]:
    """To whom mails are queued, by which routine, about what."""
    queued = await world.events(EmailQueued)
    return [(one.to.id, one.routine, one.about.kind) for one in queued]


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order."""
    posted = await world.events(MessagePostedV2)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("NTF-4a")
async def test_a_region_that_mails_what_relatives_order_mails_the_main_responsible(
    given: Given,
) -> None:
    async with given(service, at=AUTUMN) as world:
        for region in ("w", "ac"):  # its policy has the routine, and the other's has not
            for event in (a_responsibles_set(), a_relatives_pickup(), a_pickup_registered()):
                await world.handle(event, region=region)

        assert await mailed(world) == [(RECEIVER, "pickup_by_relatives", "pickup")]
        (queued,) = await world.events(EmailQueued)
        assert (queued.to.kind, queued.about.id) == ("user", pickup_id())
        assert await told(world) == [(RECEIVER, "pickup_ordered")] * 2
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-4a")
async def test_the_stand_in_is_mailed_too_and_nobody_what_the_unit_ordered_itself(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY, policies=with_policy(policies, email=BOTH)) as world:
        await world.handle(a_responsibles_set_with_absence())
        await world.handle_all(a_pickup_requested(), a_pickup_registered())
        assert await mailed(world) == []

        await world.handle_all(a_relatives_pickup(pickup="H-2"), a_pickup_registered("H-2"))
        assert [to for to, _, _ in await mailed(world)] == [RECEIVER, STAND_IN]


@pytest.mark.rule("NTF-4a")
async def test_a_service_point_that_nobody_answers_for_has_its_message_alone(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT, policies=with_policy(policies, email=BOTH)) as world:
        await world.handle_all(a_relatives_pickup(), a_pickup_registered())

        assert await told(world) == [(RECEIVING, "pickup_ordered")]
        assert await mailed(world) == []


@pytest.mark.rule("INV-10b", "NTF-4a")
async def test_a_unit_is_told_of_its_stocktaking_by_mail_where_the_region_wants_that(
    given: Given,
) -> None:
    async with given(service, at=AUTUMN) as world:
        for region in ("m", "ac"):
            await world.handle(a_responsibles_set(), region=region)
            await world.handle(a_stocktaking_announced(), region=region)

        assert await mailed(world) == [(RECEIVER, "stocktaking", "stocktaking")]
        assert await told(world) == [(RECEIVER, "stocktaking_announced")] * 2


@pytest.mark.rule("INV-10b")
async def test_customer_service_is_told_of_a_store_that_is_no_units(given: Given) -> None:
    async with given(service, at=AUTUMN) as world:
        await world.handle(a_stocktaking_announced(service_point=None), region="m")

        assert await told(world) == [("customer_service", "stocktaking_announced")]
        assert await mailed(world) == []


@pytest.mark.rule("NTF-4a", "ORD-11c")
async def test_a_purchase_order_is_mailed_only_where_kvitt_is_to_send_it(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(a_direct_order(), a_purchase_order_created())
        assert await mailed(world) == []

        await world.handle(a_purchase_order_created("I-2", is_sent_by_kvitt=True))
        assert await mailed(world) == [("nordhjalp", "purchase_order", "purchase_order")]


@pytest.mark.rule("NTF-1c")
async def test_what_is_told_of_purchases_and_stocktakings_is_shown_with_where_it_is(
    given: Given,
) -> None:
    async with given(service, at=AUTUMN) as world:
        await world.handle(a_stocktaking_announced(service_point=SENDING))
        await world.handle(a_receipt_due())
        async with world.http(service_points=[SENDING]) as client:
            shown = (await client.get("/messages")).json()["items"]

    assert sorted(one["link"]["path"] for one in shown) == [
        f"/purchase-orders/{purchase_order_id()}",
        "/stores",
    ]


EMAIL = EmailId(uuid4())


def written(to: str, routine: Word = PURCHASE_ORDER, *, number: str = "26100001") -> Any:
    """A mail as it is sent."""
    return write(
        EMAIL,
        routine,
        sender="kvitt@region.example",
        to=to,
        at=datetime(2026, 3, 2, tzinfo=UTC),
        attachment=Attachment(number, b"%PDF-1.7"),
    )


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize(
    "address",
    [
        "a@b.example\r\nBcc: all@b.example",
        "a@b.example\nBcc: all@b.example",
        "a@b.example, all@b.example",
        "Anna <a@b.example>",
        "a b@c.example",
        "@b.example",
        "",
        "å@b.example\u2028",
    ],
)
def test_no_address_brings_a_header_or_a_recipient_with_it(address: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        written(address)


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize("routine", [PURCHASE_ORDER, *ROUTINES])
def test_a_mail_says_what_to_do_and_is_the_same_letter_each_time(routine: Word) -> None:
    first, again = written("a@b.example", routine), written("a@b.example", routine)

    assert first["Message-ID"] == again["Message-ID"] == f"<{EMAIL}@region.example>"
    assert first["Auto-Submitted"] == "auto-generated"
    text = first.get_body().get_content()
    assert text.startswith("Hej!")
    assert "går inte att svara på" in text


@pytest.mark.rule("NTF-4a")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": "mail.region.example", "tls": "none"}, "on this machine"),
        ({"host": "10.0.0.7", "tls": "none"}, "on this machine"),
        ({"sender": None}, "KVITT_MAIL_SENDER"),
        ({"orders_url": None}, "KVITT_MAIL_ORDERS_URL"),
        ({"orders_url": "http://orders.example"}, "is https where orders is on another machine"),
        ({"key_file": None}, "KVITT_MAIL_KEY_FILE"),
        ({"username": "kvitt"}, "go together"),
        ({"sender": "Kvitt\nBcc: all@b.example"}, "sender"),
    ],
)
def test_a_mail_server_elsewhere_is_spoken_to_encrypted_or_nothing_starts(
    changes: dict[str, Any], said: str
) -> None:
    values: dict[str, Any] = {
        "host": "localhost",
        "sender": "kvitt@region.example",
        "orders_url": "http://127.0.0.1:8001",
        "key_file": Path("key.pem"),
    }
    assert MailSettings(**values | {"tls": "none"}).tls == "none"
    assert MailSettings(**values | {"host": "mail.region.example"}).tls == "starttls"
    with pytest.raises(ValidationError, match=said):
        MailSettings(**values | changes)
