"""Look-ups of attachments: those of an order, a work order or a draft. Reads only."""

from uuid import UUID

from kvitt_chassis.transaction import Transaction
from sqlalchemy import ColumnElement, func, select

from orders.attachments.domain import About
from orders.attachments.models import AttachmentRow


async def kept_of(about: About, tx: Transaction) -> list[AttachmentRow]:
    """The attachments of an order or a work order, in the order in which they were added."""
    return await _all(_is_of(about), tx)


async def kept_of_draft(draft_id: UUID, tx: Transaction) -> list[AttachmentRow]:
    """The attachments of a draft of an order, in the order in which they were added."""
    return await _all(AttachmentRow.draft_id == draft_id, tx)


async def _all(which: ColumnElement[bool], tx: Transaction) -> list[AttachmentRow]:
    query = (
        select(AttachmentRow)
        .where(AttachmentRow.region == tx.region, which)
        .order_by(AttachmentRow.added_at, AttachmentRow.attachment_id)
    )
    return list(await tx.session.scalars(query))


async def count_of(about: About, tx: Transaction) -> int:
    """How many attachments an order or a work order has."""
    query = select(func.count()).where(AttachmentRow.region == tx.region, _is_of(about))
    return int((await tx.session.execute(query)).scalar_one())


def _is_of(about: About) -> ColumnElement[bool]:
    if about.kind == "order":
        return AttachmentRow.order_id == about.id
    return AttachmentRow.work_order_id == about.id
