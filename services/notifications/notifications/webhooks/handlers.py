"""Handlers of webhooks: added, paused, resumed, sent again, tested, taken away (NTF-4b)."""

from datetime import timedelta
from uuid import UUID

from kvitt_chassis.handlers import Handlers
from kvitt_chassis.transaction import Transaction

from notifications.feed.cursors import read
from notifications.webhooks import domain, writes
from notifications.webhooks.commands import (
    AddWebhook,
    DeleteWebhook,
    PauseWebhook,
    ReplayWebhook,
    ResumeWebhook,
    RotateSecret,
    TestWebhook,
)
from notifications.webhooks.models import WebhookRow
from notifications.webhooks.urls import read_address

messages = Handlers()

_Named = PauseWebhook | ResumeWebhook | RotateSecret | ReplayWebhook | TestWebhook | DeleteWebhook


def _named(_: _Named, tx: Transaction) -> UUID:
    return tx.target("webhook")


@messages.command(AddWebhook)
async def add_webhook(command: AddWebhook, tx: Transaction) -> None:
    """Send the region's feed to an address (NTF-4b).

    Refused: TOO_MANY_WEBHOOKS, ADDRESS_UNUSABLE, ADDRESS_NOT_ENCRYPTED, ADDRESS_NOT_PUBLIC.
    """
    domain.must_be_callable(read_address(command.url), allows_loopback=command.allows_loopback)
    domain.must_have_room(await writes.count(tx))
    if command.from_on is None:
        begins = await writes.end_of_feed(tx)
    else:
        begins = await writes.place_before(command.from_on, tx)
    tx.put(
        WebhookRow(
            region=tx.region,
            webhook_id=tx.target("webhook"),
            url=command.url,
            types=command.types,
            secrets=(domain.Secret(sealed=command.sealed),),
            created_at=command.at,
            place=begins.number,
            next_try_at=command.at,
        )
    )


@messages.command(PauseWebhook, of=WebhookRow, key=_named, rule="NTF-4")
async def pause_webhook(row: WebhookRow, command: PauseWebhook, tx: Transaction) -> None:
    """Send nothing until it is resumed (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none.
    """
    if row.status is domain.Status.ACTIVE:
        row.status, row.why_paused = domain.Status.PAUSED, domain.WhyPaused.ASKED


@messages.command(ResumeWebhook, of=WebhookRow, key=_named, rule="NTF-4")
async def resume_webhook(row: WebhookRow, command: ResumeWebhook, tx: Transaction) -> None:
    """Send again from where it was, at once (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none.
    """
    writes.begin_anew(row, at=command.at)


@messages.command(RotateSecret, of=WebhookRow, key=_named, rule="NTF-4")
async def rotate_secret(row: WebhookRow, command: RotateSecret, tx: Transaction) -> None:
    """Sign by a new secret, and by the older ones until the overlap is over (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none; TOO_MANY_SECRETS.
    """
    row.secrets = domain.rotated(
        row.secrets,
        command.sealed,
        now=command.at,
        overlap=timedelta(hours=command.overlap_hours),
    )


@messages.command(ReplayWebhook, of=WebhookRow, key=_named, rule="NTF-4")
async def replay_webhook(row: WebhookRow, command: ReplayWebhook, tx: Transaction) -> None:
    """Go on from a day or after a place; who sends meanwhile stops (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none.
    """
    if command.after is not None:
        place = read(command.after)
        await writes.must_be_of_feed(place, tx)
    elif command.from_on is not None:
        place = await writes.place_before(command.from_on, tx)
    else:
        raise TypeError("the route has one of them")
    row.place, row.held_by, row.held_until = place.number, None, None
    if row.status is domain.Status.ACTIVE:
        writes.begin_anew(row, at=command.at)


@messages.command(TestWebhook, of=WebhookRow, key=_named, rule="NTF-4")
async def test_webhook(row: WebhookRow, command: TestWebhook, tx: Transaction) -> None:
    """Ask for a test to be sent (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none.
    """
    row.test_id, row.test_answer, row.tested_at = command.test_id, None, None


@messages.command(DeleteWebhook, of=WebhookRow, key=_named, rule="NTF-4")
async def delete_webhook(row: WebhookRow, command: DeleteWebhook, tx: Transaction) -> None:
    """Send here no more (NTF-4b).

    Refused: UNKNOWN_WEBHOOK (NTF-4): none.
    """
    await writes.take_away(row, tx)
