"""Ny hämtorder: one page, from what is ticked to where it is fetched."""

import asyncio
from typing import Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import pickup_form
from kvitt_portal.pages.asking import NOTHING, code, items_of, options_of
from kvitt_portal.pages.registering import find_recipient
from kvitt_portal.pages.scanning import tick_scanned
from kvitt_portal.pages.service_points import service_point_of
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/hamtordrar/ny"
_MOST: Final = 100
_OTHER_CAUSES: Final = "Välj en orsak som gäller för det som är markerat."
_NO_CAUSE: Final = "Det som är markerat hämtas av olika orsaker. Gör en hämtorder för varje."
_LISTED: Final = 200
_NOT_THERE: Final = "Det hjälpmedlet är inget av dem som kan hämtas där."


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """A pickup at a recipient whom a page links to, with what is ticked there; or of nobody yet."""
    asked = here.request.query_params
    person, unit = asked.get("person", ""), asked.get("unit", "")[:20]
    store = asked.get("store", "")[:10]
    given = [("person", person)] if is_id(person) and not store else [("unit", unit)]
    given += [("store", store)] if store else []
    given += [("device", one[:30]) for one in asked.getlist("device")[:_MOST]]
    if here.service_point and not here.may_for_all("orders.pickup.request"):
        given.append(("service_point", here.service_point))
    return await _page(here, Form(given), is_fresh=True)


@router.post(PAGE)
async def order(here: Here) -> Response:
    """Order it; or find whom it is at. What is open there already is seen before it is sent."""
    form = await here.form()
    if form["do"] == "other":
        return here.go(_page_of(form, "store") if form["store"] else PAGE)
    if not (form["person"] or form["unit"]) or form["do"] == "find":
        if form["store"]:
            form.must("unit", text="Välj vårdenheten där det hämtas.")
        else:
            await find_recipient(here, form)
        if form.ok:
            return here.go(_page_of(form, "person", "unit", "store"))
        return await _page(here, form)
    if form["code"]:
        listed = items_of(await _devices(here, form))
        return await _page(here, await tick_scanned(here, form, listed, otherwise=_NOT_THERE))
    pickup_form.check(form, ordered_by_others=here.may_for_all("orders.pickup.request"))
    if not form.ok:
        return await _page(here, form)
    choices = await _choices(here, form)
    if choices and form["cause"] not in choices.value["causes"]:
        form.add("cause", _OTHER_CAUSES if choices.value["causes"] else _NO_CAUSE)
        return await _page(here, form)
    if choices and form["seen"] != _seen(choices):  # decision 0309: it is seen before it is sent
        return await _page(here, form, is_new=True)
    part = await here.send("orders", "POST", "/pickups", pickup_form.body_of(form), form)
    if part.problem is not None:
        form.refuse(part.problem, pickup_form.fields_of(form))
        return await _page(here, form)
    return await _ordered(here, form, part.value)


def _page_of(form: Form, *names: str) -> str:
    """The page with these of the form's fields, and what is ticked."""
    known = [(name, form[name]) for name in names if form[name]]
    known += [("device", one) for one in form.all("device")]
    return f"{PAGE}?{urlencode(known)}"


async def _ordered(here: Visit, form: Form, view: dict[str, Any]) -> Response:
    page = f"/hamtordrar/{view['pickup_id']}"
    if view["status"] == "refused":
        devices = await _devices(here, form)
        numbers = {one["device_id"]: one["device_number"] for one in items_of(devices)}
        for one in view["refused"]:
            number = numbers.get(one["device_id"])
            said = statuses.TAKEN.get(one["reason"], "Det kan inte hämtas just nu.")
            form.add(f"device-{number}" if number else "device", said)
        if form.ok:
            form.add("", "Lagret svarade inte. Försök igen om en stund.")
        form.key = Form().key
        return await _page(here, form)
    if view["status"] == "requested":
        return here.go(page)
    return here.go(
        page,
        f"Hämtorder {view['pickup_number']} är beställd.",
        undo=(f"{page}/avbestall", "Avbeställ"),
    )


async def _page(
    here: Visit, form: Form, *, is_fresh: bool = False, is_new: bool = False
) -> Response:
    people, devices, choices, opened = await asyncio.gather(
        here.people([form["person"]], purpose="ordering"),
        _devices(here, form),
        _choices(here, form),
        _opened(here, form),
    )
    person = people.get(form["person"])
    listed = items_of(devices)
    if is_fresh:
        known = choices.value if choices else None
        for name, value in pickup_form.given_of(person, known).items():
            form.give(name, value)
        if not form["service_point"]:
            ticked = [one for one in listed if one["device_number"] in form.all("device")]
            form.give("service_point", await service_point_of(here, ticked or listed))
    names, care_units = await asyncio.gather(
        Names.of(
            here,
            customers=[form["service_point"]],
            care_units=[form["unit"]],
            stores=[form["store"]],
        ),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
    )
    return here.page(
        "pickups/new.html",
        form=form,
        person=person,
        has_recipient=bool(form["person"] or form["unit"]),
        devices=devices,
        listed=listed,
        choices=choices,
        causes=_causes(choices),
        return_causes=_return_causes(choices),
        no_cause=_NO_CAUSE,
        is_posted=bool(choices) and list(choices.value["causes"]) == [pickup_form.BY_POST],
        numbers={one["pickup_number"]: one["pickup_id"] for one in items_of(opened)},
        seen=_seen(choices) if choices else "",
        is_new=is_new,
        names=names,
        oob=False,
        care_units=options_of(care_units, "unit"),
        is_at_unit=bool(form["store"]),
        orderers=list(statuses.PICKUP_ORDERERS.items()),
        is_staff=here.may_for_all("orders.pickup.request"),
    )


def _causes(choices: Part) -> list[tuple[str, str]]:
    known = list(choices.value["causes"]) if choices else []
    return [(one, statuses.PICKUP_CAUSES.get(one, one)) for one in known]


def _return_causes(choices: Part) -> list[tuple[str, str]]:
    known = list(choices.value["return_causes"]) if choices else []
    return [(one, statuses.RETURN_CAUSES.get(one, one)) for one in known]


def _seen(choices: Part) -> str:
    """What the page warns of: the numbers of what is open there already."""
    return " ".join(choices.value["also_open"])


async def _choices(here: Visit, form: Form) -> Part:
    return await here.ask(
        "orders",
        "/pickups:choices",
        person=form["person"],
        unit=form["unit"],
        device=form.all("device"),
    )


async def _opened(here: Visit, form: Form) -> Part:
    """What is open there already and the user may look at; the number alone is told of others'."""
    if not (form["person"] or form["unit"]):
        return NOTHING
    return await here.ask(
        "orders", "/pickups", recipient=form["person"], care_unit=form["unit"], limit=_MOST
    )


async def _devices(here: Visit, form: Form) -> Part:
    """What the recipient has; or what of a unit's own store a pickup may send on (PCK-7)."""
    if not (form["person"] or form["unit"]):
        return NOTHING
    if form["store"]:
        kept = {"store": code(form["store"]), "return_at_once": True}
        return await here.ask("inventory", "/devices", **kept, limit=_MOST)
    return await here.ask(
        "inventory", "/devices", person=form["person"], care_unit=form["unit"], limit=_MOST
    )
