"""Look-ups of messages, beside the names of what they are about. Reads only."""

from typing import Any
from uuid import UUID

from kvitt_chassis.auth import Caller
from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from notifications.messages.domain import Status
from notifications.messages.models import MessageRow
from notifications.orders.models import OrderRow
from notifications.transfers.models import TransferRow


def is_for(caller: Caller) -> ColumnElement[bool]:
    """The criterion of a list: to the caller, or to a service point of theirs; not removed."""
    return and_(
        MessageRow.status != Status.REMOVED,
        or_(
            MessageRow.user_id == caller.user_id,
            MessageRow.service_point.in_(caller.service_points),
        ),
    )


def messages_with_names() -> Select[MessageRow, Any, Any]:
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


async def message_with_names(tx: Transaction, message_id: UUID) -> Row[MessageRow, Any, Any]:
    """One message of these, which is there."""
    query = messages_with_names().where(MessageRow.region == tx.region, MessageRow.id == message_id)
    found: Row[MessageRow, Any, Any] = (await tx.session.execute(query)).one()
    return found


async def count_unread(reader: RegionReader) -> int:
    """How many of the caller's messages are unread."""
    unread = and_(is_for(reader.caller), MessageRow.status == Status.UNREAD)
    (count,) = await reader.all(select(func.count(MessageRow.id)).where(unread))
    return int(count)


async def count_by_kind(reader: RegionReader) -> list[Any]:
    """How many messages the region has of each kind and status: (kind, status, count)."""
    return await reader.all(
        select(MessageRow.message, MessageRow.status, func.count(MessageRow.id))
        .group_by(MessageRow.message, MessageRow.status)
        .order_by(MessageRow.message, MessageRow.status)
    )
