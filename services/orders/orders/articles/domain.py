"""What the rules of ordering look at of an article."""

from dataclasses import dataclass

from kvitt_contracts.types import ArticleNumber, ArticleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """What orders knows of an article."""

    article_number: ArticleNumber
    type: ArticleType
    marked: bool
    in_assortment: bool
    fee_group: str | None = None
