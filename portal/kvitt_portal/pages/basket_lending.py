"""Låna i varukorg: what is scanned or searched in the own store is lent, until the day shown."""

from typing import Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.numbers import holds_number
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.own_store import Shelf, own_stores, shelf_of
from kvitt_portal.pages.registering import own_prescriber, prescribers_of, quantity_of
from kvitt_portal.pages.withdrawal_draft import MOST_LINES, Line

router = APIRouter()

PAGE: Final = "/varukorgar/ny"


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """An empty basket, or one of what its address says."""
    asked = here.request.query_params
    lines = [Line.read(one) for one in asked.getlist("line")][:MOST_LINES]
    given = {name: asked.get(name, "")[:40] for name in ("service_point", "prescriber")}
    return await _page(here, Form(given={**given, "quantity": "1"}), lines)


@router.post(PAGE)
async def write(here: Here) -> Response:
    """Add or take out a line, or lend it all."""
    form = await here.form()
    lines = [Line.read(one) for one in form.all("line")][:MOST_LINES]
    if form["add"]:
        return here.go(_address(form, [*lines, Line.read(form["add"])]))
    if form["remove"].isdigit():
        left = [one for n, one in enumerate(lines) if str(n) != form["remove"]]
        return here.go(_address(form, left))
    found = await _found(here, form, lines)
    if form["do"] == "lend" and not found and form.ok:
        form.add("q", "Skanna ett hjälpmedel eller sök en artikel.")
    if not form.ok or (form["do"] != "lend" and form["q"]):
        return await _page(here, form, found)
    if form["do"] != "lend":
        return here.go(_address(form, found))
    return await _lend(here, form, found)


async def _found(here: Visit, form: Form, lines: list[Line]) -> list[Line]:
    """The lines, with the one that is scanned or written as a whole number."""
    query = form["q"][:100]
    if not query:
        return lines
    if holds_number(query):
        form.give("q", "")
        form.add("q", "En varukorg lånas utan mottagare: skriv inget personnummer här.")
        return lines
    shelf = await _shelf(here, form, query)
    line = shelf.exact(query)
    if line is None:
        if shelf.elsewhere is not None:
            form.add("q", shelf.elsewhere.message)
        elif form["do"] == "lend":
            form.add("q", "Välj bland träffarna, eller töm fältet.")
        return lines
    form.give("q", "")
    if not line.device:
        line = Line(line.article, form["quantity"] or "1")
    return [*(one for one in lines if one != line), line]


async def _lend(here: Visit, form: Form, lines: list[Line]) -> Response:
    stores = await own_stores(here)
    place = form["service_point"] or next(iter(stores), here.service_point)
    body = {
        "prescriber": form["prescriber"] or own_prescriber(here),
        "service_point": place,
        "store": stores.get(place, ""),
        "lines": [_line(one) for one in lines],
    }
    part = await here.send("orders", "POST", "/basket-loans", body, form)
    if part.problem is not None:
        form.refuse(part.problem, {"store": "service_point", "lines": "q", "prescriber": "q"})
        return await _page(here, form, lines)
    return here.go(f"/varukorgar/{part.value['order_id']}")


async def _shelf(here: Visit, form: Form, query: str) -> Shelf:
    stores = await own_stores(here)
    place = form["service_point"] or next(iter(stores), "")
    return await shelf_of(here, stores.get(place, ""), query)


async def _page(here: Visit, form: Form, lines: list[Line]) -> Response:
    stores, prescribers = await own_stores(here), await prescribers_of(here)
    place = form["service_point"] or next(iter(stores), "")
    form.give("service_point", place)
    if not form["prescriber"] and prescribers:
        form.give("prescriber", prescribers[0])
    shelf = await shelf_of(here, stores.get(place, ""), form["q"][:100])
    names = await Names.of(
        here, stores=[stores.get(place)], customers=list(stores), users=prescribers
    )
    return here.page(
        "baskets/new.html",
        form=form,
        lines=lines,
        articles=await articles_of(here, [one.article for one in lines]),
        shelf=shelf,
        store=stores.get(place, ""),
        names=names,
        places=[(one, names.customer(one)) for one in stores],
        prescribers=[(one, names.user(one)) for one in prescribers],
    )


def _address(form: Form, lines: list[Line]) -> str:
    said = [(name, form[name]) for name in ("service_point", "prescriber") if form[name]]
    once = dict.fromkeys(str(one) for one in lines)
    return f"{PAGE}?{urlencode([*said, *(('line', one) for one in once)])}"


def _line(line: Line) -> dict[str, object]:
    body: dict[str, object] = {
        "article_number": line.article,
        "quantity": quantity_of(line.quantity),
    }
    return body | ({"device_number": line.device} if line.device else {})
