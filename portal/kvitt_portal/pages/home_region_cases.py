"""Hemregionsärenden: what another region or the state pays for, with what is missing and until when
(BIL-5, BIL-11). The list, and a case with its acts.
"""

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names, story_named
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import items_of, say_refused
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/hemregionsarenden"
_FILTERS: Final = ("show", "service_point")
_WAITS: Final = {"commitment": "Väntar på förbindelse", "finish": "Väntar på avslut"}
_SHOWN: Final = (
    *_WAITS.items(),
    *((state, said) for state, (said, _) in statuses.HOME_REGION_CASES.items()),
)
"""What a list may be narrowed to: what is waited for, or a state."""
_COMMITTED: Final = {"approved_on": "approved_on", "reference": "reference"}
_FINISHED: Final = {"finished_on": "finished_on"}
_ORDER: Final = "order"


@router.get(PAGE)
async def search(here: Here) -> Response:
    """The cases of one's units, of customer service all, the latest first."""
    if (again := here.remembered("hemregionsarenden")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    shown = form["show"]
    found = await listing.found(
        here,
        form,
        "billing",
        "/home-region-cases",
        waits_for=shown if shown in _WAITS else None,
        status=None if shown in _WAITS else shown,
        service_point=form["service_point"],
        written={"status": ("show", "Välj vilka som ska visas.")},
    )
    items = items_of(found)
    names = await Names.of(
        here,
        payers=[one["payer_id"] for one in items],
        customers=[*listing.places_asked(here, form), *(one["service_point"] for one in items)],
    )
    return here.page(
        "home_regions/search.html",
        found=found,
        form=form,
        names=names,
        places=listing.places_of(here, form, names),
        shown=_SHOWN,
        status=200,
    )


@router.get(f"{PAGE}/{{order}}")
async def shown(here: Here, order: UUID) -> Response:
    """A case with what it waits for, what is charged, and what has happened."""
    return await _page(here, order, None)


@router.post(f"{PAGE}/{{order}}/forbindelse")
async def commit(here: Here, order: UUID) -> Response:
    """Record the home region's payment commitment."""
    form = await here.form()
    form.must("approved_on", text="Ange dagen då hemregionen godkände.")
    form.must("reference", text="Ange förbindelsens beteckning.")
    said = "Betalningsförbindelsen är registrerad. Spara handlingen på enheten."
    return await _act(here, order, form, "commit", _COMMITTED, said)


@router.post(f"{PAGE}/{{order}}/avsluta")
async def finish(here: Here, order: UUID) -> Response:
    """Report that the fitting is finished: what has waited is charged."""
    form = await here.form()
    form.must("finished_on", text="Ange dagen då utprovningen avslutades.")
    said = "Utprovningen är rapporterad avslutad. Det som väntade debiteras."
    return await _act(here, order, form, "finish", _FINISHED, said)


async def _act(
    here: Visit, order: UUID, form: Form, act: str, names: Mapping[str, str], said: str
) -> Response:
    if not form.ok:
        return await _page(here, order, form)
    body = {name: form[field] for name, field in names.items()}
    part = await here.send("billing", "POST", f"/home-region-cases/{order}:{act}", body, form)
    if part.problem is None:
        there = f"/bestallningar/{order}" if form["from"] == _ORDER else f"{PAGE}/{order}"
        return here.go(there, said)
    say_refused(form, part, names)
    return await _page(here, order, form)


async def case_of(here: Visit, order: Mapping[str, Any]) -> dict[str, Any] | None:
    """What an order's page shows of its case; None where its own payers pay for it."""
    if not order.get("cover"):
        return None
    part = await here.ask("billing", f"/home-region-cases/{order['order_id']}")
    return await told_of(here, part, None)


async def told_of(here: Visit, part: Part, form: Form | None) -> dict[str, Any]:
    """A case as templates take it: itself, with when the payer is invoiced without further contact,
    and in how many days; and the form of its acts.
    """
    today = await here.today()
    until = None
    for wait in part.value["waits"] if part else ():
        until = until or wait["until"]
    filled = form or Form()
    for name in ("approved_on", "finished_on"):
        if name not in filled:
            filled.give(name, today.isoformat())
    return {
        "part": part,
        "case": part.value if part else None,
        "until": until,
        "days": (date.fromisoformat(until) - today).days if until else None,
        "missing": [one["waits_for"] for one in part.value["waits"]] if part else [],
        "may_act": here.may("billing.home-region-case.commit"),
        "form": filled,
    }


async def _page(here: Visit, order: UUID, form: Form | None) -> Response:
    path = f"/home-region-cases/{order}"
    case = await here.need("billing", path)
    story, told, names = await asyncio.gather(
        here.ask("billing", f"{path}/story"),
        told_of(here, Part(200, case), form),
        Names.of(
            here,
            payers=[case["payer_id"]],
            customers=[case["service_point"]],
            users=[case["prescriber"]],
        ),
    )
    return here.page(
        "home_regions/case.html",
        case=case,
        told=told,
        story=story,
        named_story=await story_named(here, story),
        names=names,
        form=told["form"],
    )
