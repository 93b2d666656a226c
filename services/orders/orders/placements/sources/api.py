"""From where articles may be had, over HTTP (REF-10). No rule here."""

from typing import Annotated, Any, Final

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.orders import LineSupply
from kvitt_contracts.types import ArticleNumber, CustomerId, ServicePointId
from pydantic import BaseModel, ConfigDict, Field

from orders.articles.models import ArticleRow
from orders.placements.queries import suppliers_of
from orders.placements.sources import domain
from orders.units.models import CustomerRow, UserRow
from orders.units.queries import customer_key, user_key

router = ApiRouter(tags=["Ordrar"])

_EXAMPLE: Final[dict[str, Any]] = {
    "article_number": "30457",
    "may": ["central", "own_store"],
    "proposed": "own_store",
}


class SourcesView(BaseModel):
    """Varifrån en artikel kan fås."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    article_number: ArticleNumber
    may: Annotated[
        tuple[LineSupply, ...],
        Field(description="Med en order (central, direct) eller ett uttag (own_store)"),
    ]
    proposed: Annotated[
        LineSupply | None,
        Field(description="Det som föreslås: ditt eget förval där båda går (REF-10)"),
    ]


class SourcesOfArticles(BaseModel):
    """I den ordning som artiklarna nämndes. Den som inte finns utelämnas."""

    items: list[SourcesView]


class SourcesQuery(BaseModel):
    """Vilka artiklar, och vart."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[
        list[ArticleNumber], Field(min_length=1, max_length=50, description="Artikelnummer")
    ]
    service_point: Annotated[ServicePointId, Field(description="Tjänstestället som beställer")]


@router.get("/orders:sources")
async def list_sources(
    reader: Reader, tx: ReadTransaction, asked: Annotated[SourcesQuery, Query()]
) -> SourcesOfArticles:
    """Varifrån artiklar kan fås till ett tjänsteställe: med en order, eller med ett uttag ur eget
    förråd, där produktområdet och artikeln tillåter det; och vilket som föreslås (REF-10, REF-11).
    Om något finns säger lagret.

    Nekas: UNKNOWN_CUSTOMER (REF-3).
    """
    key = customer_key(CustomerId(asked.service_point), tx)
    place = await tx.get(CustomerRow, key, rule="REF-3", field="service_point")
    user = await tx.get(UserRow, user_key(reader.caller.user_id, tx), rule="REF-3")
    found = {one: await tx.look_up(ArticleRow, one) for one in asked.number}
    articles = {number: row.article() for number, row in found.items() if row is not None}
    suppliers = await suppliers_of(articles, tx)
    items = []
    for number, article in articles.items():
        sources = domain.sources_for(
            article,
            user=user.state(),
            place=place.state(),
            suppliers=suppliers,
            policy=tx.policy,
        )
        items.append(SourcesView(article_number=number, may=sources.may, proposed=sources.proposed))
    return SourcesOfArticles(items=items)
