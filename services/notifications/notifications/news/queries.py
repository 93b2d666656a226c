"""Look-ups of news: for whom it is. Nothing is locked."""

from kvitt_chassis.http import RegionReader
from sqlalchemy import ColumnElement, or_, select

from notifications.news.models import NewsRow
from notifications.register.models import UserRow


async def within_areas(reader: RegionReader) -> list[ColumnElement[bool]]:
    """What news must be for who reads: for all, or for a product area of theirs. Nothing where they
    have no limit, as who publishes news (REF-11).
    """
    if reader.caller.may("notifications.news.publish"):
        return []
    mine = select(UserRow.product_areas).where(UserRow.user_id == reader.caller.user_id)
    (areas,) = await reader.all(mine) or [None]
    if areas is None:
        return []
    return [or_(NewsRow.product_area.is_(None), NewsRow.product_area.in_(areas))]
