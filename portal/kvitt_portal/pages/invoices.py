"""Fakturor: the list that is searched, an invoice with its lines, and why a line is as it is."""

import asyncio
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response, StreamingResponse

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing, things
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import items_of, pdf_of
from kvitt_portal.pages.invoice_selections import CALLED, PAGE, selections_of

router = APIRouter()

_COLUMNS: Final = (
    ("number", "Nummer"),
    ("", "Slag"),
    ("", "Betalare"),
    ("", "Månad"),
    ("issued_on", "Utfärdad"),
    ("", "Utan moms"),
    ("gross_ore", "Att betala"),
)
"""The list's columns, and what each sorts by."""
_WRITTEN: Final = {
    "month": ("month", "Skriv månaden som 2026-05."),
    "payer_id": ("payer", "Skriv betalarens kod, högst tio siffror eller stora bokstäver."),
}
_LINES: Final = 50
"""So many lines of an invoice stand on a page."""
_IS_MONTH: Final = re.compile(r"20\d\d-(0[1-9]|1[0-2])", re.ASCII)


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Invoices of one's units' payers, the newest first; to customer service all."""
    if (again := here.remembered("fakturor")) is not None:
        return again
    return await listed(here, listing.filters_of(here, tuple(CALLED)), Form())


async def listed(here: Visit, form: Form, saving: Form) -> Response:
    """The list as it is filtered, with the user's saved selections above it; `saving` is the form
    that saves one.
    """
    filters: dict[str, Any] = {called: form[name] for name, called in CALLED.items()}
    found, saved, to_print = await asyncio.gather(
        listing.found(here, form, "billing", "/invoices", written=_WRITTEN, **filters),
        selections_of(here),
        _to_print(here, form["month"]),
    )
    items = items_of(found)
    people, names = await _payers(here, (one["payer"] for one in items), form["payer"])
    return here.page(
        "invoices/search.html",
        found=found,
        saved=saved,
        saving=saving,
        form=form,
        people=people,
        names=names,
        columns=_COLUMNS,
        to_print=to_print,
        status=200 if saving.ok else 422,
    )


@router.get(f"{PAGE}/utskriftsfil")
async def print_file(here: Here, month: str = "") -> Response:
    """What the payers of a month get on paper, as one file: passed on as it comes."""
    part = await here.ask_in_pieces("billing", "/invoices:print-file", month=month)
    if part.problem is not None:
        raise PageProblem(part.problem)
    name = f"{here.user.region}-{month}-utskriftsfil.zip"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return StreamingResponse(part.value, media_type="application/zip", headers=headers)


@router.get(f"{PAGE}/{{invoice}}")
async def shown(here: Here, invoice: UUID) -> Response:
    """An invoice with its lines, so many on a page."""
    view = await here.need("billing", f"/invoices/{invoice}")
    last = max(1, -(-len(view["lines"]) // _LINES))
    page = _page_of(here.request.query_params.get("sida", ""), last)
    first = (page - 1) * _LINES
    lines = list(enumerate(view["lines"], 1))[first : first + _LINES]
    articles, (people, names) = await asyncio.gather(
        articles_of(here, (one["article_number"] for _, one in lines if one["article_number"])),
        _payers(here, [view["payer"]]),
    )
    return here.page(
        "invoices/invoice.html",
        invoice=view,
        lines=lines,
        page=page,
        last=last,
        articles=articles,
        people=people,
        names=names,
    )


@router.get(f"{PAGE}/{{invoice}}/pdf")
async def document(here: Here, invoice: UUID) -> Response:
    """The invoice as the document that was issued."""
    return pdf_of(await here.ask("billing", f"/invoices/{invoice}/pdf"))


@router.get(f"{PAGE}/{{invoice}}/rader/{{n}}")
async def explained(here: Here, invoice: UUID, n: int) -> Response:
    """Why a line is as it is: each step with its rule, and the story of what it came of."""
    why = await here.need("billing", f"/invoices/{invoice}/lines/{n}:explain")
    links = [link for step in why["steps"] for link in step["links"]]
    causes = list({(one["kind"], one["id"]): one for one in links}.values())
    called, stories, (people, names) = await asyncio.gather(
        asyncio.gather(*(things.name_of(here, one) for one in causes)),
        asyncio.gather(*(things.story_of(here, one["kind"], one["id"]) for one in causes)),
        _payers(here, [why["payer"]]),
    )
    told = [story for story in stories if story is not None]
    users = await Names.of(
        here, users=[item["by"] for story in told for item in story["items"] if item["by"]]
    )
    return here.page(
        "invoices/line.html",
        why=why,
        called={
            one["id"]: (things.way_to(here, one["kind"], one["id"]), name)
            for one, name in zip(causes, called, strict=True)
            if name
        },
        stories=[
            (name, users.story(story))
            for name, story in zip(called, stories, strict=True)
            if story is not None
        ],
        about=next((one for one in causes if one["kind"] in ("device", "order")), None),
        people=people,
        names=names,
    )


def _page_of(asked: str, last: int) -> int:
    """The page of lines that is asked for; the first of what is none."""
    is_number = asked.isascii() and asked.isdigit() and len(asked) < 5
    return min(max(int(asked), 1), last) if is_number else 1


async def _to_print(here: Visit, month: str) -> str | None:
    """The month whose print file is offered: the one that is looked for, else the last one that is
    over. None to whoever prints none, and where nobody says which day it is.
    """
    if not here.may_for_all("billing.invoices.print-file"):
        return None
    if _IS_MONTH.fullmatch(month):
        return month
    said = await here.ask("orders", "/today")
    if said.problem is not None:
        return None
    today = date.fromisoformat(said.value["today"])
    return f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"


async def _payers(
    here: Visit, payers: Iterable[dict[str, Any]], also: str = ""
) -> tuple[dict[str, Person], Names]:
    """Who these payers are: patients as far as the user may know them, units by their names."""
    each = list(payers)
    return await asyncio.gather(
        here.people([one.get("person") for one in each], purpose="display"),
        Names.of(here, payers=[*(one.get("payer_id") for one in each), also]),
    )
