"""Låsa upp: what is locked is asked for by its own units, and unlocked by customer service."""

from typing import Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.answers import UNANSWERED, transfer_page
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.offers import names_of

router = APIRouter()

PAGE: Final = "/kundtjanst/las-upp"
_START: Final = "/"
_LIMIT: Final = 50


@router.post("/bmb/{transfer}/be-om-upplasning")
async def ask(here: Here, transfer: UUID) -> Response:
    """Ask customer service to unlock a transfer, from its page or from where it is listed."""
    form = await here.form()
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:ask-to-unlock", form=form)
    if part.problem is not None:
        form.refuse(part.problem)
        return await transfer_page(here, transfer, form)
    page = form["from"] if form["from"] in (UNANSWERED, _START) else f"/bmb/{transfer}"
    return here.go(page, "Kundtjänst är ombedd att låsa upp. Här syns när det är gjort.")


@router.get(PAGE)
async def locked(here: Here) -> Response:
    """Customer service's list of locked transfers, those that somebody asks for first."""
    _require_staff(here)
    return await _list(here, Form())


@router.post("/bmb/{transfer}/las-upp")
async def unlock(here: Here, transfer: UUID) -> Response:
    """Unlock a transfer, and say who asked for it."""
    _require_staff(here)
    form = await here.form()
    body = {"asked_by": form["asked_by"]}
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:unlock", body, form)
    if part.problem is None:
        page = _START if form["from"] == _START else PAGE
        return here.go(page, "Bytet är upplåst. Ett nytt byte kan göras.")
    if part.status == 404:
        raise PageProblem(part.problem)
    form.refuse(part.problem, {"asked_by": "asked_by"})
    if await here.ask("bmb", f"/transfers/{transfer}"):
        return await transfer_page(here, transfer, form)
    return await _list(here, form, wrong=str(transfer))  # a protected person's has no page here


async def _list(here: Visit, form: Form, *, wrong: str = "") -> Response:
    found = await here.ask(
        "bmb",
        "/transfers:locked",
        cursor=here.request.query_params.get("cursor"),
        limit=_LIMIT,
    )
    names = await names_of(here, items_of(found))
    return here.page("bmb/locked.html", found=found, names=names, form=form, wrong=wrong)


def _require_staff(here: Visit) -> None:
    if not here.may_for_all("bmb.transfer.unlock"):
        raise PageProblem(_NOT_STAFF)


_NOT_STAFF = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara kundtjänst",
    detail="Sidan är kundtjänsts.",
    way_on="Be kundtjänst låsa upp bytet: ”Be om upplåsning” på bytets sida.",
)
