"""Skicka BMB: one page for every kind of transfer, with what it will be in sight before it is sent;
and what its sender does with it afterwards.
"""

import asyncio
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, PageProblem, Person, Visit
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages import transfer_form
from kvitt_portal.pages.asking import code
from kvitt_portal.pages.own_store import own_stores, store_of
from kvitt_portal.pages.receivers import chosen, receivers_of
from kvitt_portal.pages.registering import find_recipient
from kvitt_portal.pages.transfer_form import FIELDS, body_of, given_of
from kvitt_portal.pages.transfer_preview import Shown, shown_of
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/bmb/skicka"
_SAID: Final = {
    "draft": "Utkastet är sparat. Inget är skickat.",
    "accepted": "BMB är skickad och kvitterad.",
    "completed": "BMB är skickad, kvitterad och genomförd.",
}
_DRAFTS = 5


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """An empty transfer; one of devices that a page links to; or one filled in by another."""
    asked = here.request.query_params
    given = {"device": " ".join(one[:40] for one in asked.getlist("device")[:100])}
    title = ""
    if as_other := asked.get("som"):
        view = await here.need("bmb", f"/transfers/{code(as_other)}")
        rejected = asked.get("bara") == "avslagna"
        given = given_of(view, today=await here.today(), only_rejected=rejected)
        title = "Rätta BMB" if view["status"] in transfer_form.OVER and not rejected else ""
    if asked.get("typ") == "aterta":
        given["store"] = await store_of(here, here.service_point)
    return await _page(here, Form(given=given), title=title)


@router.post(PAGE)
async def send(here: Here) -> Response:
    """Send what the form says, send and accept it, or save it as a draft: once its sender has seen
    what it will be. Until then, and where it cannot be, the page says what there is to see.
    """
    form = await here.form()
    if form["do"] == "other":
        form.give("person", "")
        return await _page(here, form)
    await _find(here, form)
    if not form["device"]:
        form.add("device", "Skriv individnumret på det som ska byta mottagare eller betalare.")
    shown = await shown_of(here, form) if form.ok else None
    if shown is not None:
        form.refuse(shown.part.problem, FIELDS)
    if shown is None or not form.ok or form["do"] not in ("send", "accept", "save"):
        return await _page(here, form, shown=shown)
    if form["seen"] != shown.seen:  # decision 0309: nothing is sent that was not seen
        return await _page(here, form, shown=shown, is_new=True)
    return await _send(here, form, shown)


@router.post(f"{PAGE}/forhand")
async def look(here: Here) -> Response:
    """While it is filled in: what it will be. A whole personal number becomes its person."""
    form = await here.form()
    had_person = bool(form["person"])
    if personal_number(form["number"]):
        await _find(here, form)
    shown = await shown_of(here, form)
    return here.page(
        "sending/preview.html",
        status=200,
        form=form,
        shown=shown,
        person=await _person(here, form),
        is_found=bool(form["person"]) and not had_person,
    )


@router.post(f"{PAGE}/forskrivare")
async def search(here: Here) -> Response:
    """While it is written: who may take over."""
    form = await here.form()
    return here.page(
        "sending/receivers.html",
        form=form,
        receivers=await receivers_of(here, form["receiver"]),
        chosen=await chosen(here, form["prescriber"]),
    )


@router.post("/bmb/{transfer}/angra")
async def withdraw(here: Here, transfer: UUID) -> Response:
    """Take back what nobody has answered."""
    return await _act(here, transfer, "withdraw", "BMB är ångrad. Hjälpmedlen är fria.")


@router.post("/bmb/{transfer}/verkstall")
async def execute(here: Here, transfer: UUID) -> Response:
    """Send a draft."""
    return await _act(here, transfer, "execute", "BMB är skickad.")


@router.post("/bmb/{transfer}/kasta")
async def cancel(here: Here, transfer: UUID) -> Response:
    """Throw a draft away."""
    return await _act(here, transfer, "cancel", "Utkastet är kastat. Allt är som förut.")


async def _act(here: Visit, transfer: UUID, act: str, said: str) -> Response:
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:{act}", form=await here.form())
    if part.problem is None:
        return here.go(f"/bmb/{transfer}", "" if part.waits else said)
    if part.status in (404, 503):
        raise PageProblem(part.problem)
    return here.go(f"/bmb/{transfer}", said_of(part.problem), tone="warning")


async def _send(here: Visit, form: Form, shown: Shown) -> Response:
    body = body_of(form, at=here.service_point)
    if form["do"] == "accept":
        body["accept_for"] = form["customer"] or shown.part.value["proposed_customer"]
    elif form["do"] == "send":
        body["execute"] = True
    elif not form["reference"]:
        # so that it can be saved anew, and is the same where its button is pressed twice
        body["reference"] = f"UTKAST-{uuid5(NAMESPACE_URL, form.key).hex[:8].upper()}"
    part = await here.send("bmb", "POST", "/transfers", body, form)
    if part.problem is not None:
        form.refuse(part.problem, FIELDS)
        return await _page(here, form, shown=shown)
    return _sent(here, part, accepts=form["do"] == "accept")


def _sent(here: Visit, part: Part, *, accepts: bool) -> Response:
    view: dict[str, Any] = part.value
    page = f"/bmb/{view['id']}"
    if view["status"] == "sent":
        if accepts:
            return here.go(page, "BMB är skickad, men väntar på att kvitteras.", tone="warning")
        return here.go(page, "BMB är skickad.", undo=(f"{page}/angra", "Ångra"))
    return here.go(page, _SAID.get(view["status"], ""))


async def _find(here: Visit, form: Form) -> None:
    """The person whose number is written becomes the form's."""
    if form["number"]:
        await find_recipient(here, form)


async def _person(here: Visit, form: Form) -> Person | None:
    return (await here.people([form["person"]], purpose="ordering")).get(form["person"])


async def _page(
    here: Visit,
    form: Form,
    *,
    shown: Shown | None = None,
    title: str = "",
    is_new: bool = False,
) -> Response:
    """The page. `is_new`: what is shown was not seen before, and is to be looked at."""
    if shown is None and form.ok:
        shown = await shown_of(here, form)
    stores, person, receivers, taken, drafts = await asyncio.gather(
        own_stores(here),
        _person(here, form),
        receivers_of(here, form["receiver"]),
        chosen(here, form["prescriber"]),
        here.ask("bmb", "/transfers", status="draft", sender=here.user.user_id, limit=_DRAFTS),
    )
    return here.page(
        "sending/new.html",
        title=title or f"Skicka {here.word('BMB')}",
        form=form,
        shown=shown,
        is_new=is_new,
        is_found=False,
        person=person,
        stores=list(dict.fromkeys(stores.values())),
        receivers=receivers,
        chosen=taken,
        drafts=drafts,
    )
