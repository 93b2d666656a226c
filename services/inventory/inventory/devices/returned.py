"""What patients and units have had and given back, over HTTP: the time that they had it, nothing of
after (ORD-20).
"""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import Query
from kvitt_chassis.access import Caller
from kvitt_chassis.filters import ForTheView
from kvitt_chassis.http import (
    ApiRouter,
    Invalid,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    named,
)
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_contracts.types import (
    ArticleNumber,
    CareUnitId,
    DeviceId,
    DeviceNumber,
    Holder,
    PersonRef,
)
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ColumnElement, and_, cast, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from inventory.articles.models import ArticleRow
from inventory.articles.queries import within_areas
from inventory.devices.models import CustodyRow, DeviceRow
from inventory.devices.queries import next_change_of
from inventory.people.queries import WISHES, protected_references, references_of

router = ApiRouter(tags=["Hjälpmedel (individer)"])

_MOST = 50


class ReturnedLine(BaseModel):
    """Ett hjälpmedel som en person eller en vårdenhet har haft."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "device_id": "0a4744f6-5e4d-546d-bf62-8f1f73a10a3a",
                    "device_number": "R40012",
                    "article_number": "30106-03",
                    "name": "Rollator, gång inne med bricka",
                    "recipient": {"kind": "care_unit", "unit": "30110"},
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
    recipient: Annotated[Holder, Field(description="Vem som hade det: patient eller vårdenhet")]
    from_day: Annotated[date, Field(description="Sedan när mottagaren hade det på de villkoren")]
    to_day: Annotated[date, Field(description="Från och med denna dag har mottagaren det inte")]


_ended, _next = CustodyRow, aliased(CustodyRow)


def _said(row: Any, *path: str) -> ColumnElement[str]:
    text: ColumnElement[str] = cast(row.custody, JSONB)[path].astext
    return text


_person = _said(_ended, "holder", "person")
_unit = _said(_ended, "holder", "unit")


async def _was_with(
    persons: Sequence[PersonRef], units: Sequence[CareUnitId], reader: RegionReader
) -> ColumnElement[bool]:
    """A last span of days with one of the persons, under any reference, or at one of the units:
    what came next was elsewhere.
    """
    named = [await _was_with_one(person, reader) for person in persons]
    return or_(*named, *([_was_at(units)] if units else []))


async def _was_with_one(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    refs = sorted(str(one) for one in await references_of(reader, person))
    after = _said(_next, "holder", "person")
    return and_(_person.in_(refs), or_(after.is_(None), after.not_in(refs)))


def _was_at(units: Sequence[CareUnitId]) -> ColumnElement[bool]:
    """A last span of days at one of the units: what came next was elsewhere."""
    return and_(_unit.in_(units), _said(_next, "holder", "unit").is_distinct_from(_unit))


def _concerned(caller: Caller) -> ColumnElement[bool]:
    """It was the caller's prescribing, or a customer's of theirs, then."""
    return or_(
        _said(_ended, "prescriber") == caller.user_id,
        _said(_ended, "customer_id").in_(sorted(caller.service_points)),
    )


class ReturnedQuery(ListQuery):
    """Whose: theirs who are named, patients and units alike."""

    person: Annotated[
        list[PersonRef] | None,
        ForTheView("En eller flera patienter, som referenser"),
        Field(max_length=_MOST),
    ] = None
    unit: Annotated[
        list[CareUnitId] | None,
        ForTheView("En eller flera vårdenheter, utöver patienterna"),
        Field(max_length=_MOST),
    ] = None


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
        wishes=WISHES.of(_person, units=[_said(_ended, "customer_id")]),
    ),
    sorts=named(since=CustodyRow.since),
    default="-since",
    view=lambda found: ReturnedLine(
        device_id=found[0].device_id,
        device_number=found[2],
        article_number=found[3],
        name=found[4],
        recipient=found[0].custody.holder,
        from_day=found[0].since,
        to_day=found[1],
    ),
)


@router.get("/devices:returned")
async def list_returned(
    reader: Reader, asked: Annotated[ReturnedQuery, Query()]
) -> Page[ReturnedLine]:
    """Vad patienter och enheter har haft och inte har kvar, med dagen då det var slut (ORD-20),
    från den tid då du eller dina enheter svarade för det, av dina produktområden (REF-11). Var
    hjälpmedlet är nu sägs inte.

    Nekas: RECIPIENT_MISSING (ORD-20).
    """
    if not asked.person and not asked.unit:
        raise Invalid(
            "RECIPIENT_MISSING",
            field="person",
            rule="ORD-20",
            detail="Mottagaren saknas.",
            way_on="Ange minst en patient (person) eller vårdenhet (unit).",
        )
    was_theirs = await _was_with(asked.person or [], asked.unit or [], reader)
    return await RETURNED.page(asked, reader, was_theirs, *await within_areas(reader))
