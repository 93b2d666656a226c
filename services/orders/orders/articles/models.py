"""The catalogue as inventory emitted it last. Written by the projection beside this file alone."""

from dataclasses import fields

from kvitt_chassis.models import Json, Regional
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    GroupName,
    ProductArea,
    SupplierArticleNumber,
    SupplierId,
    Word,
)
from sqlalchemy.orm import Mapped, mapped_column

from orders.articles.domain import Article
from orders.models import Base


class ArticleRow(Regional, Base):
    """An article as inventory emitted it last."""

    __tablename__ = "articles"

    article_number: Mapped[ArticleNumber] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[ArticleType]
    marked: Mapped[bool]
    in_assortment: Mapped[bool]
    status: Mapped[ArticleStatus]
    fee_group: Mapped[str | None]
    product_area: Mapped[ProductArea | None]
    return_at_once: Mapped[bool]
    lead_time_days: Mapped[int]
    supplier_id: Mapped[SupplierId | None]
    supplier_article_number: Mapped[SupplierArticleNumber | None]
    is_kept_in_central: Mapped[bool]
    is_own_units_only: Mapped[bool]
    never_from: Mapped[tuple[Word, ...]] = mapped_column(Json(tuple[Word, ...]))
    is_free: Mapped[bool]
    is_attachment_needed: Mapped[bool]
    replacement_group: Mapped[GroupName | None]
    is_hourly: Mapped[bool]
    is_contribution: Mapped[bool]

    def article(self) -> Article:
        """Returns the article as the value that the rules read."""
        return Article(**{one.name: getattr(self, one.name) for one in fields(Article)})
