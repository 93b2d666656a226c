"""Mottagare: what a person has, has ordered and has given back, and their transfers."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import NOTHING, items_of, pdf_of
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.pages.own_store import store_of
from kvitt_portal.pages.work_orders import drafts_of
from kvitt_portal.services import Part

router = APIRouter()

_LIMIT = 50
TABS: Final = (
    ("hjalpmedel", "Hjälpmedel"),
    ("bestallt", "Beställt"),
    ("aterlamnat", "Återlämnat"),
    ("bmb", "BMB"),
    ("hamtordrar", "Hämtordrar"),
    ("arbetsordrar", "Aktiviteter"),
)
_CONTACT: Final = {"phone": "phone", "door_code": "door_code", "instructions": "instructions"}


@router.get("/mottagare/{person}")
async def shown(here: Here, person: UUID) -> Response:
    """The person with one tab of what concerns them; the others are counted."""
    return await _page(here, person, None)


@router.get("/mottagare/{person}/utskrift")
async def printed(here: Here, person: UUID) -> Response:
    """A document about devices of theirs: the marked ones, by their numbers."""
    asked = here.request.query_params
    body = {
        "kind": asked.get("slag", ""),
        "service_point": here.service_point or next(iter(here.user.service_points), ""),
        "devices": asked.getlist("device"),
    }
    return pdf_of(await here.send("orders", "POST", f"/persons/{person}:print", body))


@router.post("/mottagare/{person}/uppgifter")
async def handed_out(here: Here, person: UUID) -> Response:
    """What is stored of the person, for the person: a document, which is logged (REF-24)."""
    await here.form()
    return pdf_of(await here.send("orders", "POST", f"/persons/{person}:print-extract"))


@router.post("/mottagare/{person}/kontakt")
async def store_contact(here: Here, person: UUID) -> Response:
    """Store phone, door code and instructions for this and later orders."""
    form = await here.form()
    body = {name: form[name] or None for name in _CONTACT}
    part = await here.send("orders", "POST", f"/persons/{person}:contact", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _CONTACT)
        return await _page(here, person, form)
    return here.go(
        f"/mottagare/{person}", "Kontaktuppgifterna är sparade, också för senare beställningar."
    )


@router.post("/mottagare/{person}/oppna")
async def opened(here: Here, person: UUID) -> Response:
    """An emergency opening, with its reason: logged, and customer service hears of it."""
    form = await here.form()
    part = await here.send(
        "orders", "POST", f"/persons/{person}:open", {"reason": form["reason"]}, form
    )
    if part.problem is None:
        return here.go(f"/mottagare/{person}", part.value["told"], tone="warning")
    form.refuse(part.problem, {"reason": "reason"})
    return here.page("recipients/closed.html", person=person, form=form)


async def _page(here: Visit, person: UUID, form: Form | None) -> Response:
    found = (await here.people([str(person)], purpose="ordering")).get(str(person))
    if found is None:
        return await _closed(here, person)
    if found.ref != str(person):  # merged: the reference that stands
        return here.go(f"/mottagare/{found.ref}")
    if form is None:
        form = Form(given={name: found.shown.get(name) or "" for name in _CONTACT})
    status, asked, wishes = await asyncio.gather(
        here.ask("orders", f"/persons/{person}"),
        asked_about(here, str(person)),
        here.ask("orders", f"/persons/{person}/blocks"),
    )
    tab = here.request.query_params.get("flik", TABS[0][0])
    cursor = here.request.query_params.get("cursor")
    parts = await asyncio.gather(
        *(_tab(here, name, str(person), chosen=name == tab, cursor=cursor) for name, _ in TABS)
    )
    chosen = next((part for (name, _), part in zip(TABS, parts, strict=True) if name == tab), None)
    if chosen is None:
        raise PageProblem(_NO_TAB)
    drafts = await drafts_of(here, str(person)) if tab == "arbetsordrar" else NOTHING
    knows_contact = _CONTACT.keys() <= found.shown.keys()
    return here.page(
        "recipients/recipient.html",
        person=found,
        is_active=not status or status.value["active"],
        asked=items_of(asked),
        is_blocked=bool(wishes) and wishes.value["is_blocked"],
        tabs=[(name, said, part) for (name, said), part in zip(TABS, parts, strict=True)],
        tab=tab,
        found=chosen,
        drafts=drafts,
        names=await Names.of(here, users=[one["saved_by"] for one in items_of(drafts)]),
        form=form,
        knows_contact=knows_contact,
        # who saves fields that are not shown would remove what stands in them
        may_edit=knows_contact and here.may("orders.person.contact"),
        may_order_pickups=here.may_for_all("orders.pickup.request"),
        store=await store_of(here, here.service_point)
        if here.may_at_units("inventory.return.register")
        else "",
    )


async def _tab(here: Visit, tab: str, person: str, *, chosen: bool, cursor: str | None) -> Part:
    page: dict[str, Any] = {"limit": _LIMIT, "cursor": cursor} if chosen else {"limit": 1}
    match tab:
        case "hjalpmedel":
            return await here.ask("inventory", "/devices", person=person, **page)
        case "bestallt":
            return await here.ask("orders", "/orders", recipient=person, **page)
        case "aterlamnat":
            return await here.ask("inventory", "/devices:returned", person=person, **page)
        case "hamtordrar":
            return await here.ask("orders", "/pickups", recipient=person, **page)
        case "arbetsordrar":
            return await here.ask("orders", "/work-orders", recipient=person, **page)
    return await here.ask("bmb", "/transfers", person=person, **page)


async def _closed(here: Visit, person: UUID) -> Response:
    """The person exists for others: who must see them may open them, and says why."""
    known = await here.ask("orders", f"/persons/{person}")
    if known.problem is not None and known.status >= 500:
        raise PageProblem(known.problem)
    return here.page("recipients/closed.html", person=person, form=Form(), status=404)


_NO_TAB = Problem(
    status=404, reason="NO_SUCH_TAB", title="Sidan finns inte", detail="", way_on="Välj en flik."
)
