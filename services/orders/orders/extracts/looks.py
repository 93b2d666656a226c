"""The log of looks over HTTP: who looked at whom, or did something about them, when and why."""

from typing import Annotated

from fastapi import Query
from kvitt_chassis.filters import Eq, From, In, To, Where
from kvitt_chassis.http import (
    ApiRouter,
    ListOf,
    ListQuery,
    Page,
    Reader,
    RegionReader,
    RegionWide,
    named,
)
from kvitt_contracts.types import PersonRef, ServicePointId, UserId
from pydantic import AwareDatetime
from sqlalchemy import ColumnElement, and_, not_, or_, select

from orders.blocks.queries import hides_look
from orders.extracts.queries import blocked_among
from orders.people.domain import Look
from orders.people.models import PersonAccessRow
from orders.people.queries import is_told_of, protected_among
from orders.people.views import AccessView

router = ApiRouter(tags=["Personer"])


def _is_told_of(person: PersonRef, reader: RegionReader) -> ColumnElement[bool]:
    mine = PersonAccessRow.user_id == reader.caller.user_id
    return and_(is_told_of(person, reader), or_(mine, not_(hides_look(reader.caller))))


class AccessQuery(ListQuery):
    """Which looks."""

    person: Annotated[PersonRef | None, Where(_is_told_of, "Vem som sågs")] = None
    user_id: Annotated[UserId | None, Eq(PersonAccessRow.user_id, "Vem som såg")] = None
    look: Annotated[list[Look] | None, In(PersonAccessRow.look, "Vad det blev")] = None
    unit: Annotated[ServicePointId | None, Eq(PersonAccessRow.unit, "Från vilken enhet")] = None
    since: Annotated[AwareDatetime | None, From(PersonAccessRow.at, "Från och med")] = None
    until: Annotated[AwareDatetime | None, To(PersonAccessRow.at, "Till och med")] = None


ACCESSES = ListOf(
    select(PersonAccessRow),
    scope=RegionWide(PersonAccessRow.region, because="who may read the log reads all (REF-6)"),
    sorts=named(PersonAccessRow.at, PersonAccessRow.user_id),
    default="-at",
    view=AccessView.model_validate,
)


@router.get("/person-accesses")
async def list_person_accesses(
    reader: Reader, asked: Annotated[AccessQuery, Query()]
) -> Page[AccessView]:
    """Loggen över vem som såg vem, och varför (REF-6). Vem som sågs utelämnas när den har skyddade
    personuppgifter och uppslaget är en annans: loggen skulle säga var personen vårdas (REF-19); och
    när personen har spärrat det som enheten har om den (REF-25).
    """
    page = await ACCESSES.page(asked, reader)
    me = reader.caller.user_id
    others = {one.person for one in page.items if one.person and one.user_id != me}
    withheld = await protected_among(others, reader)
    blocked = await blocked_among(others, reader)
    items = [
        one.without_person()
        if one.user_id != me and (one.person in withheld or (one.person, one.unit) in blocked)
        else one
        for one in page.items
    ]
    return page.model_copy(update={"items": items})
