"""Retur: what a patient gives back into one of the user's own stores (INV-7)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of, person_for
from kvitt_portal.pages.own_store import own_stores
from kvitt_portal.pages.scanning import tick_scanned
from kvitt_portal.services import Part

router = APIRouter()

_MOST: Final = 100
_FIELDS: Final = {"store": "store", "returned_on": "returned_on"}


@router.get("/mottagare/{person}/retur")
async def begin(here: Here, person: UUID) -> Response:
    """What the patient has, to be marked; on another day than today, or unmarked goods too."""
    who = await _person(here, person)
    asked = here.request.query_params
    form = Form([("device", one[:30]) for one in asked.getlist("device")[:_MOST]])
    return await _page(here, who, form)


# decision 0494: what is ticked is returned by one press, which names the store
@router.post("/mottagare/{person}/retur")
async def register(here: Here, person: UUID) -> Response:
    """Take it back: all of it or nothing."""
    who = await _person(here, person)
    form = await here.form()
    if "store" not in form:
        form.give("store", here.request.query_params.get("till", "")[:10])
    if not form["returned_on"]:
        form.give("returned_on", (await here.today()).isoformat())
    if form["code"]:
        return await _page(here, who, await _with_scanned(here, who, form))
    choices = await here.ask("inventory", "/returns:choices", person=who.ref)
    devices = form.all("device")
    lines = _lines_of(form, choices)
    if form.ok and not devices and not lines:
        form.add("device", "Markera det som återlämnas.")
    form.must("store", text="Välj förrådet som tar emot.")
    if not form.ok:
        return await _page(here, who, form)
    body = {
        "store": form["store"],
        "devices": devices,
        "lines": lines,
        "returned_on": form["returned_on"],
    }
    part = await here.send("inventory", "POST", "/returns", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _fields_of(devices, lines))
        return await _page(here, who, form)
    said = ", ".join([*devices, *(one["name"] for one in _named(lines, choices))])
    return here.go(
        f"/mottagare/{who.ref}?flik=aterlamnat",
        f"{said} är {'återlämnat' if len(devices) + len(lines) == 1 else 'återlämnade'} "
        f"till förråd {form['store']}.",
    )


async def _with_scanned(here: Visit, who: Person, form: Form) -> Form:
    """The form with the device that was scanned marked; it says why where that cannot be."""
    had = items_of(await here.ask("inventory", "/devices", person=who.ref, limit=_MOST))
    return await tick_scanned(here, form, had, otherwise="Patienten har inte det hjälpmedlet.")


async def _person(here: Visit, person: UUID) -> Person:
    return await person_for(
        here,
        str(person),
        may=here.may_at_units("inventory.return.register"),
        otherwise=_NOT_THEIRS,
    )


async def _page(here: Visit, who: Person, form: Form) -> Response:
    devices, choices, stores, today = await asyncio.gather(
        here.ask("inventory", "/devices", person=who.ref, limit=_MOST),
        here.ask("inventory", "/returns:choices", person=who.ref),
        own_stores(here),
        here.today(),
    )
    own = list(dict.fromkeys(stores.values()))
    if not form["store"] and own:
        form.give("store", own[0])
    if not form["returned_on"]:
        form.give("returned_on", today.isoformat())
    names = await Names.of(here, stores=own)
    return here.page(
        "returns/new.html",
        form=form,
        person=who,
        devices=devices,
        listed=items_of(devices),
        choices=choices,
        lines=[(_key(one), one) for one in _lines(choices)],
        stores=[(one, names.store(one)) for one in own],
        names=names,
    )


def _lines(choices: Part) -> list[Mapping[str, Any]]:
    return list(choices.value["lines"]) if choices else []


def _key(line: Mapping[str, Any]) -> str:
    return f"antal-{line['order_number']}.{line['line']}"


def _lines_of(form: Form, choices: Part) -> list[dict[str, Any]]:
    """The unmarked lines of which something comes back; what is no number is said beside it."""
    said = []
    for line in _lines(choices):
        written = form[_key(line)]
        if not written:
            continue
        if not written.isdecimal() or len(written) > len("10000"):
            form.add(_key(line), f"Skriv ett helt antal, högst {line['quantity']}.")
        elif int(written):
            named = {"order": line["order_number"], "line": line["line"]}
            said.append({**named, "quantity": int(written)})
    return said


def _named(lines: Sequence[Mapping[str, Any]], choices: Part) -> list[Mapping[str, Any]]:
    known = {(one["order_number"], one["line"]): one for one in _lines(choices)}
    return [known[one["order"], one["line"]] for one in lines]


def _fields_of(devices: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """The form's fields by the names that inventory has for them."""
    each = {f"devices.{n}": f"device-{one}" for n, one in enumerate(devices)}
    each |= {f"lines.{n}": f"antal-{one['order']}.{one['line']}" for n, one in enumerate(lines)}
    return {**_FIELDS, "devices": "device", **each}


_NOT_THEIRS: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="",
    detail="",
    way_on="Återlämna på patientens enhet, eller be enhetschefen om behörighet.",
)
