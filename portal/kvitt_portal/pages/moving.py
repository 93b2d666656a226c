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
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import moving_plan
from kvitt_portal.pages.asking import code, items_of, person_for
from kvitt_portal.pages.moving_acts import (
    AGAIN,
    REFUSED,
    STATES,
    WAITING,
    Sending,
    fetch,
    fields_of,
    offer,
    offered_line,
    take_back,
)
from kvitt_portal.pages.moving_plan import KIND, OFFER, PICKUP, STORE, Chosen, Row
from kvitt_portal.pages.registering import digest_of
from kvitt_portal.pages.service_points import service_point_of
from kvitt_portal.services import Part

router = APIRouter()

_CASES: Final = 20


@dataclass(frozen=True, slots=True)
class _Store:
    """The store that takes back; no code where there is none."""

    code: str = ""
    is_central: bool = False


@dataclass(frozen=True, slots=True)
class _Has:
    """What the patient has, with what is proposed for it."""

    devices: Part
    lines: Part
    rows: list[Row]
    also_open: list[str]
    is_more: bool

    @property
    def is_known(self) -> bool:
        """False where something of it cannot be read now."""
        return bool(self.devices) and bool(self.lines)


@router.get("/mottagare/{person}/flyttar")
async def begin(here: Here, person: UUID) -> Response:
    """All that the patient has, with what the rules propose."""
    return await _page(here, await _person(here, person), Form())


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
    if not form["again"]:  # what is tried again is what was begun, on its day and in its store
        await _now(here, form)
    if form["seen"] != _seen(form, chosen):  # decision 0309: nothing is done that was not seen
        return await _page(here, who, form, is_new=True)
    sending = Sending(here, form)
    # the case first: what is wrong with it is said before anything is done
    case = await offer(sending, who.ref, offered)
    if case is not None and case.problem is not None and case.status < 500:
        form.refuse(case.problem, fields_of(offered))
        return await _page(here, who, form)
    ended = [offered_line(one, case) for one in offered if case is not None]
    # one after the other: they meet at the same store's balances
    ended += [await take_back(sending, one) for one in chosen if one.kind == STORE]
    ended += await fetch(sending, who.ref, [one for one in chosen if one.kind == PICKUP])
    is_silent = any(one.way == AGAIN for one in ended)
    return here.page(
        "moving/done.html",
        form=form,
        person=who,
        ended=ended,
        states=STATES,
        refused=sum(one.state == REFUSED for one in ended),
        waiting=sum(one.state == WAITING for one in ended),
        again=form.sent() if is_silent else [],
        status=200,
    )


async def _person(here: Visit, person: UUID) -> Person:
    return await person_for(
        here, str(person), may=here.may("orders.pickup.request"), otherwise=_NOT_THEIRS
    )


async def _page(here: Visit, who: Person, form: Form, *, is_new: bool = False) -> Response:
    has = await _has(here, who.ref, form)
    moving_plan.give(form, has.rows)
    shown = {row.key for row in has.rows if row.choices}
    every = moving_plan.chosen_of(form)
    chosen = [one for one in every if one.key in shown]
    return here.page(
        "moving/new.html",
        form=form,
        person=who,
        has=has,
        agreed=[row.device for row in has.rows if row.is_agreed],
        # what cannot be shown now is chosen still, and is seen before it is done
        kept=[] if has.is_known else [one for one in every if one.key not in shown],
        told=moving_plan.told(chosen),
        seen=_seen(form, chosen),
        is_new=is_new,
        names=await Names.of(here, customers=[form["service_point"]]),
        is_staff=here.may_for_all("orders.pickup.request"),
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
        mine = "" if here.may_for_all("orders.pickup.request") else here.service_point
        form.give("service_point", mine or await service_point_of(here, listed))
    store = await _now(here, form)
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
                    store=store.code,
                    is_central=store.is_central,
                    causes=causes[one["article_number"]],
                    case=latest.get(one["device_id"]),
                )
                for one in listed
            ),
            *(moving_plan.unmarked_row(one, store=store.code) for one in left[: moving_plan.MOST]),
        ],
        also_open=also_open,
        is_more=bool(devices and devices.value["next"]) or len(left) > moving_plan.MOST,
    )


async def _now(here: Visit, form: Form) -> _Store:
    """Where and when what comes back is returned as things are now, whatever a page that has been
    open since says: to the store that the service point has, today. On another day it is another
    act, with a key of its own.
    """
    today = (await here.today()).isoformat()
    if "on" in form and form["on"] != today:
        form.key = Form().key
    form.give("on", today)
    store = await _store(here, form["service_point"])
    form.give("store", store.code)
    return store


async def _store(here: Visit, service_point: str) -> _Store:
    """The store that takes back: the service point's own, and no other unit's; where it has none,
    customer service takes back into the central one. Raises PageProblem: orders does not answer.
    """
    if service_point:
        part = await here.ask("orders", f"/customers/{code(service_point)}")
        if part.problem is not None and part.status >= 500:
            raise PageProblem(part.problem)
        if part and part.value["store"]:
            return _Store(part.value["store"])
    if not here.may_for_all("orders.pickup.request"):
        return _Store()
    central = await here.ask("inventory", "/stores", kind="central", limit=1)
    return next((_Store(one["store"], is_central=True) for one in items_of(central)), _Store())


async def _causes(
    here: Visit, person: str, devices: Sequence[Mapping[str, Any]]
) -> tuple[dict[str, list[str] | None], list[str]]:
    """Why each article may be fetched, None where that is not known, and the patient's pickups that
    are open already. Mostly all of it may be fetched for the same cause: then that is all to know.
    """

    async def ask(*numbers: str) -> Part:
        return await here.ask("orders", "/pickups:choices", person=person, device=numbers)

    one_of = {one["article_number"]: one["device_number"] for one in devices}
    if not one_of:
        return {}, []
    every = await ask(*one_of.values())
    if not every or moving_plan.CAUSE in every.value["causes"]:
        return dict.fromkeys(one_of, _causes_of(every)), _open_of(every)
    parts = await asyncio.gather(*(ask(number) for number in one_of.values()))
    causes = {article: _causes_of(part) for article, part in zip(one_of, parts, strict=True)}
    return causes, _open_of(every)


def _causes_of(part: Part) -> list[str] | None:
    return list(part.value["causes"]) if part else None


def _open_of(part: Part) -> list[str]:
    return list(part.value["also_open"]) if part else []


def _latest(cases: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The latest case in which each device was offered, those that were taken back left out."""
    found: dict[str, Mapping[str, Any]] = {}
    for case in cases:  # the latest first
        if case["status"] != "withdrawn":
            for device in case.get("devices", ()):  # a service before names none
                found.setdefault(device, case)
    return found


def _seen(form: Form, chosen: Sequence[Chosen]) -> str:
    return digest_of(moving_plan.seen_of(form, chosen))


_NOT_THEIRS: Final = Problem(
    status=403, reason="FORBIDDEN", title="", detail="", way_on="Be enhetschefen om behörighet."
)
