"""The rules of news: published for some days, withdrawn. No clock, no database, no text."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from kvitt_contracts.notifications import NewsEvent, NewsPublished, NewsWithdrawn
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import NewsId, ProductArea, UserId


class Status(StrEnum):
    """Whether a piece of news is shown on its days."""

    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Reason(StrEnum):
    """Why news is not published."""

    UNKNOWN_PRODUCT_AREA = "UNKNOWN_PRODUCT_AREA"
    ENDS_BEFORE_IT_BEGINS = "ENDS_BEFORE_IT_BEGINS"
    IS_OVER = "IS_OVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """A piece of news: for all, or for who has the product area; its days are both included."""

    id: NewsId
    status: Status
    product_area: ProductArea | None
    from_on: date
    until_on: date


def publish(
    news_id: NewsId,
    *,
    product_area: ProductArea | None,
    from_on: date,
    until_on: date,
    by: UserId,
    policy: RegionPolicy,
    today: date,
) -> NewsPublished:
    """Publish news from a day until another (NTF-5).

    Raises Refused naming the field: UNKNOWN_PRODUCT_AREA (REF-11), the region's policy has none of
    that code; ENDS_BEFORE_IT_BEGINS (DAY-5); IS_OVER (NTF-5), nobody would see it.
    """
    if product_area is not None and policy.product_area(product_area) is None:
        raise _refused(
            Reason.UNKNOWN_PRODUCT_AREA, "REF-11", "product_area",
            "Välj ett av regionens produktområden, eller inget: då är nyheten till alla.",
        )  # fmt: skip
    if until_on < from_on:
        raise _refused(
            Reason.ENDS_BEFORE_IT_BEGINS, "DAY-5", "until_on",
            "Sista dagen ligger före den första. Byt plats på dem, eller välj en senare.",
        )  # fmt: skip
    if until_on < today:
        raise _refused(
            Reason.IS_OVER, "NTF-5", "until_on",
            "Sista dagen har varit: ingen skulle se nyheten. Välj en dag från och med i dag.",
        )  # fmt: skip
    return NewsPublished(
        news_id=news_id, product_area=product_area, from_on=from_on, until_on=until_on, by=by
    )


def withdraw(news: News, *, by: UserId) -> tuple[NewsWithdrawn, ...]:
    """Show it no more (NTF-5). No event: it is withdrawn already."""
    if news.status is Status.WITHDRAWN:
        return ()
    return (NewsWithdrawn(news_id=news.id, by=by),)


def evolve(news: News | None, event: NewsEvent) -> News:
    """The state after an event. Raises ValueError for a first event that cannot begin news."""
    if isinstance(event, NewsPublished):
        return News(
            id=event.news_id,
            status=Status.PUBLISHED,
            product_area=event.product_area,
            from_on=event.from_on,
            until_on=event.until_on,
        )
    if news is None:
        raise ValueError(f"{event.wire_type} cannot be the first event of news")
    return replace(news, status=Status.WITHDRAWN)


def _refused(reason: Reason, rule: str, field: str, way_on: str) -> Refused:
    return Refused(reason, rule=rule, field=field, way_on=way_on)
