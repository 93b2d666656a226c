"""Patienten flyttar: one page with all that a patient has, what becomes of each, and one act."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, PageProblem, Person, Visit
from kvitt_portal.menu import CARE, STAFF
from kvitt_portal.names import Names
from kvitt_portal.pages import moving_plan, pickup_form
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.moving_plan import KIND, OFFER, PICKUP, STORE, Chosen, Row
from kvitt_portal.pages.own_store import own_stores, store_of
from kvitt_portal.pages.registering import digest_of
from kvitt_portal.pages.service_points import service_point_of
from kvitt_portal.services import Part

router = APIRouter()

_CASES: Final = 20
_OF_CASE: Final = {"text": "text", "service_point": "service_point"}


@dataclass(frozen=True, slots=True)
class Ended:
    """How a line ended: done or not, what is said of it, and the way on."""

    said: str
    is_done: bool
    text: str
    page: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class _Has:
    """What the patient has, with what is proposed for it."""

    devices: Part
    lines: Part
    rows: list[Row]
    also_open: list[str]
    is_more: bool


@router.get("/mottagare/{person}/flyttar")
async def begin(here: Here, person: UUID) -> Response:
    """All that the patient has, with what the rules propose."""
    who = await _person(here, person)
    form = Form(given={"on": (await here.today()).isoformat()})
    return await _page(here, who, form)


@router.post("/mottagare/{person}/flyttar")
async def do(here: Here, person: UUID) -> Response:
    """Do it, line by line; what was not seen as it is said now is shown first."""
    who = await _person(here, person)
    form = await here.form()
    chosen = moving_plan.chosen_of(form)
    offered = [one for one in chosen if one.kind == OFFER]
    form.must("service_point", text="Ange tjänstestället som patienten hör till.")
    if offered and not form["text"]:
        form.add("text", "Skriv vart patienten flyttar, fakturaadressen och kontaktpersonen.")
    if not any(one.kind != moving_plan.STAY for one in chosen):
        form.add("", "Välj vad som ska göras med minst en rad.")
    if not form.ok:
        return await _page(here, who, form)
    if form["seen"] != _seen(chosen):  # decision 0309: nothing is done that was not seen
        return await _page(here, who, form, is_new=True)
    # the case first: what is wrong with its words is said before anything is done
    case = await _offer(here, form, who.ref, offered)
    if case is not None and case.problem is not None and _is_of_words(case.problem):
        form.refuse(case.problem, _OF_CASE)
        return await _page(here, who, form)
    ended = [_offered(one, case, offered) for one in offered if case is not None]
    # one after the other: they meet at the same store's balances
    ended += [await _return(here, form, one) for one in chosen if one.kind == STORE]
    ended += await _fetch(here, form, who.ref, [one for one in chosen if one.kind == PICKUP])
    is_silent = any(one.way == _AGAIN for one in ended)
    return here.page(
        "moving/done.html",
        form=form,
        person=who,
        ended=ended,
        again=form.sent() if is_silent else [],
        status=200,
    )


_AGAIN: Final = "Försök igen"


async def _person(here: Visit, person: UUID) -> Person:
    if not here.has(*CARE, *STAFF):
        raise PageProblem(_NOT_THEIRS)
    found = (await here.people([str(person)], purpose="ordering")).get(str(person))
    if found is None:
        raise PageProblem(_UNKNOWN)
    return found


async def _page(here: Visit, who: Person, form: Form, *, is_new: bool = False) -> Response:
    has = await _has(here, who.ref, form)
    moving_plan.give(form, has.rows)
    shown = {row.key for row in has.rows if row.choices}
    chosen = [one for one in moving_plan.chosen_of(form) if one.key in shown]
    return here.page(
        "moving/new.html",
        form=form,
        person=who,
        has=has,
        told=moving_plan.told(chosen),
        seen=_seen(chosen),
        is_new=is_new,
        names=await Names.of(here, customers=[form["service_point"]]),
        is_staff=here.has(*STAFF),
    )


async def _has(here: Visit, person: str, form: Form) -> _Has:
    devices, lines, cases = await asyncio.gather(
        here.ask("inventory", "/devices", person=person, limit=moving_plan.MOST),
        here.ask("inventory", "/returns:choices", person=person),
        here.ask(
            "orders",
            "/cases",
            about_id=person,
            kind=KIND,
            status=list(statuses.CASES),
            sort="-asked_on",
            limit=_CASES,
        ),
    )
    listed = items_of(devices)
    if not form["service_point"]:
        mine = "" if here.has(*STAFF) else here.service_point
        form.give("service_point", mine or await service_point_of(here, listed))
    if "store" not in form:
        form.give("store", await _store(here, form["service_point"]))
    store = form["store"]
    causes, also_open = await _causes(here, person, listed)
    latest = _latest(items_of(cases))
    left = list(lines.value["lines"]) if lines else []
    return _Has(
        devices=devices,
        lines=lines,
        rows=[
            *(
                moving_plan.device_row(
                    one,
                    store=store,
                    causes=causes.get(one["article_number"], ()),
                    case=latest.get(one["device_id"]),
                )
                for one in listed
            ),
            *(moving_plan.unmarked_row(one, store=store) for one in left[: moving_plan.MOST]),
        ],
        also_open=also_open,
        is_more=bool(devices and devices.value["next"]) or len(left) > moving_plan.MOST,
    )


async def _store(here: Visit, service_point: str) -> str:
    """The store that takes back: the service point's own, else the first of the user's; customer
    service takes back into the central one.
    """
    if found := await store_of(here, service_point):
        return found
    if here.has(*STAFF):
        central = await here.ask("inventory", "/stores", kind="central", limit=1)
        return next((str(one["store"]) for one in items_of(central)), "")
    return next(iter((await own_stores(here)).values()), "")


async def _causes(
    here: Visit, person: str, devices: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, list[str]], list[str]]:
    """Why each article may be fetched, and the patient's pickups that are open already."""
    one_of = {one["article_number"]: one["device_number"] for one in devices}
    parts = await asyncio.gather(
        *(
            here.ask("orders", "/pickups:choices", person=person, device=[number])
            for number in one_of.values()
        )
    )
    causes = {
        article: list(part.value["causes"]) if part else []
        for article, part in zip(one_of, parts, strict=True)
    }
    return causes, next((list(part.value["also_open"]) for part in parts if part), [])


def _latest(cases: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The latest case in which each device was offered, those that were taken back left out."""
    found: dict[str, Mapping[str, Any]] = {}
    for case in cases:  # the latest first
        if case["status"] != "withdrawn":
            for device in case["devices"]:
                found.setdefault(device, case)
    return found


def _seen(chosen: Sequence[Chosen]) -> str:
    return digest_of(moving_plan.seen_of(chosen))


# -- what is done ------------------------------------------------------------------------------


async def _offer(here: Visit, form: Form, person: str, offered: Sequence[Chosen]) -> Part | None:
    if not offered:
        return None
    body = {
        "kind": KIND,
        "about": {"kind": "person", "id": person},
        "devices": [one.device for one in offered],
        "service_point": form["service_point"],
        "text": form["text"],
    }
    return await here.send("orders", "POST", "/cases", body, form)


def _is_of_words(problem: Problem) -> bool:
    """True where it is about what is written in the form, not about a device."""
    return problem.status < 500 and not (problem.field or "").startswith("devices.")


def _offered(one: Chosen, case: Part, offered: Sequence[Chosen]) -> Ended:
    if case.problem is None:
        page = f"/arenden/{case.value['case_id']}"
        return Ended(one.said, True, "Erbjuds: kundtjänst har fått ärendet.", page, "Ärendet")
    named = case.problem.field == f"devices.{offered.index(one)}"
    if named or case.status >= 500:
        return _refused(one, case)
    return Ended(one.said, False, "Inget erbjöds, eftersom ett annat hjälpmedel inte kunde det.")


async def _return(here: Visit, form: Form, one: Chosen) -> Ended:
    body = {
        "store": form["store"],
        "devices": [one.device] if one.device else [],
        "lines": [{"order": one.order, "line": one.line, "quantity": one.quantity}]
        if one.order
        else [],
        "returned_on": form["on"],
        "leaves_region": True,
    }
    part = await here.send("inventory", "POST", "/returns", body, _part_of(form, one.key))
    if part.problem is not None:
        return _refused(one, part)
    is_scrapped = any(line["is_scrapped"] for line in part.value["lines"])
    said = "Återtaget och skrotat." if is_scrapped else f"Återtaget till förråd {form['store']}."
    return Ended(one.said, True, said)


async def _fetch(here: Visit, form: Form, person: str, fetched: Sequence[Chosen]) -> list[Ended]:
    """One pickup for each cause."""
    ended = []
    for cause in dict.fromkeys(one.cause for one in fetched):
        those = [one for one in fetched if one.cause == cause]
        to = "unit" if cause == pickup_form.BY_POST else "recipient"
        body = {
            "recipient": {"kind": "patient", "person": person},
            "service_point": form["service_point"],
            "ordered_by": "unit",
            "cause": cause,
            "devices": [one.device for one in those],
            "delivery": {"to": {"kind": to}},
        }
        part = await here.send("orders", "POST", "/pickups", body, _part_of(form, cause))
        refused = await _refused_of(here, part)
        ended += [_fetched(one, part, refused, person) for one in those]
    return ended


async def _refused_of(here: Visit, part: Part) -> dict[str, str]:
    """Why the store does not let some of a pickup be fetched, by the device's number."""
    if part.problem is not None or not part.value["refused"]:
        return {}
    reasons = {one["device_id"]: one["reason"] for one in part.value["refused"]}
    named = await here.ask("inventory", "/devices:named", id=list(reasons))
    return {one["device_number"]: reasons[one["device_id"]] for one in items_of(named)}


def _fetched(one: Chosen, part: Part, refused: Mapping[str, str], person: str) -> Ended:
    form = f"/hamtordrar/ny?person={person}&device={one.device}"
    if part.problem is not None:
        if part.status >= 500:
            return _refused(one, part)
        return Ended(one.said, False, said_of(part.problem), form, "Beställ hämtning")
    page = f"/hamtordrar/{part.value['pickup_id']}"
    if part.value["status"] == "refused":
        said = statuses.TAKEN.get(refused.get(one.device, ""), "Inget av hämtordern hämtas.")
        return Ended(one.said, False, said, page, "Hämtordern")
    return Ended(
        one.said,
        True,
        "Hämtas: lagret har inte svarat än." if part.waits else "Hämtas.",
        page,
        f"Hämtorder {part.value['pickup_number']}",
    )


def _refused(one: Chosen, part: Part) -> Ended:
    assert part.problem is not None
    if part.status >= 500:
        return Ended(one.said, False, said_of(part.problem), way=_AGAIN)
    return Ended(one.said, False, said_of(part.problem))


def _part_of(form: Form, name: str) -> Form:
    """The form's key for one of several things that it does."""
    made = Form()
    made.key = f"{form.key}/{name}"
    return made


_NOT_THEIRS: Final = Problem(
    status=403, reason="FORBIDDEN", title="", detail="", way_on="Be enhetschefen om behörighet."
)
_UNKNOWN: Final = Problem(
    status=404, reason="UNKNOWN_PERSON", title="", detail="", way_on="Sök med hela personnumret."
)
