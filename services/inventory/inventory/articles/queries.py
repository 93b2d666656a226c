"""Look-ups of articles, for handlers and for views. Nothing is locked."""

import re
from collections.abc import Sequence
from uuid import UUID

from kvitt_chassis.http import RegionReader, RegionWide
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.types import ArticleNumber, Gtin, identify
from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from inventory.articles import domain
from inventory.articles.models import ArticleGramRow, ArticleRow
from inventory.people.queries import areas_of
from inventory.scanning import domain as scanning
from inventory.scanning.domain import Scanned

ARTICLES_SCOPE = RegionWide(ArticleRow.region, because="the catalogue is the region's")
_RARE = 1_000
_MOST = 50
_NUMBER = re.compile(ArticleNumber.pattern)


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


async def articles_scanned(
    reader: RegionReader, scanned: Scanned, *within: ColumnElement[bool]
) -> list[ArticleRow]:
    """The articles that a code names: by its GTIN, which the region has stated or an article's
    numbers say, or by the number as it stands (INV-2).
    """
    gtin = scanned.article_gtin
    own = [] if gtin is None else await articles_with_gtin(reader, gtin, *within)
    if own or scanned.gtin is None:
        numbers = [ArticleNumber(one) for one in scanned.numbers if _NUMBER.fullmatch(one)]
        numbered = await articles_numbered(reader, sorted(numbers), *within)
        if own or numbered:
            return own or numbered
    criteria = None if gtin is None else await grams_sought(reader, [gtin.lstrip("0")])
    if criteria is None:
        return []
    at = (ArticleRow.region == ArticleGramRow.region, ArticleRow.id == ArticleGramRow.article_id)
    query = select(ArticleRow).join(ArticleGramRow, and_(*at)).where(*criteria, *within)
    found = await reader.all(query.order_by(ArticleRow.article_number).limit(_MOST))
    return [one for one in found if scanning.is_of(one.state(), gtin)]


async def articles_with_gtin(
    reader: RegionReader, gtin: Gtin, *within: ColumnElement[bool]
) -> list[ArticleRow]:
    """The article that has a GTIN of its own, where one has it and is `within`."""
    found = await reader.all(select(ArticleRow).where(ArticleRow.gtin == gtin, *within))
    return list(found)


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


def has_words(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """What an article must be to have each of these words in what it is found by (INV-1)."""
    # not by LIKE, of which the planner thinks that it finds next to nothing
    return [func.strpos(ArticleRow.search_text, word) > 0 for word in words]


# decision 0489
async def grams_sought(
    reader: RegionReader, words: Sequence[str]
) -> list[ColumnElement[bool]] | None:
    """What an `ArticleGramRow` must be for its article to have each of these words: the rarest gram
    leads there, and it is every article once. None where no word is long enough to have a gram.
    """
    by_word = {word: domain.grams(word) for word in words}
    grams = list(dict.fromkeys(gram for has in by_word.values() for gram in has))
    if not grams:
        return None
    counted = await _count_grams(reader, grams)
    rarest = [min(has, key=lambda one: counted[one]) for has in by_word.values() if has]
    first = min(rarest, key=lambda one: counted[one])
    # where one leads to few, what they are called is read; where all are frequent, grams are met
    more = [] if counted[first] < _RARE else [one for one in rarest if one != first]
    met = {first, *more}
    return [
        ArticleGramRow.gram == first,
        *(_has_gram(one) for one in dict.fromkeys(more)),
        *has_words([word for word in words if word not in met]),
    ]


async def _count_grams(reader: RegionReader, grams: Sequence[str]) -> dict[str, int]:
    """How many articles have each, as far as it matters."""
    if len(grams) == 1:
        return {grams[0]: 0}
    async with reader.reading() as find:
        (counted,) = await find(select(*(_count_of(reader, gram) for gram in grams)))
    return dict(zip(grams, counted, strict=True))


def _count_of(reader: RegionReader, gram: str) -> ScalarSelect[int]:
    some = (
        select(ArticleGramRow.gram)
        .where(ArticleGramRow.region == reader.region, ArticleGramRow.gram == gram)
        .limit(_RARE)
    )
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


def _has_gram(gram: str) -> ColumnElement[bool]:
    other = aliased(ArticleGramRow)
    return exists().where(
        other.region == ArticleGramRow.region,
        other.gram == gram,
        other.sort_name == ArticleGramRow.sort_name,
        other.article_id == ArticleGramRow.article_id,
    )
