"""Messages over HTTP: the list, opening, removing (NTF-1). Texts are made when shown."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Where
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Reader, Scope, named
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Role

from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.domain import Status
from notifications.messages.models import MessageRow
from notifications.messages.views import MessageCount, MessagePage, MessageView
from notifications.queries import (
    count_by_kind,
    count_unread,
    is_for,
    message_with_names,
    messages_with_names,
)

router = ApiRouter(tags=["Meddelanden"])


class MessageQuery(ListQuery):
    """Which of the caller's messages."""

    unread_only: Annotated[bool, Where(lambda _, __: MessageRow.status == Status.UNREAD)] = False


MESSAGES = ListOf(
    messages_with_names(),
    scope=Scope(MessageRow.region, MessageRow.service_point, MessageRow.user_id),
    sorts=named(MessageRow.posted_at, MessageRow.message),
    default="-posted_at",
    view=MessageView.of,
)


@router.get("/messages")
async def list_messages(reader: Reader, asked: Annotated[MessageQuery, Query()]) -> MessagePage:
    """Dina och dina tjänsteställens meddelanden, de nyaste först; olästa räknade."""
    page = await MESSAGES.page(asked, reader, is_for(reader.caller))
    return MessagePage(**dict(page), unread=await count_unread(reader))


@router.get("/messages:counted")
async def count_messages(reader: Reader) -> list[MessageCount]:
    """Hur många meddelanden regionen har av varje slag. Bara för regionens system och driften."""
    reader.caller.must_have(Role.REGION_SYSTEM, Role.OPS)
    found = await count_by_kind(reader)
    return [MessageCount(message=kind, status=status, count=n) for kind, status, n in found]


@router.post("/messages/{message_id}:open")
async def open_message(message_id: UUID, commands: Commands) -> MessageView:
    """Öppna ett meddelande: det räknas som läst, och svaret säger var det som det gäller finns.

    Nekas: UNKNOWN_MESSAGE (NTF-1), när det inte finns i din lista.
    """
    caller = commands.caller
    command = OpenMessage(by=caller.user_id, service_points=tuple(caller.service_points))

    async def show(tx: Transaction) -> MessageView:
        return MessageView.of(await message_with_names(tx, message_id))

    return await commands.run(command, target=message_id, show=show)


@router.delete("/messages/{message_id}", status_code=204)
async def remove_message(message_id: UUID, commands: Commands) -> None:
    """Ta bort ett meddelande ur listan.

    Nekas: UNKNOWN_MESSAGE (NTF-1), när det inte har funnits i din lista.
    """
    caller = commands.caller
    command = RemoveMessage(by=caller.user_id, service_points=tuple(caller.service_points))
    await commands.run(command, target=message_id, show=_nothing)


async def _nothing(tx: Transaction) -> None:
    return None
