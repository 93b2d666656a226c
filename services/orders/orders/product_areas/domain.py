"""What product areas and connected stores allow an order. No clock, no database, no log."""

from collections.abc import Mapping, Sequence

from kvitt_contracts.orders import LineSupply, LineToOrder
from kvitt_contracts.policy import RegionPolicy
from kvitt_contracts.types import ArticleNumber, ProductArea, ServicePointId, StoreId

from orders.articles.domain import Article
from orders.customer_orders.reasons import OrderRefused, Reason
from orders.parties.domain import Ordering
from orders.units.domain import Customer, User


# decision 0345: prescriber and requester have the area, the policy its sources
def must_be_of_areas(
    lines: Sequence[LineToOrder],
    *,
    articles: Mapping[ArticleNumber, Article],
    parties: Ordering,
    sources: Sequence[LineSupply],
    policy: RegionPolicy,
) -> None:
    """Check that those who order have each article's product area, and that the area is supplied
    from the line's source to the service point. An article of no area is everybody's.

    Raises OrderRefused (REF-11) naming the line.
    """
    for number, (line, source) in enumerate(zip(lines, sources, strict=True)):
        area = articles[line.article_number].product_area
        if area is None:
            continue
        for user in (parties.prescriber, parties.requester):
            must_have_area(user, area, number)
        must_be_supplied(area, number, at=parties.service_point, source=source, policy=policy)


# decision 0459: an area's own professions count instead of the region's
def must_be_of_profession(
    wanted: Sequence[ArticleNumber],
    *,
    articles: Mapping[ArticleNumber, Article],
    prescriber: User,
    policy: RegionPolicy,
) -> None:
    """Check that the prescriber's profession may prescribe the article of each line, by its product
    area.

    Raises OrderRefused (PROFESSION_MAY_NOT_PRESCRIBE, REF-15) naming the line.
    """
    for number, article in enumerate(wanted):
        allowed = policy.professions_of(articles[article].product_area)
        if allowed and prescriber.profession not in allowed:
            raise OrderRefused(
                Reason.PROFESSION_MAY_NOT_PRESCRIBE,
                rule="REF-15",
                field=f"lines.{number}.article_number",
                way_on="Förskrivarens yrke får inte förskriva artikeln. Välj en annan, eller en"
                f" förskrivare med något av yrkena: {', '.join(allowed)}.",
                user_id=prescriber.user_id,
            )


def must_have_area(user: User, area: ProductArea | None, number: int) -> None:
    """Check that a user has the product area of a line's article; no area is everybody's.

    Raises OrderRefused (ARTICLE_OUTSIDE_PRODUCT_AREAS, REF-11) naming the line.
    """
    if user.has_area(area):
        return
    raise OrderRefused(
        Reason.ARTICLE_OUTSIDE_PRODUCT_AREAS,
        rule="REF-11",
        field=f"lines.{number}.article_number",
        way_on="Artikeln hör till ett produktområde som användaren saknar. Välj en"
        " annan artikel, eller be enhetschefen om produktområdet.",
        product_area=area,
        user_id=user.user_id,
    )


def must_be_connected(store: StoreId, *users: User, field: str = "store") -> None:
    """Check that those who deliver from a store, or fill it up, are connected to it.

    Raises OrderRefused (STORE_NOT_OF_USER, REF-11).
    """
    for user in users:
        if not user.may_draw_from(store):
            raise OrderRefused(
                Reason.STORE_NOT_OF_USER,
                rule="REF-11",
                field=field,
                way_on="Användaren är inte ansluten till förrådet. Välj ett anslutet förråd, eller"
                " be enhetschefen om anslutning.",
                user_id=user.user_id,
            )


def must_be_supplied(
    area: ProductArea, number: int, *, at: Customer, source: LineSupply, policy: RegionPolicy
) -> None:
    """Check that a service point is supplied with an area from a source.

    Raises OrderRefused (SOURCE_NOT_OF_PRODUCT_AREA, REF-11) naming the line.
    """
    sources = policy.sources_of(area, at=ServicePointId(at.customer_id))
    # a version that has the area no longer says nothing of its sources
    if sources is not None and source not in sources:
        raise OrderRefused(
            Reason.SOURCE_NOT_OF_PRODUCT_AREA,
            rule="REF-11",
            field=f"lines.{number}.article_number",
            way_on=_OTHER_WAY[source],
            product_area=area,
        )


_OTHER_WAY: Mapping[LineSupply, str] = {
    LineSupply.CENTRAL: "Tjänstestället får inte produktområdet från centrallagret. Gör ett uttag"
    " ur eget förråd.",
    LineSupply.OWN_STORE: "Tjänstestället tar inte produktområdet ur eget förråd. Beställ från"
    " centrallagret med en order.",
    LineSupply.DIRECT: "Tjänstestället får inte produktområdet direkt från leverantörer. Gör ett"
    " uttag ur eget förråd, eller kontakta hjälpmedelsservice.",
}
