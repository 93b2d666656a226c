"""Enskild förskrivning: an application outside the assortment, a field for each point; kept as a
draft until it is sent.
"""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import work_order_form
from kvitt_portal.pages.asking import say_refused
from kvitt_portal.pages.registering import find_recipient
from kvitt_portal.pages.work_order_page import PAGE
from kvitt_portal.pages.work_order_registering import registered
from kvitt_portal.rendering import day, time
from kvitt_portal.services import Part

router = APIRouter()

_NEW: Final = f"{PAGE}/ansokan"
_DRAFTS: Final = "/application-drafts"


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """An application for a person whom a page links to; or for nobody yet."""
    person = here.request.query_params.get("person", "")
    form = Form(given={"person": person} if is_id(person) else {})
    return await _page(here, form)


@router.get(f"{_NEW}/{{draft}}")
async def go_on(here: Here, draft: UUID) -> Response:
    """Go on with a draft."""
    form = Form()
    work_order_form.fill_from(form, await here.need("orders", f"{_DRAFTS}/{draft}"))
    return await _page(here, form)


@router.post(_NEW)
async def apply(here: Here) -> Response:
    """Apply; or find for whom, or keep it as a draft. Everything that is missing is said at
    once.
    """
    form = await here.form()
    if form["draft"] and not is_id(form["draft"]):
        form.give("draft", "")
    if form["do"] == "other":
        form.give("person", "")
        return await _page(here, form, status=200)
    if not form["person"] or form["do"] == "find":
        await find_recipient(here, form)
        return await _page(here, form, status=200 if form.ok else 0)
    if form["do"] in ("keep", "keep_over"):
        return await _keep(here, form)
    work_order_form.check_application(form)
    if not form.ok:
        return await _page(here, form)
    body = work_order_form.application_of(form)
    if not here.may_for_all(
        "orders.work-order.register"
    ):  # it is kept with the draft for who can apply for others
        body.pop("requester", None)
    part = await here.send("orders", "POST", "/work-orders", body, form)
    if part.problem is not None:
        return await _refused(here, form, part)
    return registered(here, part.value)


@router.get(f"{_NEW}/{{draft}}/kasta")
async def ask(here: Here, draft: UUID) -> Response:
    """Ask whether a draft is to be thrown away: it does not come back."""
    return await _discarding(here, draft, Form())


@router.post(f"{_NEW}/{{draft}}/kasta")
async def discard(here: Here, draft: UUID) -> Response:
    """Throw a draft away."""
    form = await here.form()
    body = work_order_form.saved_of(form)
    part = await here.send(
        "orders", "POST", f"{_DRAFTS}/{draft}:discard", {"version": body["version"]}, form
    )
    if part.problem is not None:
        say_refused(form, part, work_order_form.NAMED)
        return await _discarding(here, draft, form)
    return here.go(PAGE, "Utkastet är kastat.")


async def _keep(here: Visit, form: Form) -> Response:
    """Keep the draft as it is written; over what somebody else has written where that is chosen."""
    path = f"{_DRAFTS}/{form['draft']}"
    if form["do"] == "keep_over" and form["draft"]:
        part = await here.ask("orders", path)
        if part:
            form.give("version", str(part.value["version"]))
    if form["draft"]:
        body = work_order_form.saved_of(form)
        part = await here.send("orders", "POST", f"{path}:save", body, form)
    else:
        body = work_order_form.draft_of(form)
        part = await here.send("orders", "POST", _DRAFTS, body, form)
    if part.problem is not None:
        return await _refused(here, form, part)
    return here.go(f"{_NEW}/{part.value['draft_id']}", _kept(part.value))


def _kept(view: Mapping[str, Any]) -> str:
    """What is said of a draft that was kept just now."""
    missing = ", ".join(one["said"] for one in view["missing"])
    lacks = f" Det saknar: {missing}." if missing else " Det är komplett."
    until = f" Tas bort den {day(view['removed_on'])} om ingen sparar det igen."
    return f"Utkastet är sparat. Inget är sökt ännu.{lacks}{until}"


async def _refused(here: Visit, form: Form, part: Part) -> Response:
    """What was not taken, beside its fields; of a draft what became of it meanwhile."""
    assert part.problem is not None
    if part.problem.reason == _GONE:
        form.add("", "Utkastet finns inte kvar: det har skickats, kastats eller tagits bort.")
        form.give("draft", "")
        form.give("version", "")
    else:
        form.refuse(part.problem, work_order_form.NAMED)
    is_changed = part.problem.reason == _CHANGED
    kept = await here.ask("orders", f"{_DRAFTS}/{form['draft']}") if is_changed else None
    return await _page(here, form, kept=kept.value if kept else None)


_GONE: Final = "UNKNOWN_APPLICATION_DRAFT"
_CHANGED: Final = "DRAFT_CHANGED"


async def _page(
    here: Visit, form: Form, *, kept: Mapping[str, Any] | None = None, status: int = 0
) -> Response:
    """The form. `kept`: the draft as somebody else has saved it meanwhile."""
    is_staff = here.may_for_all("orders.work-order.register")
    # who wrote it may work elsewhere now, and has no field to say where
    if not is_staff and form["service_point"] not in here.user.service_points:
        form.give("service_point", here.service_point)
    people = await here.people([form["person"]], purpose="ordering")
    names = await Names.of(
        here,
        customers=[form["service_point"]],
        users=[kept["saved_by"] if kept else None],
    )
    return here.page(
        "work_orders/application.html",
        form=form,
        kept=kept,
        changed=f"{names.user(kept['saved_by'])}, {time(kept['saved_at'])}" if kept else "",
        person=people.get(form["person"]),
        written=work_order_form.WRITTEN,
        names=names,
        oob=False,
        care_units=[],
        is_staff=is_staff,
        status=status,
    )


async def _discarding(here: Visit, draft: UUID, form: Form) -> Response:
    view = await here.need("orders", f"{_DRAFTS}/{draft}")
    form.give("version", str(view["version"]))
    people = await here.people([view["recipient"]["person"]], purpose="display")
    return here.page(
        "work_orders/discard.html",
        form=form,
        draft=view,
        person=people.get(view["recipient"]["person"]),
        names=await Names.of(here, users=[view["saved_by"]]),
    )
