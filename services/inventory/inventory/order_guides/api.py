"""Order guides over HTTP (ORD-23). No rule here."""

from typing import Annotated, Any, Final

from fastapi import Query
from kvitt_chassis.http import ApiRouter, Reader
from kvitt_contracts.types import ArticleNumber
from pydantic import BaseModel, ConfigDict, Field

from inventory.articles.queries import articles_numbered, within_areas
from inventory.order_guides import domain
from inventory.stock.queries import available_of

router = ApiRouter(tags=["Artiklar"])

_LINE: Final[dict[str, Any]] = {
    "article_number": "30457",
    "name": "Sittdyna Ängsull",
    "part": "accessory",
    "quantity": 2,
    "marked": False,
    "is_attachment_needed": False,
    "available": 4,
}


class GuideLineView(BaseModel):
    """En rad som föreslås."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [_LINE]})

    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    name: Annotated[str, Field(description="Benämning")]
    part: Annotated[domain.Part, Field(description="Standardutförandet, eller ett tillbehör")]
    quantity: Annotated[int, Field(description="Antal som föreslås på raden")]
    marked: Annotated[bool, Field(description="Individmärkt: antalet är alltid 1 (ORD-8)")]
    is_attachment_needed: Annotated[bool, Field(description="Beställs bara med en bilaga (ORD-24)")]
    available: Annotated[int, Field(description="Disponibelt i alla förråd")]


class GuideView(BaseModel):
    """Beställningsguiden för ett huvudhjälpmedel."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"article_number": "30311", "lines": [_LINE]}]}
    )

    article_number: Annotated[ArticleNumber, Field(description="Huvudhjälpmedlet")]
    lines: Annotated[
        list[GuideLineView],
        Field(description="Standardutförandet först, sedan tillbehören: en orderrad för varje"),
    ]


class Guides(BaseModel):
    """Guider, i den ordning som artiklarna nämndes. Den som ingen guide har utelämnas."""

    items: list[GuideView]


class GuidesQuery(BaseModel):
    """Vilka artiklar."""

    model_config = ConfigDict(extra="forbid")

    number: Annotated[
        list[ArticleNumber], Field(min_length=1, max_length=50, description="Artikelnummer")
    ]


@router.get("/articles:order-guides")
async def list_order_guides(reader: Reader, asked: Annotated[GuidesQuery, Query()]) -> Guides:
    """Beställningsguider: det som föreslås när ett huvudhjälpmedel ska beställas, dess
    standardutförande och dess tillbehör, var och en som en orderrad (ORD-23). Det som inte köps
    in, ligger utanför sortimentet eller hör till ett produktområde som du saknar föreslås inte.
    """
    within = await within_areas(reader)
    mains = [one.state() for one in await articles_numbered(reader, asked.number, *within)]
    numbers = [goods.article_number for one in mains for goods in one.order_guide]
    rows = await articles_numbered(reader, numbers, *within) if numbers else []
    named = {one.article_number: one.state() for one in rows}
    guides = {one.article_number: domain.guide_of(one, named) for one in mains}
    shown = [line.article.article_number for lines in guides.values() for line in lines]
    available = await available_of(reader, shown) if shown else {}
    return Guides(
        items=[
            GuideView(
                article_number=main,
                lines=[
                    _view(line, available.get(line.article.article_number, 0)) for line in lines
                ],
            )
            for main, lines in guides.items()
            if lines
        ]
    )


def _view(line: domain.GuideLine, available: int) -> GuideLineView:
    return GuideLineView(
        article_number=line.article.article_number,
        name=line.article.name,
        part=line.part,
        quantity=line.quantity,
        marked=line.article.marked,
        is_attachment_needed=line.article.is_attachment_needed,
        available=available,
    )
