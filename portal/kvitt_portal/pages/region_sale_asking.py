"""Sälj till en annan region: what a patient who moves has, to the region where they go (BIL-7)."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of, person_for
from kvitt_portal.pages.covers import payables_of
from kvitt_portal.pages.region_sales import PAGE
from kvitt_portal.pages.service_points import service_point_of

router = APIRouter()

_NEW: Final = f"{PAGE}/ny"
_MOST: Final = 100
_LISTED: Final = 200
_NAMES: Final = {
    "payer_id": "payer",
    "service_point": "service_point",
    "devices": "devices",
    "person": "devices",
}


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """What the patient has, with those ticked that a page names."""
    asked = here.request.query_params
    person = asked.get("person", "")
    form = Form([("device", one) for one in asked.getlist("device")], given={"person": person})
    return await _page(here, await _person(here, person), form, is_first=True)


@router.post(_NEW)
async def ask(here: Here) -> Response:
    """Ask for the sale: the store says whether each can be sold, then customer service prices."""
    form = await here.form()
    who = await _person(here, form["person"])
    devices = form.all("device")
    form.must("payer", text="Välj regionen som ska köpa.")
    form.must("service_point", text="Ange tjänstestället som patienten hör till.")
    if not devices:
        form.add("devices", "Välj minst ett hjälpmedel.")
    if not form.ok:
        return await _page(here, who, form)
    body = {
        "payer_id": form["payer"],
        "person": who.ref,
        "service_point": form["service_point"],
        "devices": devices,
    }
    part = await here.send("billing", "POST", "/region-sales", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _NAMES)
        return await _page(here, who, form)
    said = "Försäljningen är begärd. Kundtjänst sätter priserna när lagret har svarat."
    return here.go(f"{PAGE}/{part.value['id']}", said)


async def _person(here: Visit, person: str) -> Person:
    ref = str(UUID(person)) if is_id(person) else ""
    return await person_for(
        here, ref, may=here.may("billing.region-sale.request"), otherwise=_NOT_THEIRS
    )


async def _page(here: Visit, who: Person, form: Form, *, is_first: bool = False) -> Response:
    found, payables, payers = await asyncio.gather(
        here.ask("inventory", "/devices", person=who.ref, limit=_MOST),
        payables_of(here),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
    )
    devices = items_of(found)
    if is_first and not form.all("device") and len(devices) == 1:
        free = [("device", one["device_number"]) for one in devices if not one["claim"]]
        form = Form(free, given={"person": form["person"]})
    if not form["service_point"]:
        mine = "" if here.may_for_all("billing.region-sale.request") else here.service_point
        form.give("service_point", mine or await service_point_of(here, devices))
    regions = [one for one in payables if one.region]
    names = await Names.of(
        here, customers=[form["service_point"]], payers=[one.payer for one in regions]
    )
    return here.page(
        "region_sales/new.html",
        form=form,
        person=who,
        found=found,
        devices=devices,
        ticked=form.all("device"),
        regions=[(one.payer, names.payer(one.payer)) for one in regions],
        payers=_other(payers.value["items"]) if payers else [],
        names=names,
        is_staff=here.may_for_all("billing.region-sale.request"),
    )


def _other(payers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["payer_id"], one["name"]) for one in payers]


_NOT_THEIRS: Final = Problem(
    status=403, reason="FORBIDDEN", title="", detail="", way_on="Be enhetschefen om behörighet."
)
