"""Felanmälningar: what is broken and nobody prescribes any more. Customer service reports it, the
main responsible answers, and both say how it may be used meanwhile.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import code, devices_of, items_of, recipients_of
from kvitt_portal.pages.receivers import receivers_of
from kvitt_portal.pages.service_points import service_point_of
from kvitt_portal.pages.transfer_form import BETWEEN
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/felanmalningar"
OPEN: Final = ("waiting", "naming", "prescribed", "forwarded")
_MOST: Final = 200
_ASSESSED_AT_ONCE: Final = 20
"""So many stand on a page where each can be assessed: what is wrong is asked for by itself."""
_FILTERS: Final = ("status", "service_point", "escalated")
_RESPONSIBLE: Final = ("responsible", "use", "why")
_TECHNICIAN: Final = ("technician", "risk", "risk_why")
"""Who assesses the risk, and in which fields: how it may be used, and why."""
_NEW: Final = {
    "device_number": "device",
    "service_point": "service_point",
    "text": "text",
    "asked_by": "asked_by",
}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Fault reports that one's service points answer, or that one has part in; those that are
    closed on request.
    """
    if (again := here.remembered("felanmalningar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    is_staff = here.may_for_all("orders.fault-report.close")
    found = await listing.found(
        here,
        form,
        "orders",
        "/fault-reports",
        status=listing.states_asked(form, statuses.FAULT_REPORTS) or list(OPEN),
        service_point=form["service_point"],
        escalated=True if form["escalated"] else None,
        limit=_ASSESSED_AT_ONCE if is_staff else listing.LIMIT,
    )
    items = items_of(found)
    views, devices, people, names = await asyncio.gather(
        _views_of(here, items if is_staff else ()),
        devices_of(here, [one["device_id"] for one in items]),
        recipients_of(here, items),
        _names_of(here, items, places=listing.places_asked(here, form)),
    )
    return here.page(
        "fault_reports/search.html",
        found=found,
        views=views,
        form=form,
        devices=devices,
        people=people,
        names=names,
        places=listing.places_of(here, form, names),
        states=listing.states_of(statuses.FAULT_REPORTS, every="Alla, också avslutade"),
        uses=_uses(),
        is_staff=is_staff,
        status=200,
    )


@router.get(f"{PAGE}/ny")
async def begin(here: Here) -> Response:
    """Customer service's report of a fault on the device that a page links to."""
    _require_staff(here)
    device = here.request.query_params.get("device", "")
    return await _new(here, Form(given={"device": device}), is_fresh=True)


@router.post(f"{PAGE}/ny")
async def report(here: Here) -> Response:
    """Report it, and say for the technicians how it may be used, where that is said."""
    _require_staff(here)
    form = await here.form()
    form.must("service_point", text="Ange tjänstestället vars huvudansvariga ska svara.")
    device = await here.need("inventory", f"/devices/{code(form['device'])}")
    if not form.ok:
        return await _new(here, form)
    body = {
        "device_number": device["device_number"],
        "service_point": form["service_point"],
        "text": form["text"] or None,
        "asked_by": form["asked_by"] or None,
    }
    part = await here.send("orders", "POST", "/fault-reports", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _NEW)
        return await _new(here, form)
    page = f"{PAGE}/{part.value['fault_report_id']}"
    if form["risk"]:
        said = await _assess(here, page.rpartition("/")[2], form, is_technician=True)
        if said.problem is not None:
            return here.go(page, f"Felet är anmält. {said_of(said.problem)}", tone="warning")
    return here.go(page, "Felet är anmält. Den som är huvudansvarig får veta det.")


@router.get(f"{PAGE}/{{fault_report}}")
async def shown(here: Here, fault_report: UUID) -> Response:
    """A fault report with both sides' assessment, and what can be done about it."""
    return await _page(here, fault_report, Form())


@router.post(f"{PAGE}/{{fault_report}}/svara")
async def answer(here: Here, fault_report: UUID) -> Response:
    """The main responsible's answer, as a whole: who prescribes it from now on, or to whom the need
    for a new assessment goes; and how it may be used meanwhile.
    """
    form = await here.form()
    if form["do"] == "search":
        return await _page(here, fault_report, form)
    if form["do"] == "forward" and not form["to"]:
        form.add("receiver", "Sök och välj vem som ska bedöma behovet på nytt.")
    elif not (form["prescriber"] or form["to"] or form["use"]):
        form.add("prescriber", "Välj vem som förskriver det, eller vem som ska bedöma på nytt.")
    if form.ok and form["use"]:
        await _assess(here, str(fault_report), form, is_technician=False)
    said = await _reply(here, fault_report, form) if form.ok else ""
    if not form.ok:
        return await _page(here, fault_report, form)
    return here.go(f"{PAGE}/{fault_report}", said)


async def _reply(here: Visit, fault_report: UUID, form: Form) -> str:
    """Forward the report, or name who prescribes; what to say of it. Nothing is done where neither
    is chosen.
    """
    to, _, _ = form["to"].partition(BETWEEN)
    path = _path(fault_report)
    if to and (form["do"] == "forward" or not form["prescriber"]):
        part = await here.send("orders", "POST", f"{path}:forward", {"to": to}, form)
        form.refuse(part.problem, {"to": "receiver", "": "receiver"})
        return "Behovet är skickat vidare."
    if not form["prescriber"]:
        return "Bedömningen är sparad."
    body = {"prescriber": form["prescriber"]}
    part = await here.send("orders", "POST", f"{path}:name-prescriber", body, form)
    form.refuse(part.problem, {"prescriber": "prescriber", "": "prescriber"})
    return "" if part and part.value["pending"] else "Svaret är lämnat."


@router.post(f"{PAGE}/{{fault_report}}/bedom")
async def assess(here: Here, fault_report: UUID) -> Response:
    """How the device may be used meanwhile, for the technicians: from its page, or its row."""
    form = await here.form()
    form.must("risk", text="Välj om och hur det får användas.")
    page = listing.listed_at(form, PAGE)
    if form.ok:
        await _assess(here, str(fault_report), form, is_technician=True, is_first=bool(page))
    if not form.ok:
        return await _page(here, fault_report, form)
    said = statuses.USES.get(form["risk"], (form["risk"], ""))[0].lower()
    return here.go(page or f"{PAGE}/{fault_report}", f"Bedömningen är sparad: {said}.")


@router.post(f"{PAGE}/{{fault_report}}/avsluta")
async def close(here: Here, fault_report: UUID) -> Response:
    """Customer service ends the report, with what it led to."""
    form = await here.form()
    form.must("outcome", text="Välj vad felanmälan ledde till.")
    if form.ok:
        body = {"outcome": form["outcome"]}
        part = await here.send("orders", "POST", f"{_path(fault_report)}:close", body, form)
        form.refuse(part.problem, {"outcome": "outcome", "": "outcome"})
    if not form.ok:
        return await _page(here, fault_report, form)
    return here.go(f"{PAGE}/{fault_report}", "Felanmälan är avslutad.")


@router.post(f"{PAGE}/{{fault_report}}/forskrivare")
async def find(here: Here, fault_report: UUID) -> Response:
    """While it is written: who may make a new assessment."""
    form = await here.form()
    receivers = await receivers_of(here, form["receiver"])
    return here.page("fault_reports/receivers.html", form=form, receivers=receivers)


async def _views_of(here: Visit, reports: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Open reports in full, by their ids: what is wrong, and which side has assessed it."""
    those = [one["fault_report_id"] for one in reports if one["status"] in OPEN]
    parts = await asyncio.gather(*(here.ask("orders", f"/fault-reports/{one}") for one in those))
    return {one: part.value for one, part in zip(those, parts, strict=True) if part}


async def _assess(
    here: Visit, fault_report: str, form: Form, *, is_technician: bool, is_first: bool = False
) -> Part:
    """One side's assessment, of the fields of its own; `is_first`: as a row has shown, that side
    has not assessed it yet.
    """
    side, use, text = _TECHNICIAN if is_technician else _RESPONSIBLE
    body = {"side": side, "use": form[use], "text": form[text] or None, "is_first": is_first}
    part = await here.send(
        "orders", "POST", f"/fault-reports/{fault_report}:assess-risk", body, form
    )
    form.refuse(part.problem, {"use": use, "text": text, "side": use, "": use})
    return part


async def _new(here: Visit, form: Form, *, is_fresh: bool = False) -> Response:
    device = await here.need("inventory", f"/devices/{code(form['device'])}")
    if is_fresh:
        form.give("service_point", await service_point_of(here, [device]))
    people, names = await asyncio.gather(
        recipients_of(here, [{"recipient": device["holder"]}]),
        Names.of(
            here,
            customers=[form["service_point"], device.get("customer_id")],
            care_units=[device["holder"].get("unit")],
            stores=[device["holder"].get("store")],
            users=[device["prescriber"]],
        ),
    )
    return here.page(
        "fault_reports/new.html",
        form=form,
        device=device,
        people=people,
        names=names,
        uses=_uses(),
    )


async def _page(here: Visit, fault_report: UUID, form: Form) -> Response:
    view = await here.need("orders", _path(fault_report))
    place = view["service_point"]
    story, devices, people, users, responsible, receivers = await asyncio.gather(
        here.ask("orders", f"{_path(fault_report)}/story"),
        devices_of(here, [view["device_id"]]),
        recipients_of(here, [view]),
        here.ask(
            "orders",
            "/users",
            service_point=place,
            role="prescriber",
            active=True,
            limit=_MOST,
        ),
        here.ask("bmb", f"/responsibles/{place}"),
        receivers_of(here, form["receiver"]),
    )
    told = items_of(story)
    answers = list(responsible.value["acts_today"]) if responsible else []
    names = await _names_of(
        here,
        [view],
        places=[place],
        users=[
            *(one["user_id"] for one in items_of(users)),
            *answers,
            *(one["by"] for one in told),
        ],
    )
    is_there = place in here.user.service_points and here.may_at_units(
        "orders.fault-report.forward"
    )
    # where nobody says who answers, the service does
    is_mine = is_there and (not answers or here.user.user_id in answers)
    device = devices.get(view["device_id"])
    colleagues = sorted(
        ((one["user_id"], names.user(one["user_id"])) for one in items_of(users)),
        key=lambda one: one[1].casefold(),
    )
    is_open = view["status"] != "closed"
    for name, said in (("use", view["by_responsible"]), ("risk", view["by_technician"])):
        if name not in form and said:
            form.give(name, said)
    return here.page(
        "fault_reports/report.html",
        report=view,
        device=device,
        people=people,
        names=names,
        users=users,
        answers=[names.user(one) for one in answers],
        contacts=[way for one in answers for way in names.contact(one)],
        colleagues=colleagues,
        receivers=receivers,
        story=story,
        told=names.story(story.value) if story else None,
        form=form,
        use_options=_uses(),
        may_answer=is_mine and view["status"] == "waiting",
        may_assess=is_mine and is_open,
        is_staff=here.may("orders.fault-report.close") and is_open,
        must_wait_for=not is_mine and is_there and view["status"] == "waiting",
    )


def _uses() -> list[tuple[str, str]]:
    return [(one, said) for one, (said, _) in statuses.USES.items()]


def _path(fault_report: UUID) -> str:
    return f"/fault-reports/{fault_report}"


async def _names_of(
    here: Visit,
    reports: Sequence[dict[str, Any]],
    *,
    places: Sequence[str] = (),
    users: Sequence[str | None] = (),
) -> Names:
    roles = ("prescriber", "forwarded_to", "reported_by", "asked_by")
    return await Names.of(
        here,
        customers=[*places, *(one["service_point"] for one in reports)],
        care_units=[one["recipient"].get("unit") for one in reports],
        users=[*users, *(one.get(role) for one in reports for role in roles)],
    )


def _require_staff(here: Visit) -> None:
    if not here.may("orders.fault-report.report"):
        raise PageProblem(_NOT_STAFF)


_NOT_STAFF: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara kundtjänst",
    detail="Fel på hjälpmedel som ingen förskriver anmäls av kundtjänst.",
    way_on="Ring kundtjänst, som anmäler felet.",
)
