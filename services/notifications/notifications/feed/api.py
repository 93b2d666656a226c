"""The region's feed over HTTP, for systems that do not read Kafka (NTF-4c). No rule here."""

import asyncio
from datetime import date
from time import monotonic
from typing import Annotated, Any, Final

from fastapi import Query, Response
from kvitt_chassis.http import ApiRouter, Invalid
from kvitt_chassis.parameters import read_from_texts
from kvitt_chassis.web.reading import Looker, Looking
from kvitt_contracts.types import Day, Known, RegionCode
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler
from pydantic_core import CoreSchema, to_json
from sqlalchemy.ext.asyncio import AsyncSession

from notifications.feed import queries
from notifications.feed.cursors import START, Place, read
from notifications.feed.queries import FeedPage
from notifications.feed.structured import structured
from notifications.feed.types import KNOWN, must_be_known
from notifications.feed.waiting import WAITERS

router = ApiRouter(tags=["Regionens flöde"])

MOST: Final = 500
LONGEST_WAIT: Final = 20
_LOOK_SECONDS: Final = 0.15

_PAGE_BODY: Final[dict[str, Any]] = {
    "description": "Händelser i flödets ordning, och var nästa sida börjar",
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["events", "next"],
                "properties": {
                    "events": {
                        "type": "array",
                        "description": "CloudEvents i strukturerad form, som på Kafka",
                        "items": {
                            "type": "object",
                            "required": ["specversion", "id", "source", "type", "data"],
                        },
                    },
                    "next": {"type": "string", "description": "Skickas som `after` nästa gång"},
                },
            }
        }
    },
}


class FeedQuery(BaseModel):
    """Vilken del av flödet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=60,
            description="Platsen som föregående svar gav i `next`; utan den börjar flödet från"
            " början",
        ),
    ] = None
    from_day: Annotated[
        Day | None,
        Field(alias="from", description="I stället för `after`: från och med en dag"),
    ] = None
    limit: Annotated[int, Field(ge=1, le=MOST, description="Hur många händelser")] = 100
    type: Annotated[
        list[Annotated[str, Field(max_length=100)]] | None,
        Known(*sorted(KNOWN)),
        Field(max_length=30, description="Bara de här typerna; kan anges flera gånger"),
    ] = None
    wait_seconds: Annotated[
        int,
        Field(
            ge=0,
            le=LONGEST_WAIT,
            description="Vänta så länge på en händelse när det inte finns någon",
        ),
    ] = 0

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler, /
    ) -> CoreSchema:
        return read_from_texts(cls, handler, source)


# decision 0547: the feed over HTTP is the topic's, from place to place
@router.get("/feed", response_class=Response, responses={200: _PAGE_BODY})
async def read_feed(looker: Looking, asked: Annotated[FeedQuery, Query()]) -> Response:
    """Regionens flöde utan Kafka: samma händelser som på `region.<kod>.events`, i samma ordning
    för varje nyckel, och ingen hoppas över. Skicka `next` som `after` nästa gång. Svaret kan
    vara tomt och `next` ändå en annan plats: fortsätt därifrån.

    Nekas: UNKNOWN_CURSOR, CURSOR_OF_ANOTHER_FEED, UNKNOWN_TYPE, AFTER_OR_FROM (NTF-4).
    """
    if asked.after is not None and asked.from_day is not None:
        raise Invalid(
            "AFTER_OR_FROM",
            field="from",
            rule="NTF-4",
            detail="Anropet har både `after` och `from`.",
            way_on="Börja med `from=<dag>`, och skicka sedan bara `after`.",
        )
    must_be_known(asked.type, field="type")
    page = await _first(looker, asked)
    if not page.events and asked.wait_seconds:
        page = await _waited(looker, asked, page)
    events = ", ".join(structured(one.row) for one in page.events)
    text = f'{{"events": [{events}], "next": {to_json(page.next.text).decode()}}}'
    return Response(text, media_type="application/json")


async def _first(looker: Looker, asked: FeedQuery) -> FeedPage:
    region = looker.caller.region
    async with looker.database.reading(region) as session:
        after = await _begins(asked.from_day, asked.after, session, region)
        return await queries.page_after(session, region, after, types=asked.type, limit=asked.limit)


async def _begins(
    day: date | None, after: str | None, session: AsyncSession, region: RegionCode
) -> Place:
    if day is not None:
        return await queries.before_day(session, region, day)
    if after is None:
        return START
    place = read(after)
    await queries.check(session, region, place)
    return place


async def _waited(looker: Looker, asked: FeedQuery, page: FeedPage) -> FeedPage:
    """The page that comes within the wait; no connection is held meanwhile."""
    region, until = looker.caller.region, monotonic() + asked.wait_seconds
    with WAITERS.one(region) as waits:
        while waits and not page.events and monotonic() < until:
            await asyncio.sleep(_LOOK_SECONDS)
            async with looker.database.reading(region) as session:
                if await queries.has_more(session, region, page.next):
                    page = await queries.page_after(
                        session, region, page.next, types=asked.type, limit=asked.limit
                    )
    return page
