"""What a person has had and given back, over HTTP: the time that they had it, nothing of after."""

from datetime import date
from typing import Annotated, Any

from fastapi import Query
from kvitt_chassis.access import Caller
from kvitt_chassis.filters import WhereLookedUp
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionReader, named
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.types import ArticleNumber, DeviceId, DeviceNumber, PersonRef
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, cast, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from inventory.articles.models import ArticleRow
from inventory.articles.queries import within_areas
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.queries import next_change_of
from inventory.people.queries import protected_references, references_of

router = ApiRouter(tags=["Hjälpmedel (individer)"])


class ReturnedLine(BaseModel):
    """Ett hjälpmedel som en person har haft."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "device_id": "0a4744f6-5e4d-546d-bf62-8f1f73a10a3a",
                    "device_number": "R40012",
                    "article_number": "30106-03",
                    "name": "Rollator, gång inne med bricka",
                    "from_day": "2026-05-12",
                    "to_day": "2026-05-29",
                }
            ]
        },
    )

    device_id: DeviceId
    device_number: Annotated[DeviceNumber, Field(description="Individnummer i dag")]
    article_number: Annotated[ArticleNumber, Field(description="Artikelnummer")]
    name: Annotated[str, Field(description="Artikelns benämning")]
    from_day: Annotated[date, Field(description="Sedan när personen hade det på de villkoren")]
    to_day: Annotated[date, Field(description="Från och med denna dag har personen det inte")]


_ended, _next = CustodyRow, aliased(CustodyRow)


def _said(row: Any, *path: str) -> ColumnElement[str]:
    text: ColumnElement[str] = cast(row.custody, JSONB)[path].astext
    return text


_person = _said(_ended, "holder", "person")


async def _was_with(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    """A last span of days with the person, under any reference: what came next was elsewhere."""
    refs = sorted(str(one) for one in await references_of(reader, person))
    after = _said(_next, "holder", "person")
    return and_(_person.in_(refs), or_(after.is_(None), after.not_in(refs)))


def _concerned(caller: Caller) -> ColumnElement[bool]:
    """It was the caller's prescribing, or a customer's of theirs, then."""
    return or_(
        _said(_ended, "prescriber") == caller.user_id,
        _said(_ended, "customer_id").in_(sorted(caller.service_points)),
    )


class ReturnedQuery(ListQuery):
    """Whose."""

    person: Annotated[PersonRef, WhereLookedUp(_was_with, "Patient, som referens")]


RETURNED = ListOf(
    select(_ended, _next.since, DeviceRow.device_number, ArticleRow.article_number, ArticleRow.name)
    .select_from(_ended)
    .join(
        _next,
        and_(
            _next.region == _ended.region,
            _next.device_id == _ended.device_id,
            _next.number == next_change_of(_ended),
        ),
    )
    .join(DeviceRow, and_(DeviceRow.region == _ended.region, DeviceRow.id == _ended.device_id))
    .join(
        ArticleRow,
        and_(
            ArticleRow.region == DeviceRow.region,
            ArticleRow.article_number == DeviceRow.article_number,
        ),
    ),
    scope=ScopeOfPersons(
        CustodyRow.region,
        also=_concerned,
        protected=lambda: _person.in_(protected_references()),
    ),
    sorts=named(since=CustodyRow.since),
    default="-since",
    view=lambda found: ReturnedLine(
        device_id=found[0].device_id,
        device_number=found[2],
        article_number=found[3],
        name=found[4],
        from_day=found[0].since,
        to_day=found[1],
    ),
)


@router.get("/devices:returned")
async def list_returned(
    reader: Reader, asked: Annotated[ReturnedQuery, Query()]
) -> Page[ReturnedLine]:
    """Vad en person har haft och inte har kvar, från den tid då du eller dina enheter svarade för
    det, av dina produktområden (REF-11). Var hjälpmedlet är nu sägs inte.
    """
    return await RETURNED.page(asked, reader, *await within_areas(reader))
