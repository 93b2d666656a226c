"""Look-ups of an article's files and of what its supplier tells. Reads only."""

from collections.abc import Sequence

from kvitt_chassis.http import RegionReader
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber
from sqlalchemy import func, select

from inventory.article_files.models import ArticleFileRow, ArticleInformationRow


async def files_shown(
    reader: RegionReader, numbers: Sequence[ArticleNumber]
) -> list[ArticleFileRow]:
    """The files that these articles' pages show, in the order in which they came."""
    query = (
        select(ArticleFileRow)
        .where(ArticleFileRow.article_number.in_(numbers), ArticleFileRow.is_shown)
        .order_by(ArticleFileRow.added_at, ArticleFileRow.file_id)
    )
    return await reader.all(query)


async def information_of(
    reader: RegionReader, numbers: Sequence[ArticleNumber]
) -> dict[ArticleNumber, ArticleInformationRow]:
    """What suppliers tell of these articles, of those of which they tell something."""
    found = await reader.all(
        select(ArticleInformationRow).where(ArticleInformationRow.article_number.in_(numbers))
    )
    return {one.article_number: one for one in found}


async def count_shown(number: ArticleNumber, tx: Transaction) -> int:
    """How many files an article's page shows."""
    query = select(func.count()).where(
        ArticleFileRow.region == tx.region,
        ArticleFileRow.article_number == number,
        ArticleFileRow.is_shown,
    )
    return int((await tx.session.execute(query)).scalar_one())
