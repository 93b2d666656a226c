"""Look-ups of messages, beside the names of what they are about. Reads only."""

from typing import Any
from uuid import UUID

from kvitt_chassis.access import Caller
from kvitt_chassis.http import RegionReader, Scope
from kvitt_chassis.transaction import Transaction
from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from notifications.baskets.models import BasketLoanRow
from notifications.messages.domain import CUSTOMER_SERVICE, Status
from notifications.messages.models import MessageRow
from notifications.orders.models import OrderRow
from notifications.transfers.models import TransferRow


def _is_to_staff_like(caller: Caller) -> ColumnElement[bool]:
    duties = [CUSTOMER_SERVICE] if caller.may("orders.case.answer") else []
    return MessageRow.duty.in_(duties)


REACH = Scope(
    MessageRow.region,
    service_points=[MessageRow.service_point],
    users=[MessageRow.user_id],
    also=_is_to_staff_like,
)
"""Whose a message is: to one user, to all who work at a service point, or to customer service."""


def messages_with_names() -> Select[MessageRow, Any, Any]:
    """Messages that are not removed, with the number of the order or the basket loan, or the name
    of the transfer, that they are about.
    """
    number = func.coalesce(OrderRow.order_number, BasketLoanRow.order_number)
    return (
        select(MessageRow, number, TransferRow.name)
        .where(MessageRow.status != Status.REMOVED)
        .outerjoin(
            OrderRow,
            and_(OrderRow.region == MessageRow.region, OrderRow.order_id == MessageRow.about_id),
        )
        .outerjoin(
            BasketLoanRow,
            and_(
                BasketLoanRow.region == MessageRow.region,
                BasketLoanRow.order_id == MessageRow.about_id,
            ),
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
    query = select(func.count(MessageRow.id)).where(
        REACH.within(reader.grant), MessageRow.status == Status.UNREAD
    )
    (count,) = await reader.all(query)
    return int(count)


async def count_by_kind(reader: RegionReader) -> list[Any]:
    """How many messages the region has of each kind and status: (kind, status, count)."""
    return await reader.all(
        select(MessageRow.message, MessageRow.status, func.count(MessageRow.id))
        .group_by(MessageRow.message, MessageRow.status)
        .order_by(MessageRow.message, MessageRow.status)
    )
