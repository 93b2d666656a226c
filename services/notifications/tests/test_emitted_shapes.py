"""What notifications really emits of mails: the builders beside the contracts may make nothing
else.
"""

from datetime import timedelta

from kvitt_contracts.notifications import EmailFailed, EmailQueued, EmailSent
from kvitt_testkit.world import Given, World
from notifications.app import service
from notifications.emails.domain import Reason
from notifications.emails.models import EmailRow
from notifications.emails.writes import settle_as_failed, settle_as_sent

from contracts.tests.builders.purchases import a_purchase_order_created
from contracts.tests.builders.shapes import assert_proven
from services.notifications.tests.worlds import AT

OF_ORDERS = ("ALREADY_SENT", "IS_OVER", "NO_ORDER_ADDRESS", "NO_ADDRESS", "UNKNOWN_USER")
"""What orders refuses a mail for (`test_mails.py`)."""


async def test_the_builders_make_what_is_emitted(given: Given) -> None:
    async with given(service, at=AT) as world:
        await queued(world)
        await world.advance(AT + timedelta(days=4))
        await settled(world, None)
        for reason in (*Reason, *OF_ORDERS):
            if reason is not Reason.NOT_SENT_IN_TIME:
                await settled(world, reason)

        emitted = await world.events(EmailQueued, EmailSent, EmailFailed)

    assert_proven("notifications", emitted)


async def queued(world: World) -> EmailRow:
    """A purchase order that Kvitt sends: its mail."""
    await world.handle(a_purchase_order_created(is_sent_by_kvitt=True))
    last = (await world.events(EmailQueued))[-1]
    return await world.row(EmailRow, last.email_id)


async def settled(world: World, reason: str | None) -> None:
    """A mail that a server has taken, or that has failed."""
    email = await queued(world)
    async with world.worker.unit() as unit:
        tx = unit.begin(region=email.region, subject=str(email.id), target=email.id)
        row = await tx.lock(EmailRow, email.id)
        if reason is None:
            await settle_as_sent(row, tx)
        else:
            await settle_as_failed(row, tx, reason=reason)
