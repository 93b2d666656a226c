"""The region's webhooks over HTTP (NTF-4b). No rule here, and nothing is called from here."""

from base64 import b64encode
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from secrets import token_bytes
from uuid import UUID, uuid4

from kvitt_chassis.http import ApiRouter, Commands, Invalid, Reader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Command

from notifications.feed.types import must_be_known
from notifications.webhooks.commands import (
    AddWebhook,
    DeleteWebhook,
    PauseWebhook,
    ReplayWebhook,
    ResumeWebhook,
    RotateSecret,
    TestWebhook,
)
from notifications.webhooks.queries import SCOPE, every_webhook, one_webhook, webhook_of
from notifications.webhooks.settings import allows_loopback
from notifications.webhooks.views import (
    NewWebhookView,
    NothingBody,
    NoWebhook,
    ReplayBody,
    RotateSecretBody,
    TestedWebhookView,
    WebhookBody,
    WebhookView,
)

router = ApiRouter(tags=["Webhookar"])


@router.get("/webhooks")
async def list_webhooks(reader: Reader) -> list[WebhookView]:
    """Regionens webhookar, den äldsta först, och hur det går för var och en (NTF-4)."""
    return [WebhookView.of(found) for found in await every_webhook(reader)]


@router.get("/webhooks/{webhook_id}")
async def show_webhook(webhook_id: UUID, reader: Reader) -> WebhookView:
    """En webhook, och hur det går för den (NTF-4)."""
    return WebhookView.of(await one_webhook(reader, webhook_id))


@router.post("/webhooks", status_code=201)
async def add_webhook(body: WebhookBody, reader: Reader, commands: Commands) -> NewWebhookView:
    """Skicka regionens flöde till en adress, från och med nu eller från en dag. Hemligheten i
    svaret verifierar signaturerna (Standard Webhooks) och visas bara nu.

    Nekas: UNKNOWN_TYPE, TOO_MANY_WEBHOOKS, ADDRESS_UNUSABLE, ADDRESS_NOT_ENCRYPTED,
    ADDRESS_NOT_PUBLIC (NTF-4).
    """
    must_be_known(body.types, field="types")
    webhook_id, secret = uuid4(), _new_secret()
    command = AddWebhook(
        url=body.url,
        types=None if body.types is None else tuple(dict.fromkeys(body.types)),
        from_on=body.from_day,
        sealed=reader.sealer.seal_text(secret),
        allows_loopback=allows_loopback(),
        at=datetime.now(UTC),
    )
    return await commands.run(
        command, target=webhook_id, rule="NTF-4", show=_show_with(webhook_id, secret)
    )


@router.post("/webhooks/{webhook_id}:pause")
async def pause_webhook(webhook_id: UUID, body: NothingBody, commands: Commands) -> WebhookView:
    """Skicka inget tills den återupptas. Inget går förlorat (NTF-4).

    Nekas: UNKNOWN_WEBHOOK (NTF-4).
    """
    return await _run(commands, PauseWebhook(), webhook_id)


@router.post("/webhooks/{webhook_id}:resume")
async def resume_webhook(webhook_id: UUID, body: NothingBody, commands: Commands) -> WebhookView:
    """Skicka igen, från och med där den var; den som försöks igen försöks genast (NTF-4).

    Nekas: UNKNOWN_WEBHOOK (NTF-4).
    """
    return await _run(commands, ResumeWebhook(at=datetime.now(UTC)), webhook_id)


@router.post("/webhooks/{webhook_id}:rotate-secret")
async def rotate_secret(
    webhook_id: UUID, body: RotateSecretBody, reader: Reader, commands: Commands
) -> NewWebhookView:
    """Byt hemlighet utan glapp: den nya signerar genast, och den gamla bredvid den i ett dygn
    eller så länge som sägs. Den nya visas bara nu (NTF-4).

    Nekas: UNKNOWN_WEBHOOK, TOO_MANY_SECRETS (NTF-4).
    """
    secret = _new_secret()
    command = RotateSecret(
        sealed=reader.sealer.seal_text(secret),
        overlap_hours=body.overlap_hours,
        at=datetime.now(UTC),
    )
    return await commands.run(
        command,
        target=webhook_id,
        scope=SCOPE,
        rule="NTF-4",
        show=_show_with(webhook_id, secret),
    )


@router.post("/webhooks/{webhook_id}:replay")
async def replay_webhook(webhook_id: UUID, body: ReplayBody, commands: Commands) -> WebhookView:
    """Skicka en gång till från en dag, eller gå vidare efter en plats i flödet (NTF-4).

    Nekas: UNKNOWN_WEBHOOK, FROM_OR_AFTER, UNKNOWN_CURSOR, CURSOR_OF_ANOTHER_FEED (NTF-4).
    """
    if (body.from_day is None) is (body.after is None):
        raise Invalid(
            "FROM_OR_AFTER",
            field="from",
            rule="NTF-4",
            detail="Det ska stå antingen `from` eller `after`.",
            way_on="Ange en dag i `from`, eller en plats från GET /feed i `after`.",
        )
    command = ReplayWebhook(from_on=body.from_day, after=body.after, at=datetime.now(UTC))
    return await _run(commands, command, webhook_id)


@router.post("/webhooks/{webhook_id}:test", status_code=202)
async def test_webhook(
    webhook_id: UUID, body: NothingBody, commands: Commands
) -> TestedWebhookView:
    """Skicka ett prov, kvitt.webhook.test.v1, också när den är pausad. `Prefer: wait=10` väntar på
    mottagarens svar (NTF-4).

    Nekas: UNKNOWN_WEBHOOK (NTF-4).
    """
    test_id = uuid4()

    async def show(tx: Transaction) -> TestedWebhookView:
        return TestedWebhookView.of_test(await webhook_of(tx, webhook_id), test_id)

    return await commands.run(
        TestWebhook(test_id=test_id), target=webhook_id, scope=SCOPE, rule="NTF-4", show=show
    )


@router.post("/webhooks/{webhook_id}:delete")
async def delete_webhook(webhook_id: UUID, body: NothingBody, commands: Commands) -> NoWebhook:
    """Ta bort en webhook: inget mer skickas dit (NTF-4).

    Nekas: UNKNOWN_WEBHOOK (NTF-4).
    """

    async def show(tx: Transaction) -> NoWebhook:
        return NoWebhook(webhook_id=webhook_id)

    return await commands.run(
        DeleteWebhook(), target=webhook_id, scope=SCOPE, rule="NTF-4", show=show
    )


def _new_secret() -> str:
    return "whsec_" + b64encode(token_bytes(32)).decode()


async def _run(commands: Commands, command: Command, webhook_id: UUID) -> WebhookView:
    async def show(tx: Transaction) -> WebhookView:
        return WebhookView.of(await webhook_of(tx, webhook_id))

    return await commands.run(command, target=webhook_id, scope=SCOPE, rule="NTF-4", show=show)


def _show_with(webhook_id: UUID, secret: str) -> Callable[[Transaction], Awaitable[NewWebhookView]]:
    async def show(tx: Transaction) -> NewWebhookView:
        shown = WebhookView.of(await webhook_of(tx, webhook_id))
        return NewWebhookView(**dict(shown), secret=secret)

    return show
