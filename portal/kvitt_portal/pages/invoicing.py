"""Månadens fakturor: what a month's invoices come to, what of it stands out, and the approval."""

import re
from datetime import date, timedelta
from typing import Any, Final

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from kvitt_contracts.calendar import first_of_next_month
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.listing import LIMIT

router = APIRouter()

PAGE: Final = "/manadens-fakturor"
_MONTH: Final = re.compile(r"20\d{2}-(0[1-9]|1[0-2])")
_RUNS: Final = 12
_UNIT: Final = "unit/"


@router.get(PAGE)
async def newest(here: Here) -> Response:
    """The month that is to be looked at: one that waits for its approval, else the present one."""
    _require_staff(here)
    runs = await here.need("billing", "/invoice-runs", limit=_RUNS)
    waiting = [one["month"] for one in runs["items"] if one["status"] == "previewed"]
    return here.go(f"{PAGE}/{min(waiting, default=f'{await here.today():%Y-%m}')}")


@router.get(PAGE + "/{month}")
async def show(here: Here, month: str) -> Response:
    """A month's preview: what stands out first, then its payers."""
    _require_staff(here)
    return await _page(here, month, Form())


@router.post(PAGE + "/{month}/forhandsvisa")
async def preview(here: Here, month: str) -> Response:
    """Have a month previewed, anew where it has been."""
    _require_staff(here)
    form = await here.form()
    part = await here.send("billing", "POST", f"/invoice-runs/{_known(month)}:preview", form=form)
    if part.problem is None:
        return here.go(f"{PAGE}/{month}")
    form.refuse(part.problem)
    return await _page(here, month, form)


@router.post(PAGE + "/{month}/godkann")
async def approve(here: Here, month: str) -> Response:
    """Approve a month as the page showed it, which has been read."""
    _require_staff(here)
    form = await here.form()
    form.must("read", text="Läs det som sticker ut, och kryssa i att du har gjort det.")
    if form.ok:
        address = f"/invoice-runs/{_known(month)}:approve"
        part = await here.send("billing", "POST", address, {"state": form["state"]}, form)
        if part.problem is None:
            return here.go(f"{PAGE}/{month}", "Månaden är godkänd. Fakturorna görs nu.")
        form.refuse(part.problem)
    return await _page(here, month, form)


async def _page(here: Visit, month: str, form: Form) -> Response:
    shown = await here.ask("billing", f"/invoice-runs/{_known(month)}:preview")
    if shown.status == 404:  # nobody has asked for it yet
        return here.page(
            "invoicing/month.html", month=month, beside=_beside(month), form=form, shown=None
        )
    findings = await here.ask("billing", "/preview-findings", month=month, limit=LIMIT)
    cursor = here.request.query_params.get("cursor")
    payers = await here.ask("billing", "/payer-previews", month=month, limit=LIMIT, cursor=cursor)
    names = await Names.of(here, payers=_units(findings.value, payers.value))
    return here.page(
        "invoicing/month.html",
        month=month,
        beside=_beside(month),
        form=form,
        shown=shown,
        findings=findings,
        payers=payers,
        called=lambda subject: _called(subject, names),
    )


def _units(*pages: Any) -> list[str]:
    said = [
        one.get("payer") or one.get("subject") for page in pages if page for one in page["items"]
    ]
    return [one.removeprefix(_UNIT) for one in said if one.startswith(_UNIT)]


def _called(subject: str, names: Names) -> str:
    """What a payer, an article or a device is called; no patient is named here."""
    kind, _, thing = subject.partition("/")
    if kind == "unit":
        return names.payer(thing)
    if kind == "article":
        return f"Artikel {thing}"
    return "En patient" if kind == "patient" else "Ett hjälpmedel"


def _beside(month: str) -> tuple[str, str]:
    """The months before and after one."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first - timedelta(days=1):%Y-%m}", f"{first_of_next_month(first):%Y-%m}"


def _known(month: str) -> str:
    if not _MONTH.fullmatch(month):
        raise PageProblem(_NO_MONTH)
    return month


def _require_staff(here: Visit) -> None:
    if not here.may_for_all("billing.run.approve"):
        raise PageProblem(_NOT_STAFF)


_NO_MONTH = Problem(
    status=404,
    reason="NOT_FOUND",
    title="Finns inte",
    detail="Det finns ingen månad som heter så.",
    way_on="Skriv månaden så här: 2026-05.",
)
_NOT_STAFF = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara kundtjänst",
    detail="Sidan är för den som svarar för regionens ekonomi.",
    way_on="Be kundtjänst om månadens fakturor.",
)
