"""From where a user may have an article, and from where it is proposed (REF-10). No clock, no
database, no log.
"""

from dataclasses import dataclass

from kvitt_contracts.orders import LineSupply
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import ArticleType, ServicePointId, Word

from orders.articles.domain import Article
from orders.placements.supply.domain import is_direct
from orders.units.defaults.domain import OWN_STORE
from orders.units.domain import Customer, User


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """From where an article may be had, and which of it is proposed; None where there is none."""

    may: tuple[LineSupply, ...]
    proposed: LineSupply | None


def sources_for(article: Article, *, user: User, place: Customer, policy: RegionPolicy) -> Sources:
    """From where a user may have an article to a service point. Where it may be ordered and drawn
    from the own store alike, the user's default is proposed (REF-10); without one, the order.

    Whether there is any of it is inventory's to say, and everything else the order's own rules'.
    """
    ordered = LineSupply.DIRECT if is_direct(article, policy) else LineSupply.CENTRAL
    may = tuple(
        supply
        for supply, is_there in (
            (ordered, _may_be_ordered(article, user)),
            (LineSupply.OWN_STORE, _may_be_drawn(article, user, place, policy)),
        )
        if is_there and _is_allowed(supply, article, place, policy)
    )
    if len(may) == 2 and user.default_supply == OWN_STORE:
        return Sources(may=may, proposed=LineSupply.OWN_STORE)
    return Sources(may=may, proposed=may[0] if may else None)


def _may_be_ordered(article: Article, user: User) -> bool:
    return article.in_assortment and user.has_area(article.product_area)


def _may_be_drawn(article: Article, user: User, place: Customer, policy: RegionPolicy) -> bool:
    if place.store is None or article.type is ArticleType.SERVICE:
        return False
    has_stock = not place.private_clinic or policy.private_clinics_hold_stock
    is_theirs = user.may_draw_from(place.store) and user.has_area(article.product_area)
    return has_stock and is_theirs


def _is_allowed(
    supply: LineSupply, article: Article, place: Customer, policy: RegionPolicy
) -> bool:
    if Word(supply) in article.never_from:
        return False
    if article.is_own_units_only and place.private_clinic:
        return False
    if article.product_area is None:
        return True
    point = ServicePointId(place.customer_id)
    sources = policy.sources_of(article.product_area, at=point)
    return sources is None or supply in sources
