"""Topic `notifications.news`, one aggregate kind: a piece of news (NTF-5). Its text stays with
notifications.
"""

from datetime import date

from kvitt_contracts.envelope import Event
from kvitt_contracts.types import NewsId, ProductArea, UserId


class NewsPublished(Event, type="notifications.news.published.v1"):
    """News for all, or for the users of a product area, shown within two days (both included)."""

    news_id: NewsId
    product_area: ProductArea | None = None
    from_on: date
    until_on: date
    by: UserId


class NewsWithdrawn(Event, type="notifications.news.withdrawn.v1"):
    """It is not shown any more."""

    news_id: NewsId
    by: UserId


NewsEvent = NewsPublished | NewsWithdrawn
"""Every event of a piece of news."""
