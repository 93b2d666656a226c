"""Messages over HTTP: the list, opening, removing (NTF-1). Texts are made when shown."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from kvitt_chassis.auth import Caller
from kvitt_chassis.filters import Where
from kvitt_chassis.http import ApiRouter, Commands, ListOf, ListQuery, Reader, Scope, named
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import Role
from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from notifications.messages.commands import OpenMessage, RemoveMessage
from notifications.messages.domain import Status
from notifications.messages.models import MessageRow
from notifications.messages.views import MessageCount, MessagePage, MessageView
from notifications.orders.models import OrderRow
from notifications.transfers.models import TransferRow

router = ApiRouter(tags=["Meddelanden"])


def _mine(caller: Caller) -> ColumnElement[bool]:
    return and_(
        MessageRow.status != Status.REMOVED,
        or_(
            MessageRow.user_id == caller.user_id,
            MessageRow.service_point.in_(caller.service_points),
        ),
    )


def _named() -> Select[MessageRow, Any, Any]:
    """Messages with the number of the order, or the name of the transfer, that they are about."""
    return (
        select(MessageRow, OrderRow.order_number, TransferRow.name)
        .outerjoin(
            OrderRow,
            and_(OrderRow.region == MessageRow.region, OrderRow.order_id == MessageRow.about_id),
        )
        .outerjoin(
            TransferRow,
            and_(
                TransferRow.region == MessageRow.region,
                TransferRow.transfer_id == MessageRow.about_id,
            ),
        )
    )


class MessageQuery(ListQuery):
    """Which of the caller's messages."""

    unread_only: Annotated[bool, Where(lambda _, __: MessageRow.status == Status.UNREAD)] = False


MESSAGES = ListOf(
    _named(),
    scope=Scope(MessageRow.region, MessageRow.service_point, MessageRow.user_id),
    sorts=named(MessageRow.posted_at, MessageRow.message),
    default="-posted_at",
    view=MessageView.of,
)


@router.get("/messages")
async def list_messages(reader: Reader, asked: Annotated[MessageQuery, Query()]) -> MessagePage:
    """Dina och dina tjänsteställens meddelanden, de nyaste först; olästa räknade."""
    mine = _mine(reader.caller)
    page = await MESSAGES.page(asked, reader, mine)
    unread = and_(mine, MessageRow.status == Status.UNREAD)
    (count,) = await reader.all(select(func.count(MessageRow.id)).where(unread))
    return MessagePage(**dict(page), unread=count)


@router.get("/messages:counted")
async def count_messages(reader: Reader) -> list[MessageCount]:
    """Hur många meddelanden regionen har av varje slag. Bara för regionens system och driften."""
    reader.caller.must_have(Role.REGION_SYSTEM, Role.OPS)
    found = await reader.all(
        select(MessageRow.message, MessageRow.status, func.count(MessageRow.id))
        .group_by(MessageRow.message, MessageRow.status)
        .order_by(MessageRow.message, MessageRow.status)
    )
    return [MessageCount(message=kind, status=status, count=n) for kind, status, n in found]


@router.post("/messages/{message_id}:open")
async def open_message(message_id: UUID, commands: Commands) -> MessageView:
    """Öppna ett meddelande: det räknas som läst, och svaret säger var det som det gäller finns."""
    caller = commands.caller
    command = OpenMessage(by=caller.user_id, service_points=tuple(caller.service_points))

    async def show(tx: Transaction) -> MessageView:
        query = _named().where(MessageRow.region == tx.region, MessageRow.id == message_id)
        return MessageView.of((await tx.session.execute(query)).one())

    return await commands.run(command, target=message_id, show=show)


@router.delete("/messages/{message_id}", status_code=204)
async def remove_message(message_id: UUID, commands: Commands) -> None:
    """Ta bort ett meddelande ur listan."""
    caller = commands.caller
    command = RemoveMessage(by=caller.user_id, service_points=tuple(caller.service_points))
    await commands.run(command, target=message_id, show=_nothing)


async def _nothing(tx: Transaction) -> None:
    return None
