"""News over HTTP (NTF-5), and the links to the region's own pages (NTF-6). No rule here."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import Query
from kvitt_chassis.filters import ForTheView
from kvitt_chassis.http import (
    ApiRouter,
    Body,
    Commands,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionWide,
    named,
)
from kvitt_chassis.transaction import Transaction
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.day_bounds import PlannedOn
from kvitt_contracts.types import TEXT, NewsId, ProductArea
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import and_, select

from notifications.news.commands import PublishNews, WithdrawNews
from notifications.news.domain import Status
from notifications.news.models import NewsRow, NewsTextRow
from notifications.news.queries import within_areas

router = ApiRouter(tags=["Nyheter"])

_Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=TEXT)
]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000)]


class NewsBody(Body):
    """En nyhet. Skriv inget om en enskild person."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "Nya rollatorer i sortimentet",
                    "text": "Två nya modeller kan beställas från och med måndag.",
                    "from_on": "2026-05-18",
                    "until_on": "2026-06-12",
                }
            ]
        }
    )

    title: Annotated[_Title, Field(description="Rubrik")]
    text: Annotated[_Text, Field(description="Vad nyheten säger")]
    product_area: Annotated[
        ProductArea | None, Field(description="Bara till dem som har produktområdet")
    ] = None
    from_on: Annotated[PlannedOn, Field(description="Första dagen som den visas")]
    until_on: Annotated[PlannedOn, Field(description="Sista dagen som den visas")]


class NewsView(BaseModel):
    """En nyhet."""

    news_id: NewsId
    title: str
    text: str
    product_area: Annotated[ProductArea | None, Field(description="Tomt: till alla")]
    from_on: date
    until_on: date
    withdrawn: Annotated[bool, Field(description="Indragen: visas inte mer")]

    @classmethod
    def of(cls, row: NewsRow, text: NewsTextRow) -> "NewsView":
        """The view of news and what it says."""
        return cls(
            news_id=NewsId(row.id),
            title=text.title,
            text=text.text,
            product_area=row.product_area,
            from_on=row.from_on,
            until_on=row.until_on,
            withdrawn=row.status is Status.WITHDRAWN,
        )


class LinkView(BaseModel):
    """En länk till regionens egna sidor."""

    title: str
    url: str


class LinksView(BaseModel):
    """Regionens länkar, i regionens ordning."""

    items: list[LinkView]


class NewsQuery(ListQuery):
    """Which news: what is shown today."""

    coming: Annotated[bool, ForTheView("Också det som börjar visas en senare dag")] = False


SCOPE = RegionWide(NewsRow.region, because="NTF-5: news is for all, or for an area's users")

NEWS = ListOf(
    select(NewsRow, NewsTextRow).join(
        NewsTextRow,
        and_(NewsTextRow.region == NewsRow.region, NewsTextRow.news_id == NewsRow.id),
    ),
    scope=SCOPE,
    sorts=named(NewsRow.from_on),
    default="-from_on",
    view=lambda row: NewsView.of(row[0], row[1]),
)


@router.get("/news")
async def list_news(
    reader: Reader, tx: ReadTransaction, asked: Annotated[NewsQuery, Query()]
) -> Page[NewsView]:
    """Nyheter som visas i dag: de till alla, och de till dina produktområden (NTF-5, REF-11).
    Kundtjänst ser alla områdens.
    """
    shown = [NewsRow.status == Status.PUBLISHED, NewsRow.until_on >= tx.today]
    if not asked.coming:
        shown.append(NewsRow.from_on <= tx.today)
    return await NEWS.page(asked, reader, *shown, *await within_areas(reader))


@router.post("/news", status_code=201)
async def publish_news(body: NewsBody, commands: Commands) -> NewsView:
    """Publicera en nyhet, till alla eller till dem som har ett produktområde (NTF-5).

    Nekas: UNKNOWN_PRODUCT_AREA (REF-11), ENDS_BEFORE_IT_BEGINS (DAY-5), IS_OVER (NTF-5).
    """
    news_id = uuid4()
    command = PublishNews(**dict(body), by=commands.caller.user_id)
    return await commands.run(command, target=news_id, show=_show(news_id))


@router.post("/news/{news_id}:withdraw")
async def withdraw_news(news_id: UUID, commands: Commands) -> NewsView:
    """Dra in en nyhet: den visas inte mer (NTF-5).

    Nekas: UNKNOWN_NEWS (NTF-5).
    """
    command = WithdrawNews(by=commands.caller.user_id)
    return await commands.run(
        command, target=news_id, scope=SCOPE, rule="NTF-5", show=_show(news_id)
    )


# decision 0474: links are the policy's, and nobody edits one in place
@router.get("/links")
async def list_links(tx: ReadTransaction) -> LinksView:
    """Länkar till regionens egna manualer, instruktioner, sortiment och kataloger (NTF-6)."""
    return LinksView(items=[LinkView(title=one.title, url=one.url) for one in tx.policy.links])


def _show(news_id: UUID) -> Callable[[Transaction], Awaitable[NewsView]]:
    async def show(tx: Transaction) -> NewsView:
        row = await tx.get(NewsRow, news_id)
        return NewsView.of(row, await tx.get(NewsTextRow, NewsId(news_id)))

    return show
