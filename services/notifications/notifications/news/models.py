"""The tables of news; the text stands beside what its events say."""

from datetime import date

from kvitt_chassis.models import Aggregate, Regional
from kvitt_contracts.topics import NOTIFICATIONS_NEWS
from kvitt_contracts.types import NewsId, ProductArea
from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from notifications.base import Base
from notifications.news.domain import News, Status, evolve


class NewsRow(
    Aggregate[News],
    Base,
    noun="news",
    topic=NOTIFICATIONS_NEWS,
    state=News,
    evolve=evolve,
):
    """A piece of news."""

    __tablename__ = "news"
    __table_args__ = (Index("ix_news_from_on", "region", "from_on"),)

    status: Mapped[Status]
    product_area: Mapped[ProductArea | None]
    from_on: Mapped[date]
    until_on: Mapped[date]


class NewsTextRow(Regional, Base):
    """What a piece of news says. No person is named in it."""

    __tablename__ = "news_texts"

    news_id: Mapped[NewsId] = mapped_column(primary_key=True)
    title: Mapped[str]
    text: Mapped[str]
