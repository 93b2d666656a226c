"""What notifications really emits of mails and news: the builders beside the contracts may make
nothing else.
"""

from datetime import timedelta

from kvitt_contracts.notifications import (
    EmailFailed,
    EmailQueued,
    EmailSent,
    NewsPublished,
    NewsWithdrawn,
    PreferencesSet,
)
from kvitt_contracts.policy import Policies
from kvitt_testkit.world import Given, World
from notifications.app import service
from notifications.emails.domain import Reason
from notifications.emails.models import EmailRow
from notifications.emails.writes import settle_as_failed, settle_as_sent
from notifications.preferences.domain import PICKUP_BY_RELATIVES, STOCKTAKING

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.pickups import a_pickup_registered, a_relatives_pickup
from contracts.tests.builders.purchases import a_direct_order, a_purchase_order_created
from contracts.tests.builders.shapes import assert_proven
from contracts.tests.builders.stocktakings import a_stocktaking_announced
from services.notifications.tests.worlds import AT

HEARING = {"code": "horsel", "sources": ["central"]}
OF_ORDERS = ("ALREADY_SENT", "IS_OVER", "NO_ORDER_ADDRESS", "NO_ADDRESS", "UNKNOWN_USER")
"""What orders refuses a mail for (`test_mails.py`)."""


async def test_the_builders_make_what_is_emitted(given: Given, policies: Policies) -> None:
    routines = (PICKUP_BY_RELATIVES, STOCKTAKING)
    policed = with_policy(policies, email=routines, product_areas=[HEARING])
    async with given(service, at=AT, policies=policed) as world:
        await world.handle(a_direct_order())
        await queued(world)
        await world.advance(AT + timedelta(days=4))
        await settled(world, None)
        for reason in (*Reason, *OF_ORDERS):
            if reason is not Reason.NOT_SENT_IN_TIME:
                await settled(world, reason)

        await world.handle_all(a_responsibles_set(), a_relatives_pickup(), a_pickup_registered())
        await settled(world, None, await last(world))
        await world.handle_all(a_relatives_pickup(pickup="H-2"), a_pickup_registered("H-2"))
        await settled(world, "NO_ADDRESS", await last(world))
        await world.handle(a_stocktaking_announced())
        await settled(world, None, await last(world))
        await world.handle(a_stocktaking_announced())
        await settled(world, "NO_ADDRESS", await last(world))
        await told_as_news(world)
        await chosen(world)
        emitted = await world.events(
            EmailQueued, EmailSent, EmailFailed, NewsPublished, NewsWithdrawn, PreferencesSet
        )

    assert_proven("notifications", emitted)


async def told_as_news(world: World) -> None:
    """News for all, and for a product area, which is withdrawn."""
    day = str((AT + timedelta(days=5)).date())
    said = {"title": "Nytt", "text": "Nya hjälpmedel.", "from_on": day, "until_on": day}
    async with world.http() as client:
        for area in (None, HEARING["code"]):
            answer = await client.post("/news", json=said | {"product_area": area})
            assert answer.status_code == 201, answer.text
        await client.post(f"/news/{answer.json()['news_id']}:withdraw")


async def chosen(world: World) -> None:
    """A user wants mail, and wants none any more."""
    async with world.http() as client:
        for email in ([STOCKTAKING], []):
            answer = await client.put("/preferences", json={"email": email})
            assert answer.status_code == 200, answer.text


async def queued(world: World) -> EmailRow:
    """A purchase order that Kvitt sends: its mail."""
    await world.handle(a_purchase_order_created(is_sent_by_kvitt=True))
    return await last(world)


async def last(world: World) -> EmailRow:
    """The mail that was queued last."""
    event = (await world.events(EmailQueued))[-1]
    return await world.row(EmailRow, event.email_id)


async def settled(world: World, reason: str | None, email: EmailRow | None = None) -> None:
    """A mail that a server has taken, or that has failed."""
    email = email or await queued(world)
    async with world.worker.unit() as unit:
        tx = unit.begin(region=email.region, subject=str(email.id), target=email.id)
        row = await tx.lock(EmailRow, email.id)
        if reason is None:
            await settle_as_sent(row, tx)
        else:
            await settle_as_failed(row, tx, reason=reason)
