"""Fråga kundtjänst: from wherever it arises, with what it is about attached."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import things
from kvitt_portal.pages.cases import PAGE

router = APIRouter()

_NEW: Final = f"{PAGE}/nytt"
_OTHER: Final = "other"
_OF_NOTHING: Final = ("person_missing", _OTHER)
_NAMES: Final = {
    "kind": "kind",
    "about.kind": "kind",
    "about": "kind",
    "text": "text",
    "service_point": "service_point",
}


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """A case about the thing that a page links from, with what is asked where that says it."""
    asked = here.request.query_params
    given = {name: asked.get(name, "")[:60] for name in ("about", "kind")}
    return await _page(here, Form(given=given))


# decision 0393: a question that needs no words is asked by one press
@router.post(_NEW)
async def ask(here: Here) -> Response:
    """Ask it: by one press or in a few words where it arises, or on the page of its own; or write
    it further, where another page has begun it.
    """
    form = await here.form()
    if form["do"] == "begin":
        return await _page(here, form, status=200)
    about = things.about_of(form["about"])
    form.must("kind", text="Välj vad det gäller.")
    form.must("service_point", text="Ange tjänstestället som frågar.")
    if not form["text"] and (about is None or form["kind"] == _OTHER):
        form.add("text", "Skriv vad det gäller, så att kundtjänst kan svara.")
    if not form.ok:
        return await _page(here, form)
    body = {
        "kind": form["kind"],
        "about": about,
        "service_point": form["service_point"],
        "text": form["text"] or None,
    }
    part = await here.send("orders", "POST", "/cases", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _NAMES)
        return await _page(here, form)
    page = f"{PAGE}/{part.value['case_id']}"
    return here.go(
        things.page_of(about["kind"], about["id"]) if about and form["stay"] else page,
        "Kundtjänst har fått frågan. Svaret kommer som ett meddelande.",
        undo=(f"{page}/ta-tillbaka", "Ta tillbaka"),
    )


async def _page(here: Visit, form: Form, *, status: int = 0) -> Response:
    about = things.about_of(form["about"])
    if not form["service_point"] and not here.may_for_all("orders.case.ask"):
        form.give("service_point", here.service_point)
    kinds = statuses.CASES_ABOUT.get(about["kind"], ("other",)) if about else _OF_NOTHING
    if form["kind"] not in kinds:
        form.give("kind", "")
    return here.page(
        "cases/new.html",
        form=form,
        about=about,
        about_name=await things.name_of(here, about),
        about_page=things.page_of(about["kind"], about["id"]) if about else PAGE,
        kinds=[(one, statuses.CASE_KINDS[one]) for one in kinds],
        names=await Names.of(here, customers=[form["service_point"]]),
        is_staff=here.may_for_all("orders.case.ask"),
        status=status,
    )
