"""The list of what waits over HTTP. No rule here."""

from collections.abc import Sequence
from typing import Annotated, Final
from uuid import UUID

from fastapi import Query
from kvitt_chassis.filters import Eq, ForTheView
from kvitt_chassis.http import ApiRouter, ListOf, ListQuery, Page, Reader, RegionReader, named
from kvitt_chassis.web.protection import ScopeOfPersons
from kvitt_chassis.web.reading import ReadTransaction
from kvitt_contracts.types import ServicePointId
from sqlalchemy import select, true

from orders.blocks.queries import WISHES
from orders.people.queries import is_of_protected
from orders.waiting.models import SOURCES, WaitingThing
from orders.waiting.views import WaitingView
from orders.waits.domain import Owner, Wait

router = ApiRouter(tags=["Det som väntar"])


class WaitsQuery(ListQuery):
    """What waits; each that is given narrows the list."""

    service_point: Annotated[
        ServicePointId | None, Eq(WaitingThing.service_point, "Tjänstestället")
    ] = None
    owner: Annotated[Owner | None, Eq(WaitingThing.waits_on, "På vem det väntar")] = None
    late: Annotated[bool, ForTheView("Bara det vars sista dag har gått")] = False


WAITS: Final = ListOf(
    select(WaitingThing),
    scope=ScopeOfPersons(
        WaitingThing.region,
        service_points=[WaitingThing.service_point],
        users=[WaitingThing.by, WaitingThing.user],
        protected=lambda: is_of_protected(WaitingThing.person),
        wishes=WISHES.of(
            WaitingThing.person, units=[WaitingThing.service_point], is_under_way=true
        ),
    ),
    sorts=named(WaitingThing.due_on),
    default="due_on",
    view=lambda thing: thing,
)


@router.get("/waits")
async def list_waits(
    reader: Reader, tx: ReadTransaction, asked: Annotated[WaitsQuery, Query()]
) -> Page[WaitingView]:
    """Allt som väntar på dina tjänsteställen, det som är försenat först; för kundtjänst i hela
    regionen (REF-20): hämtordrar, varukorgar, felanmälningar och ärenden.
    """
    criteria = [WaitingThing.region == reader.region]
    if asked.late:
        criteria.append(WaitingThing.due_on < tx.today)
    page = await WAITS.page(asked, reader, *criteria)
    waits = await _waits_of(page.items, reader)
    shown = [
        WaitingView(
            kind=thing.kind,
            id=thing.id,
            number=thing.number,
            service_point=thing.service_point,
            waits=waits[thing.id],
            late=waits[thing.id].is_late(tx.today),
        )
        for thing in page.items
        if thing.id in waits
    ]
    return Page[WaitingView](
        items=shown, total=page.total, total_is_exact=page.total_is_exact, next=page.next
    )


async def _waits_of(things: Sequence[WaitingThing], reader: RegionReader) -> dict[UUID, Wait]:
    """What each of these waits for, a query for each kind."""
    found: dict[UUID, Wait] = {}
    for source in SOURCES:
        ids = [thing.id for thing in things if thing.kind == source.kind]
        for row in await reader.several(source.row, ids, scope=source.scope) if ids else ():
            wait = source.wait(row)
            if wait is not None:
                found[row.id] = wait
    return found
