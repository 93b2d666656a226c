"""The catalogue as inventory emitted it last. Written by the projection beside this file alone."""

from kvitt_chassis.models import Regional
from kvitt_contracts.types import ArticleNumber, ArticleStatus, ArticleType, ProductArea
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

    def article(self) -> Article:
        """Returns the article as the value that the rules read."""
        return Article(
            article_number=self.article_number,
            type=self.type,
            marked=self.marked,
            in_assortment=self.in_assortment,
            status=self.status,
            fee_group=self.fee_group,
            product_area=self.product_area,
        )
