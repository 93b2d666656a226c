"""Arbetsordrar: the list that is searched, and a work order with what it says and waits for."""

import asyncio
from typing import Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import NOTHING, devices_of, items_of, pdf_of, recipients_of
from kvitt_portal.pages.work_order_page import PAGE, page
from kvitt_portal.services import Part

router = APIRouter()

_DRAFTS: Final = "/application-drafts"
_MOST_DRAFTS: Final = 20
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
    "registered_from": ("from", listing.DAY),
    "registered_to": ("to", listing.DAY),
}
"""How a filter is written, for who wrote it in another way."""


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Work orders of one's service points, colleagues' included, those that are not over first; a
    technician's own by a filter.
    """
    if (again := here.remembered("arbetsordrar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    me = here.user.user_id
    written = await drafts_of(here, form["recipient"])
    found = await listing.found(
        here,
        form,
        "orders",
        "/work-orders",
        work_order_number=form["number"],
        status=listing.states_asked(form, statuses.WORK_ORDERS),
        kind=_kinds(form["kind"]),
        service_point=form["service_point"],
        requester=me if form["mine"] else "",
        technician=me if form["technician"] else "",
        late=True if form["late"] else None,
        recipient=form["recipient"],
        device_id=form["device"],
        registered_from=form["from"],
        registered_to=form["to"],
        sort=form["sort"],
        written=_WRITTEN,
    )
    items = items_of(found)
    devices, people, names = await asyncio.gather(
        devices_of(here, [one["device_id"] for one in items if one["device_id"]]),
        recipients_of(here, [*items, {"recipient": {"person": form["recipient"]}}]),
        Names.of(
            here,
            customers=[*listing.places_asked(here, form), *(one["service_point"] for one in items)],
            care_units=[one["recipient"].get("unit") for one in items],
            users=[one["saved_by"] for one in items_of(written)],
        ),
    )
    return here.page(
        "work_orders/search.html",
        found=found,
        drafts=written,
        form=form,
        devices=devices,
        people=people,
        names=names,
        places=listing.places_of(here, form, names),
        states=listing.states_of(statuses.WORK_ORDERS, every="Alla, också avslutade"),
        kinds=[(_WORK, "Inga ansökningar"), *statuses.WORK_KINDS.items()],
        columns=_COLUMNS,
        is_staff=here.may_for_all("orders.work-order.start"),
        status=200,
    )


@router.get(f"{PAGE}/utkast")
async def drafts(here: Here) -> Response:
    """Every draft of an application that the user goes on with, those that were saved last first;
    their own alone by `mine`.
    """
    asked = here.request.query_params
    is_mine = bool(asked.get("mine"))
    found = await drafts_of(
        here,
        saved_by=here.user.user_id if is_mine else "",
        cursor=asked.get("cursor", ""),
        limit=listing.LIMIT,
    )
    return here.page(
        "work_orders/all_drafts.html",
        drafts=found,
        is_mine=is_mine,
        names=await Names.of(here, users=[one["saved_by"] for one in items_of(found)]),
    )


@router.get(f"{PAGE}/{{work_order}}")
async def shown(here: Here, work_order: UUID) -> Response:
    """A work order with what is wanted, what was noted, and what can be done about it."""
    return await page(here, work_order, Form())


@router.get(f"{PAGE}/{{work_order}}/sedel")
async def slip(here: Here, work_order: UUID) -> Response:
    """The slip that goes along to the supplier, to print."""
    return pdf_of(await here.ask("orders", f"/work-orders/{work_order}/slip"))


async def drafts_of(
    here: Visit, recipient: str = "", *, limit: int = _MOST_DRAFTS, **query: str
) -> Part:
    """Drafts of applications that the user goes on with; nobody's, where they write none. For whom
    each is, is said where it is opened: one has no part in the care of all that colleagues write
    for, and a look at somebody out of reach is logged.
    """
    if not here.may("orders.application-drafts.list"):
        return NOTHING
    return await here.ask("orders", _DRAFTS, recipient=recipient, limit=limit, **query)


def _kinds(asked: str) -> list[str]:
    """The kinds that a filter names."""
    return list(statuses.WORK) if asked == _WORK else [asked] if asked else []
