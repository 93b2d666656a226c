"""Messages over HTTP: the list, opening, removing (NTF-1). Texts are made when shown."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Where
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Reader, named
from kvitt_chassis.transaction import Transaction

from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.domain import Status
from notifications.messages.models import MessageRow
from notifications.messages.views import MessageCount, MessagePage, MessageView
from notifications.queries import (
    REACH,
    count_by_kind,
    count_unread,
    message_with_names,
    messages_with_names,
)

router = ApiRouter(tags=["Meddelanden"])


class MessageQuery(ListQuery):
    """Which of the caller's messages."""

    unread_only: Annotated[bool, Where(lambda _, __: MessageRow.status == Status.UNREAD)] = False


MESSAGES = ListOf(
    messages_with_names(),
    scope=REACH,
    sorts=named(MessageRow.posted_at, MessageRow.message),
    default="-posted_at",
    view=MessageView.of,
)


@router.get("/messages")
async def list_messages(reader: Reader, asked: Annotated[MessageQuery, Query()]) -> MessagePage:
    """Dina och dina tjänsteställens meddelanden, de nyaste först; olästa räknade."""
    page = await MESSAGES.page(asked, reader)
    return MessagePage(**dict(page), unread=await count_unread(reader))


@router.get("/messages:counted")
async def count_messages(reader: Reader) -> list[MessageCount]:
    """Hur många meddelanden regionen har av varje slag. Bara för regionens system och driften."""
    found = await count_by_kind(reader)
    return [MessageCount(message=kind, status=status, count=n) for kind, status, n in found]


@router.post("/messages/{message_id}:open")
async def open_message(message_id: UUID, commands: Commands) -> MessageView:
    """Öppna ett meddelande: det räknas som läst, och svaret säger var det som det gäller finns.

    Nekas: UNKNOWN_MESSAGE (NTF-1), när det inte finns i din lista.
    """
    command = OpenMessage(by=commands.caller.user_id)

    async def show(tx: Transaction) -> MessageView:
        return MessageView.of(await message_with_names(tx, message_id))

    return await commands.run(command, target=message_id, scope=REACH, rule="NTF-1", show=show)


@router.delete("/messages/{message_id}", status_code=204)
async def remove_message(message_id: UUID, commands: Commands) -> None:
    """Ta bort ett meddelande ur listan.

    Nekas: UNKNOWN_MESSAGE (NTF-1), när det inte har funnits i din lista.
    """
    command = RemoveMessage(by=commands.caller.user_id)
    await commands.run(command, target=message_id, scope=REACH, rule="NTF-1", show=_nothing)


async def _nothing(tx: Transaction) -> None:
    return None
