"""The rules of a replenishment of one's own store (ORD-9). No clock, no database, no log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kvitt_contracts.orders import (
    LineSupply,
    PlaceReplenishment,
    ReplenishmentPlaced,
    SuppliedLine,
)
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import (
    ArticleNumber,
    ArticleType,
    Goods,
    ProposalId,
    ServicePointId,
    StoreId,
)

from orders.articles.domain import Article
from orders.customer_orders.domain import line_id
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.placements.domain import Naming, must_be_to_get
from orders.placements.supply.domain import Source, is_direct, must_be_had_from
from orders.product_areas.domain import must_be_connected, must_have_area
from orders.units.domain import Customer, User, must_act_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Who orders a replenishment, and for which service point."""

    requester: User
    service_point: Customer


def replenish(
    command: PlaceReplenishment,
    *,
    naming: Naming,
    unit: Unit,
    articles: Mapping[ArticleNumber, Article],
    proposal_id: ProposalId | None,
    policy: RegionPolicy,
    today: date,
) -> ReplenishmentPlaced:
    """Order goods of the central store to a service point's own store (ORD-9); nobody is charged.

    `articles` has each line's article; `proposal_id` is the refill proposal that it follows
    (INV-9); `today` is a Stockholm day. More than one of a marked device may be on a line: the
    warehouse chooses which. Raises UnitRefused (REF-3): no service point, or not the requester's;
    OrderRefused: a private clinic (REF-7), another's store (ORD-9), a store or an article's area
    that the requester lacks (REF-11), a service (ORD-9), a contribution (INV-16), an article for
    others or never from there (ORD-22), that the central store does not keep (ORD-21), outside the
    assortment (ORD-5) or of which no balance counts (ORD-6).
    """
    place = unit.service_point
    must_act_at(place, unit.requester, act="orders.replenishment.place")
    _must_own(command.to_store, place, policy)
    must_be_connected(command.to_store, unit.requester, field="to_store")
    central = Source(supply=LineSupply.CENTRAL, store=policy.stores.central)
    for number, line in enumerate(command.lines):
        article = articles[line.article_number]
        _must_be_stocked(article, number)
        must_have_area(unit.requester, article.product_area, number)
        must_be_had_from(LineSupply.CENTRAL, article, number, service_point=place)
        _must_be_kept_in_central(article, number, policy)
        must_be_to_get(article, number, central, policy)
    return ReplenishmentPlaced(
        order_id=naming.order_id,
        order_number=naming.order_number,
        reference=naming.reference,
        requester=unit.requester.user_id,
        service_point=ServicePointId(place.customer_id),
        customer_id=place.customer_id,
        to_store=command.to_store,
        placed_on=today,
        proposal_id=proposal_id,
        policy=policy.pin,
        lines=_lines(command.lines, naming, place, articles, store=policy.stores.central),
    )


def refuse_unproposed() -> OrderRefused:
    """The refusal to follow a proposal where the store has none that is open (INV-9)."""
    return OrderRefused(
        Reason.NOTHING_PROPOSED,
        rule="INV-9",
        field="follows_proposal",
        way_on="Förrådet har inget obesvarat påfyllnadsförslag: det är redan beställt eller"
        " borttaget. Beställ utan förslag om varorna behövs.",
    )


# decision 0426: a replenishment's lines come from the central store, as an order's do
def _lines(
    goods: Sequence[Goods],
    naming: Naming,
    place: Customer,
    articles: Mapping[ArticleNumber, Article],
    *,
    store: StoreId,
) -> tuple[SuppliedLine, ...]:
    return tuple(
        SuppliedLine(
            line_id=line_id(naming.order_id, number),
            number=number,
            article_number=one.article_number,
            article_type=articles[one.article_number].type,
            marked=articles[one.article_number].marked,
            quantity=one.quantity,
            payer_id=place.payer_id,
            supply=LineSupply.CENTRAL,
            store=store,
        )
        for number, one in enumerate(goods, start=1)
    )


def _must_own(store: StoreId, place: Customer, policy: RegionPolicy) -> None:
    if place.private_clinic and not policy.private_clinics_hold_stock:
        raise OrderRefused(
            Reason.PRIVATE_CLINIC_HOLDS_NO_STOCK,
            rule="REF-7",
            field="service_point",
            way_on="En privat mottagning har inget eget förråd att fylla på. Beställ till patienten"
            " från centrallagret.",
        )
    if store != place.store:
        raise OrderRefused(
            Reason.STORE_NOT_OF_SERVICE_POINT,
            rule="ORD-9",
            field="to_store",
            way_on="Välj det förråd som hör till tjänstestället, eller ett annat tjänsteställe.",
            store_of_service_point=place.store,
        )


def _must_be_kept_in_central(article: Article, number: int, policy: RegionPolicy) -> None:
    if is_direct(article, policy):
        raise OrderRefused(
            Reason.NOT_KEPT_IN_CENTRAL,
            rule="ORD-21",
            field=f"lines.{number}.article_number",
            way_on="Centrallagret har inte artikeln: den köps direkt från leverantören, med en"
            " order till en mottagare. Ta bort raden.",
        )


def _must_be_stocked(article: Article, number: int) -> None:
    if article.type is ArticleType.SERVICE:
        raise OrderRefused(
            Reason.SERVICE_IS_NOT_STOCKED,
            rule="ORD-9",
            field=f"lines.{number}.article_number",
            way_on="En tjänst finns inte i förråd. Ta bort raden, och beställ den med en order.",
        )
    if article.is_contribution:
        raise OrderRefused(
            Reason.CONTRIBUTION_IS_NEVER_STOCKED,
            rule="INV-16",
            field=f"lines.{number}.article_number",
            way_on="Ett bidrag lagerförs inte. Ta bort raden, och beställ det till mottagaren med"
            " en order.",
        )
    if not article.in_assortment:
        raise OrderRefused(
            Reason.ARTICLE_NOT_IN_ASSORTMENT,
            rule="ORD-5",
            field=f"lines.{number}.article_number",
            way_on="Artikeln ligger utanför sortimentet och läggs inte i förråd. Ta bort raden.",
        )
