"""From where a user may have an article, and from where it is proposed (REF-10). No clock, no
database, no log.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from kvitt_contracts.orders import LineSupply
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import SupplierId

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused
from orders.placements.domain import must_be_to_get, must_own
from orders.placements.supply.domain import Source, must_be_had_from, source_of
from orders.product_areas.domain import must_be_connected, must_be_supplied, must_have_area
from orders.suppliers.domain import Supplier
from orders.units.defaults.domain import OWN_STORE
from orders.units.domain import Customer, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """From where an article may be had, and which of it is proposed; None where there is none."""

    may: tuple[LineSupply, ...]
    proposed: LineSupply | None


def sources_for(
    article: Article,
    *,
    user: User,
    place: Customer,
    suppliers: Mapping[SupplierId, Supplier],
    policy: RegionPolicy,
) -> Sources:
    """From where a user may have an article to a service point: what a line of an order and of a
    withdrawal is refused by is not proposed. Where both are left, the user's default is (REF-10);
    without one, the order.

    Whether there is any of it is inventory's to say.
    """
    may = _ordered(article, user, place, suppliers, policy) + _drawn(article, user, place, policy)
    if len(may) == 2 and user.default_supply == OWN_STORE:
        return Sources(may=may, proposed=LineSupply.OWN_STORE)
    return Sources(may=may, proposed=may[0] if may else None)


def _ordered(
    article: Article,
    user: User,
    place: Customer,
    suppliers: Mapping[SupplierId, Supplier],
    policy: RegionPolicy,
) -> tuple[LineSupply, ...]:
    try:
        source = source_of(article, 0, suppliers, policy)
        must_be_to_get(article, 0, source, policy)
        _must_be_allowed(article, source, user, place, policy)
    except OrderRefused:
        return ()
    return (source.supply,) if article.in_assortment else ()


def _drawn(
    article: Article, user: User, place: Customer, policy: RegionPolicy
) -> tuple[LineSupply, ...]:
    if place.store is None or article.is_never_stocked:
        return ()
    source = Source(supply=LineSupply.OWN_STORE, store=place.store)
    try:
        must_own(source.store, place, policy)
        must_be_connected(source.store, user)
        _must_be_allowed(article, source, user, place, policy)
    except OrderRefused:
        return ()
    return (source.supply,)


def _must_be_allowed(
    article: Article, source: Source, user: User, place: Customer, policy: RegionPolicy
) -> None:
    must_be_had_from(source.supply, article, 0, service_point=place)
    if article.product_area is not None:
        must_have_area(user, article.product_area, 0)
        must_be_supplied(article.product_area, 0, at=place, source=source.supply, policy=policy)
