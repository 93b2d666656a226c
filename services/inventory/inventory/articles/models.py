"""The table of articles, and what they are found by."""

from uuid import UUID

from kvitt_chassis.models import Aggregate, Json, Regional
from kvitt_contracts import topics
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    Goods,
    GroupName,
    Gtin,
    IsoCode,
    ProductArea,
    SupplierArticleNumber,
    SupplierId,
    Word,
)
from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from inventory.articles import domain
from inventory.tables import Base


class ArticleRow(
    Aggregate[domain.Article],
    Base,
    noun="article",
    topic=topics.INVENTORY_ARTICLES,
    state=domain.Article,
    evolve=domain.evolve,
):
    """An article with its prices. `search_text` and `sort_name` serve the lists alone."""

    __tablename__ = "articles"
    __table_args__ = (
        Index("ix_articles_number", "region", "article_number", unique=True),
        Index("ix_articles_name", "region", "sort_name"),
        Index("ix_articles_replacement_group", "region", "replacement_group"),
        Index("ix_articles_product", "region", "product"),
        Index("uq_articles_gtin", "region", "gtin", unique=True),
    )

    article_number: Mapped[ArticleNumber]
    name: Mapped[str]
    iso_code: Mapped[IsoCode]
    type: Mapped[ArticleType]
    marked: Mapped[bool]
    in_assortment: Mapped[bool]
    charging: Mapped[Charging]
    status: Mapped[ArticleStatus]
    lead_time_days: Mapped[int]
    fee_group: Mapped[str | None]
    supplier: Mapped[str | None]
    unit: Mapped[str]
    product_area: Mapped[ProductArea | None]
    return_at_once: Mapped[bool]
    supplier_id: Mapped[SupplierId | None]
    supplier_article_number: Mapped[SupplierArticleNumber | None]
    product: Mapped[str | None]
    replacement_group: Mapped[GroupName | None]
    is_kept_in_central: Mapped[bool]
    is_own_units_only: Mapped[bool]
    never_from: Mapped[tuple[Word, ...]] = mapped_column(Json(tuple[Word, ...]))
    is_lead_time_short: Mapped[bool]
    package_size: Mapped[int | None]
    maintenance_months: Mapped[int | None]
    is_contribution: Mapped[bool]
    is_free: Mapped[bool]
    is_attachment_needed: Mapped[bool]
    is_hourly: Mapped[bool]
    order_guide: Mapped[tuple[Goods, ...]] = mapped_column(Json(tuple[Goods, ...]))
    gtin: Mapped[Gtin | None]
    prices: Mapped[tuple[domain.PricePoint, ...]] = mapped_column(
        Json(tuple[domain.PricePoint, ...])
    )
    search_text: Mapped[str]
    # C order: the key is made so that bytes sort as a Swedish reader expects
    sort_name: Mapped[str] = mapped_column(Text(collation="C"))

    def apply(self, state: domain.Article) -> None:
        """See Aggregate."""
        super().apply(state)
        self.search_text = domain.search_text(state)
        self.sort_name = domain.swedish_order(state.name)


# decision 0489
class ArticleGramRow(Regional, Base):
    """Three letters in a row of what an article is found by. The database writes them with the
    article; the key has them in the order of the search's answer.
    """

    __tablename__ = "article_grams"

    gram: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    sort_name: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    article_id: Mapped[UUID] = mapped_column(primary_key=True)
