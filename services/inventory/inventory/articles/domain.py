"""The rules of the catalogue: a state in, an event or a refusal out. No clock, no database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, TypeVar

from kvitt_contracts.copying import same_fields
from kvitt_contracts.folding import folded
from kvitt_contracts.inventory import ArticleEvent, ArticleListed, ArticlePriced
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.refusals import Refused
from kvitt_contracts.regions import ArticlePriceStated, ArticleStated
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleStatus,
    ArticleType,
    Charging,
    Goods,
    GroupName,
    Gtin,
    IsoCode,
    Money,
    ProductArea,
    SupplierArticleNumber,
    SupplierId,
    Word,
)

from inventory.scanning.domain import as_gtin

E = TypeVar("E", ArticleListed, ArticlePriced)

SHORTEST_QUERY = 3
GRAM = 3
_SWEDISH = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}", "é": "e", "ü": "y"})


@dataclass(frozen=True, slots=True, kw_only=True)
class PricePoint:
    """A price and the first day that it counts for: per month for rent, per unit for sale."""

    valid_from: date
    price: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An article of the region's catalogue (INV-2). `prices` are in the order of their days."""

    article_number: ArticleNumber
    name: str
    iso_code: IsoCode
    type: ArticleType
    marked: bool
    in_assortment: bool
    charging: Charging
    status: ArticleStatus
    lead_time_days: int
    fee_group: str | None
    supplier: str | None
    unit: str
    product_area: ProductArea | None = None
    return_at_once: bool = False
    supplier_id: SupplierId | None = None
    supplier_article_number: SupplierArticleNumber | None = None
    product: str | None = None
    replacement_group: GroupName | None = None
    is_kept_in_central: bool = True
    is_own_units_only: bool = False
    never_from: tuple[Word, ...] = ()
    is_lead_time_short: bool = False
    package_size: int | None = None
    maintenance_months: int | None = None
    is_contribution: bool = False
    is_free: bool = False
    is_attachment_needed: bool = False
    is_hourly: bool = False
    order_guide: tuple[Goods, ...] = ()
    gtin: Gtin | None = None
    prices: tuple[PricePoint, ...] = ()

    @property
    def is_purchased(self) -> bool:
        """False for what is phased out or discontinued: what there is of it can be used (ORD-6)."""
        return self.status is ArticleStatus.ACTIVE

    @property
    def is_service(self) -> bool:
        """True for what is ordered but never stocked or counted."""
        return self.type is ArticleType.SERVICE

    @property
    def is_never_stocked(self) -> bool:
        """True for what no store has: services, and contributions (INV-4, INV-16)."""
        return self.is_service or self.is_contribution


class ArticleRefused(Refused):
    """The catalogue does not take the article or its price."""


class NeverStocked(Refused):
    """No store has the article, so nothing of it comes into one or leaves it."""


# decision 0487: one rule says what no store has
def check_stocked(article: Article, *, field: str = "article_number") -> None:
    """Raises NeverStocked: CONTRIBUTION_IS_NEVER_STOCKED (INV-16), SERVICE_IS_NEVER_STOCKED
    (INV-4).
    """
    if article.is_contribution:
        raise NeverStocked(
            CONTRIBUTION_IS_NEVER_STOCKED, rule="INV-16", field=field, way_on=_CONTRIBUTION
        )
    if article.is_never_stocked:
        raise NeverStocked("SERVICE_IS_NEVER_STOCKED", rule="INV-4", field=field, way_on=_SERVICE)


CONTRIBUTION_IS_NEVER_STOCKED: Final = "CONTRIBUTION_IS_NEVER_STOCKED"
_CONTRIBUTION = (
    "Bidrag lagerförs inte: kontrollera artikelnumret. Ett bidrag beställs till mottagaren och "
    "debiteras."
)
_SERVICE = "Tjänster lagerförs inte: kontrollera artikelnumret."


def list_article(
    stated: ArticleStated, *, known: Article | None, policy: RegionPolicy
) -> tuple[ArticleListed, ...]:
    """Take an article into the catalogue, or what is new about it. Nothing new: no event.

    Raises ArticleRefused: a marked service; a contribution that is rented or marked (INV-16); an
    article that turns from marked to unmarked, or from goods to what no store has, or back; a
    product area that the policy has not (REF-11). Source: INV-2, INV-4, INV-5.
    """
    if stated.is_contribution:
        _check_contribution(stated)
    if stated.marked and stated.type is ArticleType.SERVICE:
        raise ArticleRefused(
            "SERVICE_IS_NEVER_MARKED",
            rule="INV-5",
            field="marked",
            way_on="En tjänst har inga individer: ange marked=false eller en annan artikeltyp.",
        )
    if known is not None and _counts_otherwise(stated, known):
        # the balances and devices that exist were counted the old way
        raise ArticleRefused(
            "WAY_OF_COUNTING_IS_FIXED",
            rule="INV-4",
            field="marked",
            way_on="Lägg upp en ny artikel: hur en artikel räknas kan inte ändras.",
        )
    area = stated.product_area
    if area is not None and policy.product_area(area) is None:
        raise ArticleRefused(
            "UNKNOWN_PRODUCT_AREA",
            rule="REF-11",
            field="product_area",
            way_on="Ange ett produktområde som finns i regionens policy (product_areas).",
            product_area=area,
        )
    return _unless_known(ArticleListed(**same_fields(stated, ArticleListed)), known)


def check_gtin(gtin: Gtin, *, of: ArticleNumber, other: ArticleNumber | None) -> None:
    """Raises ArticleRefused: GTIN_TAKEN, where another article of the region has it (INV-2)."""
    if other is not None and other != of:
        raise ArticleRefused(
            "GTIN_TAKEN",
            rule="INV-2",
            field="gtin",
            way_on=_TAKEN,
            gtin=gtin,
            article_number=other,
        )


_TAKEN = (
    "En annan artikel har den GTIN:en. Kontrollera den; ska den flyttas, skicka först den andra "
    "artikeln utan gtin."
)


def price_article(
    stated: ArticlePriceStated, *, known: Article | None
) -> tuple[ArticlePriced, ...]:
    """Set the price of an article from a day on. Nothing new: no event.

    Raises ArticleRefused: the article is not in the catalogue. (Price and article share a subject,
    so the article cannot come later: waiting would wait for ever.) Source: INV-2.
    """
    if known is None:
        raise ArticleRefused(
            "UNKNOWN_ARTICLE",
            rule="INV-2",
            field="article_number",
            way_on="Skicka artikeln först och därefter dess pris.",
        )
    priced = ArticlePriced(
        article_number=stated.article_number,
        valid_from=stated.valid_from,
        price=Money(net_ore=stated.net_ore, vat_percent=stated.vat_percent),
    )
    return _unless_known(priced, known)


def search_words(query: str) -> tuple[str, ...]:
    """The words of a search, in any order, each to be found somewhere (INV-1).

    Raises ArticleRefused: fewer than three characters.
    """
    if len(folded(query).strip()) < SHORTEST_QUERY:
        raise ArticleRefused(
            "QUERY_TOO_SHORT",
            rule="INV-1",
            field="query",
            way_on="Skriv minst tre tecken.",
            at_least=SHORTEST_QUERY,
        )
    return words_of(query)


def gtin_sought(query: str) -> Gtin | None:
    """The GTIN that a search may be, in any of its lengths; none where it is no such."""
    return as_gtin(query.strip())


def words_of(query: str) -> tuple[str, ...]:
    """The words of a query of any length, each once, as they are looked for."""
    return tuple(dict.fromkeys(folded(query).split()))


def grams(word: str) -> tuple[str, ...]:
    """The runs of three letters of a word: an article that has it has each of them."""
    return tuple(dict.fromkeys(word[at : at + GRAM] for at in range(len(word) - GRAM + 1)))


def search_text(article: Article) -> str:
    """Where a search looks, folded: own article number and the supplier's, name, supplier,
    ISO class, product.
    """
    parts = (
        article.article_number,
        article.name,
        article.supplier,
        article.iso_code,
        article.supplier_article_number,
        article.product,
    )
    return " ".join(folded(part) for part in parts if part)


def swedish_order(text: str) -> str:
    """A key that sorts as a Swedish reader expects: å, ä, ö after z."""
    return text.lower().translate(_SWEDISH)


def evolve(article: Article | None, event: ArticleEvent) -> Article:
    """Returns the state after an event. Raises ValueError for a price before its article."""
    match event:
        case ArticleListed():
            prices = () if article is None else article.prices
            return Article(**same_fields(event, Article), prices=prices)
        case ArticlePriced():
            if article is None:
                raise ValueError("a price before its article")
            others = [p for p in article.prices if p.valid_from != event.valid_from]
            point = PricePoint(valid_from=event.valid_from, price=event.price)
            ordered = sorted([*others, point], key=lambda p: p.valid_from)
            return replace(article, prices=tuple(ordered))


def _unless_known(event: E, known: Article | None) -> tuple[E, ...]:
    return () if known is not None and evolve(known, event) == known else (event,)


def _counts_otherwise(stated: ArticleStated, known: Article) -> bool:
    is_never_stocked = stated.type is ArticleType.SERVICE or stated.is_contribution
    return stated.marked != known.marked or is_never_stocked != known.is_never_stocked


def _check_contribution(stated: ArticleStated) -> None:
    if stated.charging is Charging.RENT:
        raise ArticleRefused(
            "CONTRIBUTION_IS_NEVER_RENTED",
            rule="INV-16",
            field="charging",
            way_on="Ett bidrag hyrs inte ut: ange charging=sale och marked=false.",
        )
    if stated.marked:  # what is marked stands in stores, comes back and is lent again
        raise ArticleRefused(
            "CONTRIBUTION_IS_NEVER_MARKED",
            rule="INV-16",
            field="marked",
            way_on="Ett bidrag har inga individer: ange marked=false.",
        )


# INV-3: a class holds what is in the classes below it
def with_classes_above(articles: Mapping[str, int]) -> list[tuple[str, int]]:
    """How many articles each class holds, of how many have each ISO code themselves."""
    counted: Counter[str] = Counter()
    for code, count in articles.items():
        for digits in range(2, len(code) + 1, 2):
            counted[code[:digits]] += count
    return sorted(counted.items())
