"""Articles over HTTP: the search of INV-1 and the article page of INV-2. No rule here."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from kvitt_chassis.filters import Eq, ForTheView, StartsWith, Where
from kvitt_chassis.http import (
    ApiRouter,
    Invalid,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    named,
)
from kvitt_chassis.parameters import read_from_texts
from kvitt_contracts.copying import same_fields
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    Gtin,
    ProductArea,
    StoreId,
)
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema
from sqlalchemy import ColumnElement, and_, exists, not_, select

from inventory.article_files.queries import files_shown, information_of
from inventory.article_files.views import ArticleFileView, InformationView
from inventory.articles import domain
from inventory.articles.models import ArticleGramRow, ArticleRow
from inventory.articles.queries import (
    ARTICLES_SCOPE,
    articles_numbered,
    articles_with_gtin,
    count_by_class,
    grams_sought,
    has_words,
    show_article_row,
    within_areas,
)
from inventory.stock.models import BalanceRow
from inventory.stock.queries import available_of
from inventory.stock.views import BalanceView
from inventory.stores.queries import balances_of
from inventory.views import FromRow

router = ApiRouter(tags=["Artiklar"])

BALANCE_AT_ONCE_BELOW = 50


class PriceView(BaseModel):
    """Ett pris och den första dag det gäller."""

    valid_from: date
    net_ore: Annotated[int, Field(description="Öre utan moms: per månad (hyra), per styck (köp)")]
    vat_percent: int

    @classmethod
    def of(cls, point: domain.PricePoint) -> "PriceView":
        """The view of a price."""
        return cls(valid_from=point.valid_from, **same_fields(point.price, PriceView))


class ArticleLine(FromRow):
    """En artikel i en lista."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "article_number": "30457",
                    "name": "Sittdyna Ängsull",
                    "iso_code": "043303",
                    "type": "accessory",
                    "marked": False,
                    "in_assortment": True,
                    "status": "active",
                    "supplier": "Nordhjälp AB",
                    "available": 4,
                }
            ]
        },
    )

    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    name: Annotated[str, Field(description="Benämning")]
    iso_code: Annotated[str, Field(description="ISO 9999-klass")]
    type: Annotated[ArticleType, Field(description="Artikeltyp")]
    marked: Annotated[bool, Field(description="Individmärkt")]
    in_assortment: Annotated[bool, Field(description="Ingår i sortimentet")]
    status: ArticleStatus
    supplier: Annotated[str | None, Field(description="Leverantör")] = None
    available: Annotated[
        int | None,
        Field(description="Disponibelt i alla förråd; räknas genast vid färre än 50 träffar"),
    ] = None


class ArticleView(ArticleLine):
    """En artikels sida (INV-2), med priser och saldo per förråd."""

    charging: Charging
    lead_time_days: Annotated[int, Field(description="Leveranstid i arbetsdagar")]
    fee_group: Annotated[str | None, Field(description="Avgiftsgrupp")] = None
    unit: Annotated[str, Field(description="Enhet: piece, pair, set")]
    product_area: Annotated[ProductArea | None, Field(description="Produktområde (REF-11)")]
    return_at_once: Annotated[
        bool, Field(description="Skickas genast tillbaka till centrallagret (PCK-7)")
    ]
    is_attachment_needed: Annotated[
        bool, Field(description="Beställs bara med en bilaga (ORD-24)")
    ] = False
    is_hourly: Annotated[bool, Field(description="Antalet är timmar (ORD-11)")] = False
    package_size: Annotated[int | None, Field(description="Antal i en förpackning")] = None
    replacement_group: Annotated[
        str | None, Field(description="Artiklar av samma grupp ersätter varandra (ORD-6)")
    ] = None
    product: Annotated[
        str | None, Field(description="Produkten som artikeln är, eller passar till (INV-3)")
    ] = None
    supplier_article_number: Annotated[
        str | None, Field(description="Leverantörens artikelnummer")
    ] = None
    gtin: Annotated[
        Gtin | None, Field(description="GTIN, som streckkoder säger, med 14 siffror")
    ] = None
    is_lead_time_short: Annotated[
        bool, Field(description="Kort leveranstid enligt avtalet: 3–5 arbetsdagar")
    ] = False
    prices: list[PriceView]
    balances: list[BalanceView]
    information: Annotated[
        InformationView | None, Field(description="Vad leverantören berättar")
    ] = None
    files: Annotated[
        list[ArticleFileView], Field(default_factory=list, description="Bilder och dokument")
    ]


def _words_of(query: str) -> tuple[str, ...]:
    try:
        return domain.search_words(query)
    except domain.ArticleRefused as refused:
        raise Invalid(
            refused.reason,
            field="query",
            rule=refused.rule,
            detail="Frågan är för kort.",
            way_on=refused.way_on,
        ) from None


def _is_in_stock(store: StoreId, _: RegionReader) -> ColumnElement[bool]:
    return exists().where(
        BalanceRow.region == ArticleRow.region,
        BalanceRow.article_number == ArticleRow.article_number,
        BalanceRow.store == store,
        BalanceRow.available > 0,
    )


def _is_in_any_stock(in_stock: bool, _: RegionReader) -> ColumnElement[bool]:
    there = exists().where(
        BalanceRow.region == ArticleRow.region,
        BalanceRow.article_number == ArticleRow.article_number,
        BalanceRow.available > 0,
    )
    return there if in_stock else not_(there)


class ArticleQuery(ListQuery):
    """Which articles (INV-1)."""

    query: Annotated[
        str | None,
        ForTheView(
            "Minst tre tecken; orden i valfri ordning i eget och leverantörens nummer, namn, "
            "leverantör, produkt, eller ett helt GTIN; bindestreck, accenter och skiftläge spelar "
            "ingen roll, men å, ä och ö är bokstäver (INV-1)",
        ),
        Field(max_length=100, examples=["rollator brukare"]),
    ] = None
    type: Annotated[ArticleType | None, Eq(ArticleRow.type, "Artikeltyp")] = None
    in_assortment: Annotated[
        bool | None, Eq(ArticleRow.in_assortment, "Bara i (eller utom) sortiment")
    ] = None
    marked: Annotated[bool | None, Eq(ArticleRow.marked, "Bara (o)märkta")] = None
    store: Annotated[StoreId | None, Where(_is_in_stock, "Har saldo i förrådet")] = None
    in_stock: Annotated[
        bool | None, Where(_is_in_any_stock, "Bara det som (inte) finns disponibelt i något förråd")
    ] = None
    supplier: Annotated[
        str | None,
        Where(
            lambda part, _: ArticleRow.supplier.icontains(part, autoescape=True),
            "Del av leverantörens namn; skiftläge spelar ingen roll",
        ),
        Field(min_length=1, max_length=100, examples=["nordhjälp"]),
    ] = None
    product_area: Annotated[
        ProductArea | None, Eq(ArticleRow.product_area, "Produktområde (REF-11)")
    ] = None
    iso_code: Annotated[
        str | None,
        StartsWith(ArticleRow.iso_code, "ISO-kodens första siffror (INV-3)"),
        Field(pattern=r"^\d{2,6}$"),
    ] = None
    product: Annotated[
        str | None,
        Eq(ArticleRow.product, "Det som är produkten eller passar till den (INV-3)"),
        Field(max_length=100),
    ] = None
    with_balance: Annotated[bool, ForTheView("Räkna saldo även vid 50 träffar")] = False


ARTICLES = ListOf(
    select(ArticleRow),
    scope=ARTICLES_SCOPE,
    sorts=named(ArticleRow.article_number, ArticleRow.iso_code, name=ArticleRow.sort_name),
    default="name",
    view=ArticleLine.of,
)
# decision 0489: what is sought is read in the order of its grams, and counted to a thousand
FOUND = ListOf(
    select(ArticleGramRow, ArticleRow).outerjoin(
        ArticleRow,
        and_(
            ArticleRow.region == ArticleGramRow.region, ArticleRow.id == ArticleGramRow.article_id
        ),
    ),
    scope=RegionWide(ArticleGramRow.region, because="the catalogue is the region's"),
    sorts=named(ArticleRow.article_number, ArticleRow.iso_code, name=ArticleGramRow.sort_name),
    default="name",
    view=lambda row: ArticleLine.of(row[1]),
    is_always_walked=True,
    counted_to=1_000,
)


class ClassView(BaseModel):
    """En klass i sortimentskatalogen (INV-3)."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"iso_code": "0433", "articles": 12}]}
    )

    iso_code: Annotated[str, Field(description="ISO 9999-klass med 2, 4 eller 6 siffror")]
    articles: Annotated[int, Field(description="Artiklar i klassen och i klasserna under den")]


class Classes(BaseModel):
    """Sortimentskatalogens klasser, i kodernas ordning."""

    model_config = ConfigDict(frozen=True)

    items: list[ClassView]


class ClassesQuery(BaseModel):
    """Which articles are counted."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    in_assortment: Annotated[
        bool | None, Field(description="Räkna bara artiklar i (eller utom) sortiment")
    ] = None

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        return read_from_texts(cls, handler, source)


@router.get("/articles:classes")
async def list_classes(reader: Reader, asked: Annotated[ClassesQuery, Query()]) -> Classes:
    """Sortimentskatalogen: de ISO-klasser som har artiklar, på 2, 4 och 6 siffror (INV-3)."""
    counted = await count_by_class(reader, in_assortment=asked.in_assortment)
    return Classes(items=[ClassView(iso_code=code, articles=count) for code, count in counted])


@router.get("/articles")
async def list_articles(
    reader: Reader, asked: Annotated[ArticleQuery, Query()]
) -> Page[ArticleLine]:
    """Sök artiklar. Utan fråga visas alla; en sida har högst 200 träffar, och en sökning räknas
    till 1 000 (INV-1). Den som har produktområden ser artiklar i dem, och de som inte hör till
    något (REF-11).
    """
    within = await within_areas(reader)
    words = () if asked.query is None else _words_of(asked.query)
    gtin = None if asked.query is None else domain.gtin_sought(asked.query)
    if gtin is not None and await articles_with_gtin(reader, gtin, *within):
        page = await ARTICLES.page(asked, reader, *within, ArticleRow.gtin == gtin)
    elif (grams := await grams_sought(reader, words)) is None:
        page = await ARTICLES.page(asked, reader, *within, *has_words(words))
    else:
        page = await FOUND.page(asked, reader, *within, *grams)
    if asked.with_balance or page.total < BALANCE_AT_ONCE_BELOW:
        return page.model_copy(update={"items": await _with_balance(reader, page.items)})
    return page


@router.get("/articles/{article_number}")
async def show_article(article_number: ArticleNumber, reader: Reader) -> ArticleView:
    """En artikel med priser och saldo per förråd (INV-2)."""
    row = await show_article_row(reader, article_number, *await within_areas(reader))
    view = _view(row, await balances_of(reader, [article_number]))
    (shown,) = await _with_pages(reader, [view])
    return shown


class NamedArticlesQuery(BaseModel):
    """Vilka artiklar."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[
        list[ArticleNumber], Field(min_length=1, max_length=50, description="Artikelnummer")
    ]


class NamedArticles(BaseModel):
    """Artiklar, i den ordning som de nämndes. Den som inte finns utelämnas."""

    items: list[ArticleView]


# decision 0339: a page asks once for all that it names
@router.get("/articles:named")
async def show_named_articles(
    reader: Reader, asked: Annotated[NamedArticlesQuery, Query()]
) -> NamedArticles:
    """Flera artiklar på en gång, som de visas en och en: högst 50."""
    rows = await articles_numbered(reader, asked.number, *await within_areas(reader))
    balances = await balances_of(reader, asked.number)
    views = [
        _view(row, [one for one in balances if one.article_number == row.article_number])
        for row in rows
    ]
    return NamedArticles(items=await _with_pages(reader, views))


def _view(row: ArticleRow, balances: Sequence[BalanceRow]) -> ArticleView:
    return ArticleView(
        **ArticleLine.of(row).model_dump(exclude={"available"}),
        available=sum(balance.available for balance in balances),
        charging=row.charging,
        lead_time_days=row.lead_time_days,
        is_lead_time_short=row.is_lead_time_short,
        fee_group=row.fee_group,
        unit=row.unit,
        product_area=row.product_area,
        return_at_once=row.return_at_once,
        is_attachment_needed=row.is_attachment_needed,
        is_hourly=row.is_hourly,
        package_size=row.package_size,
        replacement_group=row.replacement_group,
        product=row.product,
        supplier_article_number=row.supplier_article_number,
        gtin=row.gtin,
        prices=[PriceView.of(point) for point in row.prices],
        balances=[BalanceView.of(balance) for balance in balances],
    )


async def _with_pages(reader: RegionReader, views: Sequence[ArticleView]) -> list[ArticleView]:
    numbers = [view.article_number for view in views]
    told = await information_of(reader, numbers)
    files = await files_shown(reader, numbers)
    return [
        view.model_copy(
            update={
                "information": InformationView.of(told[view.article_number])
                if view.article_number in told
                else None,
                "files": [
                    ArticleFileView.of(one)
                    for one in files
                    if one.article_number == view.article_number
                ],
            }
        )
        for view in views
    ]


async def _with_balance(reader: RegionReader, lines: Sequence[ArticleLine]) -> list[ArticleLine]:
    available = await available_of(reader, [line.article_number for line in lines])
    return [
        line.model_copy(update={"available": available.get(line.article_number, 0)})
        for line in lines
    ]
