"""Arbetsordrar: the list that is searched, and a work order with what it says and waits for."""

import asyncio
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here
from kvitt_portal.menu import STAFF
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.pickups import TO_DO, devices_of, pdf_of
from kvitt_portal.pages.work_order_page import PAGE, page, people_of

router = APIRouter()

_LIMIT: Final = 50
_ALL: Final = "all"
_WORK: Final = "work"
"""A filter: all kinds but applications."""
_FILTERS: Final = (
    "number",
    "status",
    "kind",
    "service_point",
    "mine",
    "late",
    "technician",
    "recipient",
    "device",
    "from",
    "to",
    "sort",
)
_COLUMNS: Final = (
    ("work_order_number", "Nummer"),
    ("kind", "Slag"),
    ("", "Mottagare"),
    ("", "Individ"),
    ("registered_on", "Registrerad"),
    ("service_point", "Tjänsteställe"),
    ("planned_on", "Planerad"),
    ("status", "Status"),
)
"""The list's columns, and what each sorts by."""
_WRITTEN: Final = {
    "work_order_number": ("number", "Skriv numret med siffror, högst nio."),
    "registered_from": ("from", "Skriv en dag som finns."),
    "registered_to": ("to", "Skriv en dag som finns."),
}
"""How a filter is written, for who wrote it in another way."""


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Work orders of one's service points, colleagues' included, those that are not over first; a
    technician's own by a filter.
    """
    asked = here.request.query_params
    if TO_DO not in asked and (again := here.remembered("arbetsordrar")) is not None:
        return again
    filters = {name: asked.get(name, "")[:40] for name in _FILTERS}
    status = filters["status"]
    me = here.user.user_id
    found = await here.ask(
        "orders",
        "/work-orders",
        work_order_number=filters["number"],
        status=list(statuses.WORK_ORDERS) if status == _ALL else [status] if status else [],
        kind=_kinds(filters["kind"]),
        service_point=filters["service_point"],
        requester=me if filters["mine"] else "",
        technician=me if filters["technician"] else "",
        late=True if filters["late"] else None,
        recipient=filters["recipient"],
        device_id=filters["device"],
        registered_from=filters["from"],
        registered_to=filters["to"],
        sort=filters["sort"],
        cursor=asked.get("cursor"),
        limit=_LIMIT,
    )
    items = items_of(found)
    places = [*here.user.service_points, filters["service_point"]]
    devices, people, names = await asyncio.gather(
        devices_of(here, [one["device_id"] for one in items if one["device_id"]]),
        people_of(here, [*items, {"recipient": {"person": filters["recipient"]}}]),
        Names.of(
            here,
            customers=[*places, *(one["service_point"] for one in items)],
            care_units=[one["recipient"].get("unit") for one in items],
        ),
    )
    form = Form(given=filters)
    for one in found.problem.fields if found.problem else ():
        name = one.field.split(".")[-1]
        field, said = _WRITTEN.get(name, ("", "Uppgiften har fel form."))
        form.add(field, said)
    return here.page(
        "work_orders/search.html",
        found=found,
        form=form,
        filters=filters,
        devices=devices,
        people=people,
        names=names,
        places=[(one, names.customer(one)) for one in dict.fromkeys(places) if one],
        states=[
            (_ALL, "Alla, också avslutade"),
            *((one, said) for one, (said, _) in statuses.WORK_ORDERS.items()),
        ],
        kinds=[(_WORK, "Inga ansökningar"), *statuses.WORK_KINDS.items()],
        columns=_COLUMNS,
        is_staff=here.has(*STAFF),
        status=200,
    )


@router.get(f"{PAGE}/{{work_order}}")
async def shown(here: Here, work_order: UUID) -> Response:
    """A work order with what is wanted, what was noted, and what can be done about it."""
    return await page(here, work_order, Form())


@router.get(f"{PAGE}/{{work_order}}/sedel")
async def slip(here: Here, work_order: UUID) -> Response:
    """The slip that goes along to the supplier, to print."""
    return pdf_of(await here.ask("orders", f"/work-orders/{work_order}/slip"))


def _kinds(asked: str) -> list[str]:
    """The kinds that a filter names."""
    return list(statuses.WORK) if asked == _WORK else [asked] if asked else []
