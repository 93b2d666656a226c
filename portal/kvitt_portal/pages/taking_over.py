"""Överköp: a device that a patient who moves in brings from another region (INV-12, BMB-14)."""

import asyncio
from typing import Any, Final
from uuid import UUID, uuid4

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.amounts import ore_of
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import code, items_of, person_for
from kvitt_portal.pages.own_store import store_of
from kvitt_portal.pages.scanning import take_new_number
from kvitt_portal.pages.withdrawal_draft import Draft, Line

router = APIRouter()

_FIELDS: Final = {
    one: one
    for one in (
        "device_number",
        "serial_number",
        "article_number",
        "service_point",
        "from_region",
        "supplier_id",
        "supplier_article_number",
        "approver",
        "bought_on",
        "value",
        "asked_by",
    )
} | {"store": "service_point"}
_MUST: Final = {
    "device_number": "Skanna eller skriv det individnummer som det ska ha här.",
    "article_number": "Skriv regionens artikelnummer.",
    "from_region": "Ange regionen som säljer.",
    "approver": "Ange vem som har godkänt köpet.",
    "bought_on": "Ange när det köptes som nytt.",
    "asked_by": "Ange vem på enheten som bad om det.",
}


@router.get("/mottagare/{person}/overkop")
async def begin(here: Here, person: UUID) -> Response:
    """What was bought, of whom, for which unit. Whoever works here has approved it, unless told."""
    who = await _person(here, person)
    return await _page(here, who, Form(given={"approver": here.user.user_id, "vat": "25"}))


# decision 0498: who asked says which unit it is for, the article says who made it
@router.post("/mottagare/{person}/overkop")
async def take_over(here: Here, person: UUID) -> Response:
    """Put it into the unit's store, for the patient alone."""
    who = await _person(here, person)
    form = await here.form()
    await take_new_number(
        here, form, "device_number", serial="serial_number", article="article_number"
    )
    for name, said in _MUST.items():
        form.must(name, text=said)
    ore = ore_of(form["value"])
    if ore is None:
        form.add("value", "Skriv priset i kronor utan moms, till exempel 1 290,50.")
    if form.ok:
        await _fill(here, form)
    form.must("service_point", text="Ange patientens tjänsteställe: den som bad om det har inget.")
    form.must("supplier_id", text="Ange leverantören: artikeln säger inte vilken det är.")
    form.must(
        "supplier_article_number", text="Ange leverantörens artikelnummer: artikeln saknar det."
    )
    store = await store_of(here, form["service_point"]) if form.ok else ""
    if form.ok and not store:
        form.add("service_point", "Tjänstestället har inget eget förråd: ange ett som har det.")
    if not form.ok:
        return await _page(here, who, form)
    body: dict[str, Any] = {
        name: form[name] for name in _FIELDS if name not in ("store", "value") and form[name]
    } | {
        "person": who.ref,
        "store": store,
        "value": {"net_ore": ore, "vat_percent": 0 if form["vat"] == "0" else 25},
    }
    part = await here.send("inventory", "POST", "/devices:take-over", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await _page(here, who, form)
    view = part.value
    delivery = Draft(
        key=str(uuid4()),
        service_point=form["service_point"],
        prescriber=form["asked_by"],
        person=who.ref,
        lines=(Line(view["article_number"], device=view["device_number"]),),
    )
    said = f"{view['device_number']} är överköpt och står i förråd {store}."
    return here.go(delivery.address, f"{said} Leverera den, eller låt enheten göra det.")


async def _fill(here: Visit, form: Form) -> None:
    """What follows from what is written, where it is not written itself."""
    if not form["service_point"]:
        user = await here.ask("orders", f"/users/{code(form['asked_by'])}")
        points = list(user.value["service_points"]) if user else []
        form.give("service_point", str(points[0]) if points else "")
    if form["supplier_id"] and form["supplier_article_number"]:
        return
    article = await here.ask("inventory", f"/articles/{code(form['article_number'])}")
    if not article:
        form.refuse(article.problem, {"": "article_number"})
        return
    if not form["supplier_article_number"]:
        form.give("supplier_article_number", article.value["supplier_article_number"] or "")
    name = article.value["supplier"] or ""
    if not form["supplier_id"] and name:
        found = items_of(await here.ask("orders", "/suppliers", name=name, limit=2))
        called = [one for one in found if one["name"] == name]
        form.give("supplier_id", str(called[0]["supplier_id"]) if len(called) == 1 else "")


async def _person(here: Visit, person: UUID) -> Person:
    return await person_for(
        here, str(person), may=here.may("inventory.device.take-over"), otherwise=_NOT_THEIRS
    )


async def _page(here: Visit, who: Person, form: Form) -> Response:
    names, _ = await asyncio.gather(
        Names.of(here, customers=[form["service_point"]], users=[form["approver"]]), here.today()
    )
    return here.page("taking_over/new.html", form=form, person=who, names=names)


_NOT_THEIRS: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="",
    detail="",
    way_on="Fråga kundtjänst på mottagarens sida: de köper över det.",
)
