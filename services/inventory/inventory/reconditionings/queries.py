"""What is being made fit again: of which device or article, and read whole for the comparison with
claims and balances.
"""

from collections import defaultdict
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.operating.checks import Snapshot
from kvitt_contracts.types import ArticleNumber, DeviceNumber
from sqlalchemy import ColumnElement, or_, select, text

from inventory.articles.models import ArticleRow
from inventory.devices.models import DeviceRow, UsedNumberRow
from inventory.reconditionings.domain import Status
from inventory.reconditionings.models import ReconditioningRow


def bears_or_bore(number: DeviceNumber) -> ColumnElement[bool]:
    """The work's device bears a number, or has borne it (INV-6)."""
    before = select(UsedNumberRow.device_id).where(
        UsedNumberRow.region == ReconditioningRow.region, UsedNumberRow.device_number == number
    )
    return or_(DeviceRow.device_number == number, DeviceRow.id.in_(before))


async def name_of(reader: RegionReader, number: ArticleNumber) -> str:
    """The name of the article that work is about."""
    names: list[str] = await reader.all(
        select(ArticleRow.name).where(ArticleRow.article_number == number)
    )
    return names[0]


async def open_of_regions(snapshot: Snapshot) -> dict[str, set[tuple[UUID, UUID]]]:
    """Each open work and the device that it claims, by region."""
    query = select(
        ReconditioningRow.region, ReconditioningRow.id, ReconditioningRow.device_id
    ).where(ReconditioningRow.status == Status.OPEN)
    found: dict[str, set[tuple[UUID, UUID]]] = defaultdict(set)
    for region, key, device_id in await snapshot.session.execute(query):
        if device_id is not None:
            found[region].add((key, device_id))
    return found


async def balances_beside_work(snapshot: Snapshot) -> list[tuple[str, str]]:
    """Region, and article with store, of each balance in reconditioning that is not what the open
    work is about.
    """
    found = await snapshot.session.execute(_DIFFERING)
    return [(row.region, row.key) for row in found]


_DIFFERING = text(
    """
    WITH work AS (
        SELECT region, article_number, store, sum(quantity) AS quantity
        FROM reconditionings WHERE status = 'open' GROUP BY region, article_number, store
    )
    SELECT region, coalesce(CAST(b.id AS text), article_number || ' ' || store) AS key
    FROM balances b FULL JOIN work w USING (region, article_number, store)
    WHERE coalesce(b.in_reconditioning, 0) <> coalesce(w.quantity, 0)
    ORDER BY region, key
    """
)
