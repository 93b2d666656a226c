"""The rules of order guides: what a main device is ordered with (ORD-23). No clock, no database, no
log.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from kvitt_contracts.types import ArticleNumber, ArticleType

from inventory.articles.domain import Article


class Part(StrEnum):
    """What a line of a guide is: the main device in its standard version, or what belongs to it."""

    STANDARD = "standard"
    ACCESSORY = "accessory"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideLine:
    """A line that is proposed for an order."""

    article: Article
    part: Part
    quantity: int


# decision 0453: the guide's main devices are the standard version
def guide_of(main: Article, named: Mapping[ArticleNumber, Article]) -> tuple[GuideLine, ...]:
    """What is proposed for an order of a main device: its standard version, then its accessories,
    each as a line of the order (ORD-23). Nothing for what has no guide, or is no main device.

    `named` has the articles of the guide that the reader may see. What is not ordered, since it is
    purchased no more or is outside the assortment, is not proposed.
    """
    if main.type is not ArticleType.MAIN_DEVICE or not main.order_guide:
        return ()
    lines = list(_lines(main, named))
    standard = [one for one in lines if one.part is Part.STANDARD]
    others = [one for one in lines if one.part is not Part.STANDARD]
    itself = GuideLine(article=main, part=Part.STANDARD, quantity=1)
    return (*(standard or [itself]), *others)


def _lines(main: Article, named: Mapping[ArticleNumber, Article]) -> Iterator[GuideLine]:
    for goods in main.order_guide:
        article = named.get(goods.article_number)
        if article is None or not article.in_assortment or not article.is_purchased:
            continue
        is_main = article.type is ArticleType.MAIN_DEVICE
        part = Part.STANDARD if is_main else Part.ACCESSORY
        # a line has one of a marked device (ORD-8)
        times, quantity = (goods.quantity, 1) if article.marked else (1, goods.quantity)
        for _ in range(times):
            yield GuideLine(article=article, part=part, quantity=quantity)
