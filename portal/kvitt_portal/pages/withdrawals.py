"""Uttag ur eget förråd: one page, from a scanned device or a searched article to delivery."""

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.numbers import holds_number, personal_number
from kvitt_portal.pages.asking import code
from kvitt_portal.pages.own_store import Shelf, Taken, place_with, shelf_of, store_of
from kvitt_portal.pages.registering import find_recipient, own_prescriber
from kvitt_portal.pages.withdrawal_draft import Draft, Line
from kvitt_portal.pages.withdrawal_page import show

router = APIRouter()

PAGE = "/uttag/nytt"


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """An empty withdrawal, one that is being written, or one of a device or an article."""
    asked = here.request.query_params
    draft = Draft.of_address(
        asked, asked.getlist("line"), me=own_prescriber(here), at=here.service_point
    )
    if device := asked.get("device"):
        return await _with_device(here, draft, device)
    if article := asked.get("article"):
        return here.go(draft.with_line(Line(article[:40])).address)
    answer = await show(here, draft, Form())
    if here.is_partial:
        answer.headers["HX-Push-Url"] = draft.address
    return answer


@router.post(PAGE)
async def write(here: Here) -> Response:
    """Add, change or take out something, or deliver it all."""
    form = await here.form()
    draft = _draft(here, form)
    if form.errors:
        return await show(here, draft, form)
    if form["add"]:
        return here.go(draft.but(query="").with_line(Line.read(form["add"])).address)
    if form["remove"].isdigit():
        left = tuple(one for n, one in enumerate(draft.lines) if str(n) != form["remove"])
        return here.go(draft.but(lines=left, query="").address)
    if form["move"]:
        return here.go(draft.but(service_point=form["move"]).address)
    if form["do"] == "other":
        return here.go(draft.but(person="", unit="").address)
    found = await _complete(here, draft, form)
    if form["do"] == "deliver":
        _must_be_whole(found, form)
    if not form.ok:
        return await show(here, found, form)
    if form["do"] != "deliver":
        return here.go(found.address)
    if found != draft.but(query=""):  # what was just found is seen before it is delivered
        return here.go(found.address, "Kontrollera uppgifterna. Tryck sedan på Leverera.")
    return await _deliver(here, draft, form)


@router.post(f"{PAGE}/mottagare")
async def recipient(here: Here) -> Response:
    """While a personal number is written: as soon as it is whole, whose it is."""
    form = await here.form()
    if not personal_number(form["number"]):
        return Response(status_code=204)
    found = await _complete(here, _draft(here, form), form)
    return here.go(found.address) if form.ok else await show(here, found, form)


@router.post(f"{PAGE}/traffar")
async def hits(here: Here) -> Response:
    """While something is searched: what the own store has of it."""
    draft = _draft(here, await here.form())
    shelf = await _shelf(here, draft)
    return here.page("withdrawals/hits.html", draft=draft, shelf=shelf, said_above=False)


async def _complete(here: Visit, draft: Draft, form: Form) -> Draft:
    """The draft with what its fields name: the number's person, the scanned device or article."""
    if form["number"] and not draft.person:
        await find_recipient(here, form)
        draft = draft.but(person=form["person"])
    if not draft.query:
        return draft
    taken = await _take(here, draft)
    if isinstance(taken, Line):
        return draft.but(query="").with_line(taken)
    if taken is not None:
        form.add("q", taken.message)
    elif form["do"] == "deliver":
        form.add("q", "Välj bland träffarna, eller töm fältet.")
    return draft


def _must_be_whole(draft: Draft, form: Form) -> None:
    if not draft.has_recipient and "number" not in form.errors:
        form.add("number", "Ange vem uttaget är till: personnummer eller vårdenhet.")
    if not draft.lines and "q" not in form.errors:
        form.add("q", "Skanna ett hjälpmedel eller sök en artikel.")


async def _take(here: Visit, draft: Draft) -> Line | Taken | None:
    """The line that a whole number means; where the device is not to be had, what is known of it;
    None where the words are to be searched by.
    """
    shelf = await _shelf(here, draft)
    return shelf.exact(draft.query) or shelf.elsewhere


async def _shelf(here: Visit, draft: Draft) -> Shelf:
    store = await store_of(here, draft.service_point)
    return await shelf_of(here, store, draft.query)


async def _with_device(here: Visit, draft: Draft, device_id: str) -> Response:
    """A withdrawal of a device that a page links to, at the service point whose store has it."""
    device = await here.need("inventory", f"/devices/{code(device_id)}")
    line = Line(device["article_number"], device=device["device_number"])
    origin = device["origin"] or {}
    if origin.get("is_meant_for_patient") and origin.get("person") and not draft.has_recipient:
        draft = draft.but(person=origin["person"])  # to nobody else may it be delivered (INV-12)
    store = device["holder"].get("store")
    if store and store != await store_of(here, draft.service_point):
        draft = draft.but(service_point=await place_with(here, store) or draft.service_point)
    return here.go(draft.with_line(line).address)


async def _deliver(here: Visit, draft: Draft, form: Form) -> Response:
    form.key = draft.sending_key
    store = await store_of(here, draft.service_point)
    part = await here.send("orders", "POST", "/withdrawals", draft.body(store), form)
    if part.problem is not None:
        form.refuse(part.problem, draft.fields)
        return await show(here, draft, form)
    order = part.value
    if order["status"] == "declined":
        story = await here.ask("orders", f"/orders/{order['order_id']}/story")
        why = story.value["items"][-1]["summary"] if story else "Lagret avvisade uttaget."
        form.add("", f"{why} Ändra raderna och leverera igen.")
        return await show(here, draft.anew(), form)
    page = f"/bestallningar/{order['order_id']}"
    return here.go(page) if order["pending"] else here.go(page, "Uttaget är levererat.")


def _draft(here: Visit, form: Form) -> Draft:
    """The draft that the form says. It stands in addresses, and a personal number never: one that
    is scanned or written where articles are searched is the recipient's.
    """
    draft = Draft.of_form(form, me=own_prescriber(here), at=here.service_point)
    if holds_number(draft.query):
        if personal_number(draft.query) and not draft.has_recipient:
            form.give("number", draft.query)
        else:
            form.add("q", "Ett personnummer skrivs i fältet Personnummer.")
        draft = draft.but(query="")
    if draft.holds_number:
        form.add("", "Ett personnummer skrivs i fältet Personnummer, och i inget annat.")
    return draft
