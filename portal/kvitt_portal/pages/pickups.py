"""Hämtordrar: the list that is searched, and a pickup with what can be done about it."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import (
    NOTHING,
    devices_of,
    items_of,
    pdf_of,
    recipients_of,
    say_refused,
)
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/hamtordrar"
_FILTERS: Final = ("status", "service_point", "mine", "overdue", "from", "to", "recipient", "sort")
_COLUMNS: Final = (
    ("pickup_number", "Nummer"),
    ("", "Mottagare"),
    ("requested_on", "Registrerad"),
    ("service_point", "Tjänsteställe"),
    ("", "Orsak"),
    ("", "Väntar på"),
    ("", "Antal"),
    ("status", "Status"),
)
"""The list's columns, and what each sorts by."""
_WRITTEN: Final = {
    "requested_from": ("from", listing.DAY),
    "requested_to": ("to", listing.DAY),
}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Pickups of one's service points, those that are not over first; the others on request."""
    if (again := here.remembered("hamtordrar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "orders",
        "/pickups",
        status=listing.states_asked(form, statuses.PICKUPS),
        service_point=form["service_point"],
        by=here.user.user_id if form["mine"] else "",
        overdue=True if form["overdue"] else None,
        requested_from=form["from"],
        requested_to=form["to"],
        recipient=form["recipient"],
        sort=form["sort"],
        written=_WRITTEN,
    )
    items = items_of(found)
    people, names = await asyncio.gather(
        recipients_of(here, [*items, {"recipient": {"person": form["recipient"]}}]),
        Names.of(
            here,
            customers=[*listing.places_asked(here, form), *(one["service_point"] for one in items)],
            care_units=[one["recipient"].get("unit") for one in items],
        ),
    )
    return here.page(
        "pickups/search.html",
        found=found,
        form=form,
        people=people,
        names=names,
        places=listing.places_of(here, form, names),
        states=listing.states_of(statuses.PICKUPS, every="Alla, också avslutade"),
        columns=_COLUMNS,
        is_staff=here.may_for_all("orders.pickup.report"),
        status=200,
    )


@router.get(f"{PAGE}/{{pickup}}")
async def shown(here: Here, pickup: UUID) -> Response:
    """A pickup with what is fetched, and what can be done about it."""
    return await _page(here, pickup, Form())


@router.post(f"{PAGE}/{{pickup}}/avbestall")
async def void(here: Here, pickup: UUID) -> Response:
    """Take back one line of it, or all that is open."""
    form = await here.form()
    body = {"numbers": [int(form["number"])] if _is_number(form["number"]) else []}
    part = await here.send("orders", "POST", f"/pickups/{pickup}:void", body, form)
    said = "Hjälpmedlet är avbeställt." if body["numbers"] else "Hämtordern är avbeställd."
    return await _done(here, pickup, form, part, said)


@router.post(f"{PAGE}/{{pickup}}/rapportera")
async def report(here: Here, pickup: UUID) -> Response:
    """The technician has been there; what is ticked was not found."""
    form = await here.form()
    missing = [int(one) for one in form.all("not_found") if _is_number(one)]
    # in its row it has no report yet
    body = {"not_found": missing, "is_first": bool(form["from"])}
    part = await here.send("orders", "POST", f"/pickups/{pickup}:report", body, form)
    return await _done(
        here, pickup, form, part, "Rapporten är lämnad. Den som är huvudansvarig får veta det."
    )


@router.post(f"{PAGE}/{{pickup}}/bradska")
async def make_urgent(here: Here, pickup: UUID) -> Response:
    """Have it fetched at once, for the urgent fee."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/pickups/{pickup}:make-urgent", {}, form)
    return await _done(here, pickup, form, part, "Hämtningen är brådskande.")


@router.post(f"{PAGE}/{{pickup}}/adress")
async def place(here: Here, pickup: UUID) -> Response:
    """Where to go and whom to call, for who fetches it. The look is logged."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/pickups/{pickup}:resolve-delivery")
    if part.problem is not None and part.status < 500:
        raise PageProblem(part.problem)
    return await _page(here, pickup, form, place=part)


@router.get(f"{PAGE}/{{pickup}}/sedel")
async def slip(here: Here, pickup: UUID) -> Response:
    """The slip that goes with what is fetched, to print."""
    return pdf_of(await here.ask("orders", f"/pickups/{pickup}/slip"))


async def _done(here: Visit, pickup: UUID, form: Form, part: Part, said: str) -> Response:
    if part.problem is None:
        return here.go(f"{PAGE}/{pickup}", "" if part.waits else said)
    say_refused(form, part)
    return await _page(here, pickup, form)


async def _page(here: Visit, pickup: UUID, form: Form, *, place: Part | None = None) -> Response:
    view = await here.need("orders", f"/pickups/{pickup}")
    devices, people, names, opened, asked = await asyncio.gather(
        devices_of(here, [one["device_id"] for one in view["lines"]]),
        recipients_of(here, [view]),
        Names.of(
            here,
            customers=[view["service_point"], (view["waits"] or {}).get("service_point")],
            care_units=[view["recipient"].get("unit")],
            payers=[view["payer_id"]],
            users=[view["by"], view["technician"], (view["waits"] or {}).get("user")],
        ),
        _opened(here, view),
        asked_about(here, str(pickup)),
    )
    is_open = view["status"] == "registered"
    is_mine = view["service_point"] in here.user.service_points or view["by"] == here.user.user_id
    return here.page(
        "pickups/pickup.html",
        pickup=view,
        devices=devices,
        people=people,
        names=names,
        numbers={one["pickup_number"]: one["pickup_id"] for one in items_of(opened)},
        form=form,
        asked=asked,
        place=place,
        is_voiding=any(one["is_voiding"] for one in view["lines"]),
        may_void=is_open
        and here.may("orders.pickup.void")
        and (is_mine or here.may_for_all("orders.pickup.void")),
        may_hasten=is_open
        and here.may("orders.pickup.make-urgent")
        and is_mine
        and not view["is_urgent"],
        may_report=here.may_for_all("orders.pickup.report")
        and view["status"] in ("registered", "closed"),
        may_look=here.may("orders.pickup.resolve"),
    )


async def _opened(here: Visit, view: dict[str, Any]) -> Part:
    """The recipient's other pickups, as far as the user may look at them."""
    if not view["also_open"]:
        return NOTHING
    at = view["recipient"]
    return await here.ask(
        "orders",
        "/pickups",
        recipient=at.get("person"),
        care_unit=at.get("unit"),
        limit=listing.LIMIT,
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6
