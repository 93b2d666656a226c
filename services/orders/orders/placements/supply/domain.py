"""Where each line of an order comes from (ORD-21, ORD-22). No clock, no database, no log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kvitt_contracts.orders import LineSupply, LineToOrder
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import ArticleNumber, StoreId, SupplierId, Word

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.suppliers.domain import Supplier
from orders.units.domain import Customer

_OTHER_WAY: Final[Mapping[LineSupply, str]] = {
    LineSupply.CENTRAL: "Artikeln beställs inte från centrallagret. Gör ett uttag ur eget förråd.",
    LineSupply.OWN_STORE: "Artikeln tas inte ur eget förråd. Beställ den med en order.",
    LineSupply.DIRECT: "Artikeln köps inte direkt från leverantören. Gör ett uttag ur eget förråd.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The supply of a line, the store that it leaves, and for a direct one its supplier."""

    supply: LineSupply
    store: StoreId
    supplier_id: SupplierId | None = None


# decision 0410: what comes direct is in no reservation
def is_direct(article: Article, policy: RegionPolicy) -> bool:
    """True for what the central store does not keep, where the region has a purchasing store; what
    it keeps always comes from there (ORD-21).
    """
    return policy.stores.purchasing is not None and not article.is_kept_in_central


def sources_of(
    lines: Sequence[LineToOrder],
    *,
    articles: Mapping[ArticleNumber, Article],
    suppliers: Mapping[SupplierId, Supplier],
    policy: RegionPolicy,
) -> tuple[Source, ...]:
    """Where each line of an order comes from, by its article (ORD-21).

    Raises OrderRefused (NO_ACTIVE_SUPPLIER, ORD-21) naming the line: it would come direct, and the
    article has no supplier that is known and active.
    """
    return tuple(
        source_of(articles[line.article_number], number, suppliers, policy)
        for number, line in enumerate(lines)
    )


def must_be_had_from(
    supply: LineSupply, article: Article, number: int, *, service_point: Customer
) -> None:
    """Check that the article's own restrictions allow the line.

    Raises OrderRefused naming the line: ARTICLE_FOR_OWN_UNITS_ONLY, what a private clinic may not
    order (ORD-22a); SOURCE_NOT_OF_ARTICLE, never from this supply (ORD-22b).
    """
    if article.is_own_units_only and service_point.private_clinic:
        raise OrderRefused(
            Reason.ARTICLE_FOR_OWN_UNITS_ONLY,
            rule="ORD-22",
            field=f"lines.{number}.article_number",
            way_on="Artikeln är bara för regionens egna enheter. Välj en annan, eller kontakta"
            " hjälpmedelsservice.",
        )
    if Word(supply) in article.never_from:
        raise OrderRefused(
            Reason.SOURCE_NOT_OF_ARTICLE,
            rule="ORD-22",
            field=f"lines.{number}.article_number",
            way_on=_OTHER_WAY[supply],
        )


def source_of(
    article: Article,
    number: int,
    suppliers: Mapping[SupplierId, Supplier],
    policy: RegionPolicy,
) -> Source:
    """Where a line of an order comes from. Raises OrderRefused as `sources_of` does."""
    purchasing = policy.stores.purchasing
    if purchasing is None or not is_direct(article, policy):
        return Source(supply=LineSupply.CENTRAL, store=policy.stores.central)
    supplier = suppliers.get(article.supplier_id) if article.supplier_id is not None else None
    if supplier is None or not supplier.is_active:
        raise OrderRefused(
            Reason.NO_ACTIVE_SUPPLIER,
            rule="ORD-21",
            field=f"lines.{number}.article_number",
            way_on="Artikeln köps direkt men har ingen aktiv leverantör. Välj en annan artikel,"
            " eller kontakta hjälpmedelsservice.",
        )
    return Source(supply=LineSupply.DIRECT, store=purchasing, supplier_id=supplier.supplier_id)
