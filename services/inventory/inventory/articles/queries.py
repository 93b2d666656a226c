"""Look-ups of articles, for handlers and for views. Nothing is locked."""

from collections.abc import Sequence
from uuid import UUID

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, identify
from sqlalchemy import ColumnElement, func, or_, select

from inventory.articles import domain
from inventory.articles.models import ArticleRow
from inventory.people.queries import areas_of


def article_id(tx: Transaction, number: ArticleNumber) -> UUID:
    """The id of the article that the region calls by this number."""
    return identify(tx.region, "article", number)


async def get_article(tx: Transaction, number: ArticleNumber) -> domain.Article:
    """The present state of an article. One that nobody has stated: the message waits."""
    row = await tx.get(ArticleRow, article_id(tx, number))
    return row.state()


# decision 0346: what is of no area is everybody's
async def within_areas(reader: RegionReader) -> list[ColumnElement[bool]]:
    """What an article must be for who reads: of a product area of theirs, or of none (REF-11).
    Nothing where they have no limit.
    """
    areas = await areas_of(reader)
    if areas is None:
        return []
    return [or_(ArticleRow.product_area.is_(None), ArticleRow.product_area.in_(areas))]


async def articles_numbered(
    reader: RegionReader, numbers: Sequence[ArticleNumber], *within: ColumnElement[bool]
) -> list[ArticleRow]:
    """The articles that are called so, in this order; one that is not there is left out."""
    found = await reader.all(
        select(ArticleRow).where(ArticleRow.article_number.in_(numbers), *within)
    )
    named = {one.article_number: one for one in found}
    return [named[one] for one in dict.fromkeys(numbers) if one in named]


async def count_by_class(
    reader: RegionReader, *, in_assortment: bool | None
) -> list[tuple[str, int]]:
    """Each ISO class on 2, 4 and 6 digits that has articles of the reader's product areas, with how
    many, in the codes' order.
    """
    within = await within_areas(reader)
    query = select(ArticleRow.iso_code, func.count()).where(*within).group_by(ArticleRow.iso_code)
    if in_assortment is not None:
        query = query.where(ArticleRow.in_assortment == in_assortment)
    async with reader.reading() as find:
        found = await find(query)
    return domain.with_classes_above({str(code): count for code, count in found})


async def show_article_row(
    reader: RegionReader, number: ArticleNumber, *within: ColumnElement[bool]
) -> ArticleRow:
    """The row of an article, to be shown. Raises NotFound (404, INV-2), also for one that is not
    `within`.
    """
    query = select(ArticleRow).where(ArticleRow.article_number == number, *within)
    row: ArticleRow = await reader.one(query, noun="article", rule="INV-2")
    return row
