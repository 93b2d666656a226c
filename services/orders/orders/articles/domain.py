"""The values of an article that the rules of ordering read."""

from dataclasses import dataclass

from kvitt_contracts.types import ArticleNumber, ArticleType


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of inventory's catalogue, reduced to what the rules of ordering read."""

    article_number: ArticleNumber
    type: ArticleType
    marked: bool
    in_assortment: bool
    fee_group: str | None = None
