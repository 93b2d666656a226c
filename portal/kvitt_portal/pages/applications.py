"""Enskild förskrivning: an application outside the assortment, a field for each point."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Visit
from kvitt_portal.menu import STAFF
from kvitt_portal.names import Names
from kvitt_portal.pages import work_order_form
from kvitt_portal.pages.registering import find_recipient
from kvitt_portal.pages.work_order_page import PAGE
from kvitt_portal.pages.work_order_registering import registered

router = APIRouter()

_NEW: Final = f"{PAGE}/ansokan"


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """An application for a person whom a page links to; or for nobody yet."""
    person = here.request.query_params.get("person", "")
    form = Form(given={"person": person} if is_id(person) else {})
    if here.service_point and not here.has(*STAFF):
        form.give("service_point", here.service_point)
    return await _page(here, form)


@router.post(_NEW)
async def apply(here: Here) -> Response:
    """Apply; or find for whom. Everything that is missing is said at once."""
    form = await here.form()
    if form["do"] == "other":
        form.give("person", "")
        return await _page(here, form, status=200)
    if not form["person"] or form["do"] == "find":
        await find_recipient(here, form)
        return await _page(here, form, status=200 if form.ok else 0)
    work_order_form.check_application(form)
    if not form.ok:
        return await _page(here, form)
    body = work_order_form.application_of(form)
    part = await here.send("orders", "POST", "/work-orders", body, form)
    if part.problem is not None:
        form.refuse(part.problem, work_order_form.NAMED)
        return await _page(here, form)
    return registered(here, part.value)


async def _page(here: Visit, form: Form, *, status: int = 0) -> Response:
    people = await here.people([form["person"]], purpose="ordering")
    return here.page(
        "work_orders/application.html",
        form=form,
        person=people.get(form["person"]),
        names=await Names.of(here, customers=[form["service_point"]]),
        oob=False,
        care_units=[],
        is_staff=here.has(*STAFF),
        status=status,
    )
