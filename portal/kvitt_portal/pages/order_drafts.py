"""Drafts of orders: kept from the form, gone on with, thrown away."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages import order_form
from kvitt_portal.pages.asking import NOTHING, code, items_of
from kvitt_portal.pages.registering import find_recipient, quantity_of
from kvitt_portal.services import Part

router = APIRouter()

LIST: Final = "/bestallningar"
_DRAFTS: Final = "/order-drafts"
_LISTED: Final = 20
_GONE: Final = "Utkastet finns inte kvar: det har skickats, kastats eller tagits bort."


@router.post(f"{LIST}/utkast/{{draft}}/kasta")
async def discard(here: Here, draft: UUID) -> Response:
    """Throw a draft away, as it was listed."""
    form = await here.form()
    part = await here.send(
        "orders",
        "POST",
        f"{_DRAFTS}/{draft}:discard",
        {"version": quantity_of(form["version"])},
        form,
    )
    if part.problem is None:
        return here.go(LIST, "Utkastet är kastat.")
    if part.status in (409, 422):
        return here.go(LIST, part.problem.way_on, tone="warning")
    raise PageProblem(part.problem)


async def drafts_of(here: Visit) -> tuple[Part, Names]:
    """The drafts that the user goes on with, the latest first, with who saved them."""
    found = NOTHING
    if here.may_at_units("orders.order.place"):
        found = await here.ask("orders", _DRAFTS, limit=_LISTED)
    return found, await Names.of(here, users=[one["saved_by"] for one in items_of(found)])


async def resumed(here: Visit, draft: str) -> dict[str, str]:
    """The form of a draft, as it was saved last. Raises PageProblem: it is gone."""
    view = await here.need("orders", f"{_DRAFTS}/{code(draft)}")
    return order_form.form_of_draft(view)


async def keep(here: Visit, form: Form) -> bool:
    """Keep what is written as a draft: true where it was; else the form says why not."""
    if form["number"] and not form["unit"]:
        if not personal_number(form["number"]):
            form.add("number", "Skriv personnumret med 12 siffror, eller töm fältet.")
            return False
        await find_recipient(here, form)
        if not form.ok:
            return False
    body = order_form.draft_of(form)
    path = _DRAFTS
    if form["draft"]:
        path = f"{_DRAFTS}/{form['draft']}:save"
        body["version"] = quantity_of(form["version"])
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is not None:
        refuse(form, part)
        return False
    order_form.discard_draft(here)
    return True


def refuse(form: Form, part: Part) -> None:
    """Say what became of the form's draft, or what is wrong with it."""
    assert part.problem is not None
    if part.problem.reason == "UNKNOWN_ORDER_DRAFT":
        form.add("", _GONE)
        form.give("draft", "")
        form.give("version", "")
    else:
        form.refuse(part.problem, {"written": "article-1", **order_form.fields_of(form)})


def seen_of(form: Form) -> Mapping[str, Any]:
    """The draft that an order began as, for the service; nothing where there was none."""
    if not form["draft"]:
        return {}
    return {"draft": {"draft_id": form["draft"], "version": quantity_of(form["version"])}}
