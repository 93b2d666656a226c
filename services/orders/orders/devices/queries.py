"""Look-ups of what devices are called. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, DeviceId, DeviceNumber, ProductArea

from orders.articles.models import ArticleRow
from orders.devices.models import DeviceRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What a device is called. `name` and `product_area` are its article's."""

    device_number: DeviceNumber
    article_number: ArticleNumber
    name: str
    product_area: ProductArea | None


async def called(devices: Sequence[DeviceId], tx: Transaction) -> dict[DeviceId, Called]:
    """What these devices are called; one that orders has not read of is left out."""
    rows = await tx.look_up_all(DeviceRow, devices)
    found = await tx.look_up_all(ArticleRow, {row.article_number for row in rows})
    articles = {row.article_number: row for row in found}
    return {
        row.device_id: Called(
            device_number=row.device_number,
            article_number=row.article_number,
            name=article.name if article else "",
            product_area=article.product_area if article else None,
        )
        for row in rows
        for article in (articles.get(row.article_number),)
    }
