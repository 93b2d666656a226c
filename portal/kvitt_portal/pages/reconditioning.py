"""Rekonditionering: what has come back to the device service, the longest wait first, and what a
technician has done with it.
"""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.scanning import take_number
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/rekonditionering"
_FILTERS: Final = ("device", "status", "late")
_WRITTEN: Final = {"device_number": ("device", "Skanna eller skriv hela individnumret.")}
_FIELDS: Final = {"reason": "reason"}
_SAID: Final = {
    "inspected": "kontrollerat",
    "cleaned": "rengjort",
    "repaired": "reparerat",
    "approved": "godkänt, och disponibelt igen",
    "scrapped": "skrotat",
}
"""What is told when a step is done."""


@router.get(PAGE)
async def search(here: Here) -> Response:
    """What waits; a scanned device alone."""
    _require_staff(here)
    return await _list(here, Form())


@router.get(f"{PAGE}/{{work}}")
async def one(here: Here, work: UUID) -> Response:
    """One work alone, as a message leads to it."""
    _require_staff(here)
    shown = await here.need("inventory", f"/reconditionings/{work}")
    return await _page(here, Form(), listing.filters_of(here, _FILTERS), listing.alone(shown))


@router.post(f"{PAGE}/{{work}}")
async def done(here: Here, work: UUID) -> Response:
    """A step is done today: a stage, or the end."""
    _require_staff(here)
    form = await here.form()
    step, page = form["step"], listing.listed_at(form, PAGE) or PAGE
    if step not in _SAID:
        form.add("", "Välj vad som är gjort.")
        return await _list(here, form, wrong=str(work))
    body: dict[str, str] = {"done_on": (await here.today()).isoformat()}
    verb = {"approved": "approve", "scrapped": "scrap"}.get(step, "do-stage")
    if verb == "do-stage":
        body["stage"] = step
    if verb == "scrap":
        form.must("reason", text="Välj varför det skrotas.")
        body["reason"] = form["reason"]
    if form.ok:
        path = f"/reconditionings/{work}:{verb}"
        part = await here.send("inventory", "POST", path, body, form)
        if part.problem is None:
            what = part.value["device_number"] or part.value["name"]
            return here.go(page, f"{what} är {_SAID[step]}.")
        if part.status == 404:
            raise PageProblem(part.problem)
        form.refuse(part.problem, _FIELDS)
    return await _list(here, form, wrong=str(work))


async def _list(here: Visit, form: Form, *, wrong: str = "") -> Response:
    filters = listing.filters_of(here, _FILTERS, scanned=("device",))
    await take_number(here, filters, "device")
    found = await listing.found(
        here,
        filters,
        "inventory",
        "/reconditionings",
        written=_WRITTEN,
        device_number=filters["device"],
        status=None if filters["status"] == "all" else filters["status"] or "open",
        late=True if filters["late"] else None,
    )
    return await _page(here, form, filters, found, wrong=wrong)


async def _page(
    here: Visit, form: Form, filters: Form, found: Part, *, wrong: str = ""
) -> Response:
    done_by = [one["technician"] for row in items_of(found) for one in row["done"]]
    return here.page(
        "reconditioning/list.html",
        found=found,
        filters=filters,
        form=form,
        wrong=wrong,
        today=(await here.today()).isoformat(),
        names=await Names.of(here, users=done_by),
        states=[(state, said) for state, (said, _) in statuses.RECONDITIONINGS.items()],
        status=200,
    )


def _require_staff(here: Visit) -> None:
    if not here.may_for_all("inventory.reconditioning.do-stage"):
        raise PageProblem(_NOT_STAFF)


_NOT_STAFF = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara hjälpmedelsservice",
    detail="Sidan är hjälpmedelsservices.",
    way_on="Fråga hjälpmedelsservice när hjälpmedlet är klart.",
)
