"""Topic `inventory.articles`: the region's catalogue."""

from datetime import date

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    IsoCode,
    Money,
)


class ArticleListed(Event, type="inventory.article.listed.v1"):
    """An article is in the region's catalogue, or what is said of it changed.

    Prices stand in ArticlePriced.
    """

    article_number: ArticleNumber
    name: str
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus
    lead_time_days: int
    fee_group: str | None = None
    supplier: str | None = None
    unit: str = "piece"


class ArticlePriced(Event, type="inventory.article.priced.v1"):
    """From `valid_from` on the article costs this: per month for rent, per unit for sale."""

    article_number: ArticleNumber
    valid_from: date
    price: Money


ArticleEvent = ArticleListed | ArticlePriced
"""Every event of an article."""
