"""Ärenden: what users ask customer service for. The list, which customer service answers in, and a
case with its answer.
"""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names, story_named
from kvitt_portal.pages import listing, things
from kvitt_portal.pages.answering import AT_ONCE, hastens, questions_of
from kvitt_portal.pages.asking import devices_of, items_of, pdf_of, say_refused
from kvitt_portal.pages.moving_plan import KIND
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/arenden"
_FILTERS: Final = ("status", "kind", "service_point", "mine", "late")
_ANSWERED: Final = {"outcome": "do", "text": "text"}
_START: Final = "/"


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Cases of one's service points, of customer service all: those that wait, the oldest first;
    the others on request.
    """
    if (again := here.remembered("arenden")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    is_staff = here.may_for_all("orders.case.answer")
    found = await listing.found(
        here,
        form,
        "orders",
        "/cases",
        status=listing.states_asked(form, statuses.CASES),
        kind=form["kind"],
        service_point=form["service_point"],
        asked_by=here.user.user_id if form["mine"] else "",
        late=True if form["late"] else None,
        limit=AT_ONCE if is_staff else listing.LIMIT,
    )
    items = items_of(found)
    questions, names = await asyncio.gather(
        questions_of(here, items if is_staff else ()),
        _names_of(here, items, places=listing.places_asked(here, form)),
    )
    return here.page(
        "cases/search.html",
        found=found,
        questions={one.case["case_id"]: one for one in questions},
        form=form,
        names=names,
        places=listing.places_of(here, form, names),
        states=listing.states_of(statuses.CASES, every="Alla, också besvarade"),
        words=things.WORDS,
        page_of=things.page_of,
        is_staff=is_staff,
        status=200,
    )


@router.get(f"{PAGE}/{{case}}")
async def shown(here: Here, case: UUID) -> Response:
    """A case with what it is about, and its answer."""
    return await _page(here, case, Form())


@router.get(f"{PAGE}/{{case}}/lista")
async def offer(here: Here, case: UUID) -> Response:
    """The list of what the other region is offered, to print."""
    return pdf_of(await here.ask("orders", f"/cases/{case}/slip"))


@router.post(f"{PAGE}/{{case}}/svara")
async def answer(here: Here, case: UUID) -> Response:
    """Customer service's answer, from its page or from where it is listed: done, or refused with
    why. To make a pickup urgent is done together with it.
    """
    form = await here.form()
    body = {"outcome": form["do"] or "done", "text": form["text"] or None}
    part = await here.send("orders", "POST", f"/cases/{case}:answer", body, form)
    said = _said_of(part.value) if part else ""
    return await _done(here, case, form, part, said, page=listing.listed_at(form, PAGE, _START))


@router.post(f"{PAGE}/{{case}}/ta-tillbaka")
async def withdraw(here: Here, case: UUID) -> Response:
    """Whoever asked, or a colleague, needs no answer any more."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/cases/{case}:withdraw", None, form)
    return await _done(here, case, form, part, "Ärendet är tillbakataget.")


async def _done(
    here: Visit, case: UUID, form: Form, part: Part, said: str, *, page: str = ""
) -> Response:
    if part.problem is None:
        return here.go(page or f"{PAGE}/{case}", said)
    say_refused(form, part, _ANSWERED)
    return await _page(here, case, form)


async def _page(here: Visit, case: UUID, form: Form) -> Response:
    found = await here.need("orders", f"/cases/{case}")
    view = {"devices": [], **found}  # a service before names none
    story, about, names, devices = await asyncio.gather(
        here.ask("orders", f"/cases/{case}/story"),
        things.name_of(here, view["about"]),
        _names_of(here, [view]),
        devices_of(here, view["devices"]),
    )
    is_waiting, answers = view["status"] == "waiting", here.may("orders.case.answer")
    to_sell, sales = _to_sell(devices.values())
    is_mine = here.user.user_id == view["asked_by"] or (
        view["service_point"] in here.user.service_points
    )
    return here.page(
        "cases/case.html",
        case=view,
        about=about,
        about_page=things.page_of(view["about"]["kind"], view["about"]["id"])
        if view["about"]
        else "",
        names=names,
        story=story,
        told=await story_named(here, story),
        form=form,
        devices=devices,
        may_take_back=view["kind"] == KIND
        and view["outcome"] == "refused"
        and (is_mine or answers),
        to_sell=to_sell,
        sales=sales,
        may_sell=view["kind"] == KIND and view["outcome"] == "done" and (is_mine or answers),
        may_answer=is_waiting and answers,
        may_withdraw=is_waiting and is_mine and here.may_at_units("orders.case.ask"),
        hastens=hastens(view),
    )


def _to_sell(devices: Iterable[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    """Of what was offered, what a sale can be asked for still; and the sales of the rest."""
    named = list(devices)
    free = [one for one in named if one["claim"] is None and one["holder"]["kind"] == "patient"]
    claims = [one["claim"] for one in named if one["claim"]]
    return free, list(dict.fromkeys(one["by"] for one in claims if one["kind"] == "sale"))


def _said_of(view: dict[str, Any]) -> str:
    """What was answered: in a list the case that was answered is gone."""
    kind = statuses.CASE_KINDS.get(view["kind"], view["kind"]).lower()
    outcome = statuses.CASE_OUTCOMES.get(view["outcome"], view["outcome"]).lower()
    return f"Svaret är lämnat. {view['service_point']}, {kind}: {outcome}."


async def _names_of(
    here: Visit, cases: Sequence[dict[str, Any]], *, places: Sequence[str] = ()
) -> Names:
    return await Names.of(
        here,
        customers=[*places, *(one["service_point"] for one in cases)],
        users=[one[who] for one in cases for who in ("asked_by", "answered_by")],
    )
