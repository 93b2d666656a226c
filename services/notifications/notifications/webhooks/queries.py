"""Look-ups of webhooks, with how far each has come. Nothing is locked."""

from typing import Final
from uuid import UUID

from kvitt_chassis.http import NotFound, RegionReader, RegionWide
from kvitt_chassis.transaction import Transaction
from sqlalchemy import Row, Select, and_, func, select

from notifications.feed.models import FeedHeadRow, FeedPlaceRow
from notifications.webhooks.models import WebhookRow

Found = Row[WebhookRow, int, UUID]
"""A webhook, the last place of its feed, and the event at its own: None before the first."""

SCOPE: Final = RegionWide(
    WebhookRow.region, because="NTF-4: the region's own systems, and none is a unit's"
)


def _with_place() -> Select[WebhookRow, int, UUID]:
    """Webhooks, the last place of the feed, and the event that stands at each one's own."""
    return (
        select(WebhookRow, func.coalesce(FeedHeadRow.place, 0), FeedPlaceRow.event_id)
        .outerjoin(FeedHeadRow, FeedHeadRow.region == WebhookRow.region)
        .outerjoin(
            FeedPlaceRow,
            and_(
                FeedPlaceRow.region == WebhookRow.region,
                FeedPlaceRow.place == WebhookRow.place,
            ),
        )
        .order_by(WebhookRow.created_at, WebhookRow.webhook_id)
    )


async def every_webhook(reader: RegionReader) -> list[Found]:
    """The region's, the oldest first."""
    return await reader.all(_with_place().where(SCOPE.within(reader.grant)))


async def one_webhook(reader: RegionReader, webhook_id: UUID) -> Found:
    """One of the region's. Raises NotFound (404)."""
    query = _with_place().where(SCOPE.within(reader.grant), WebhookRow.webhook_id == webhook_id)
    found: Found = await reader.one(query, noun="webhook", rule="NTF-4")
    return found


async def webhook_of(tx: Transaction, webhook_id: UUID) -> Found:
    """One that a command has just been about. Raises NotFound (404): it is gone meanwhile."""
    query = _with_place().where(WebhookRow.region == tx.region, WebhookRow.webhook_id == webhook_id)
    found = (await tx.session.execute(query)).first()
    if found is None:
        raise NotFound("webhook", rule="NTF-4")
    return found
