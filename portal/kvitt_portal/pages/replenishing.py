"""Lagerpåfyllnad: what is proposed for the own store, orders to it, and templates of them."""

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import NOTHING, code, items_of
from kvitt_portal.pages.own_store import store_of
from kvitt_portal.pages.replenishment_draft import PAGE, Draft, Line, fields_of, lines_of
from kvitt_portal.services import Part

router = APIRouter()

_HITS = 8
_LISTED = 200
_SHORTEST = 3


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """What is proposed, an order that is empty or being written, and the templates."""
    asked = here.request.query_params
    draft = Draft.of_address(asked, asked.getlist("line"), at=here.service_point)
    form = Form()
    if draft.template:
        template = await here.need("orders", f"/templates/{draft.template}")
        form.give("name", template["name"])
        if not draft.lines:
            lines = (Line(one["article_number"], str(one["quantity"])) for one in template["lines"])
            draft = draft.but(lines=tuple(lines))
    return await _show(here, draft, form)


@router.get(f"{PAGE}/{{proposal}}")
async def proposed(here: Here, proposal: UUID) -> Response:
    """What a message about a proposal leads to: the page of the store's service point."""
    shown = await here.need("inventory", f"/refills/{proposal}")
    return here.go(Draft(service_point=shown["service_point"]).address)


@router.post(PAGE)
async def write(here: Here) -> Response:
    """Add, change or take out a line, order it all, or save it as a template."""
    form = await here.form()
    draft = Draft.of_form(form, at=here.service_point)
    if draft.holds_number:
        form.add("q", "Ett personnummer hör inte hemma här: förrådet fylls på, ingen patient.")
        return await _show(here, draft.but(query=""), form)
    if form["add"]:
        return here.go(draft.but(query="").with_line(Line.read(form["add"])).address)
    if form["remove"].isdigit():
        left = tuple(one for n, one in enumerate(draft.lines) if str(n) != form["remove"])
        return here.go(draft.but(lines=left, query="").address)
    draft = await _with_named(here, draft)
    if form["do"] in ("order", "save"):
        if draft.query:
            form.add("q", "Välj bland träffarna, eller töm fältet.")
        elif not draft.lines:
            form.add("q", "Sök en artikel och lägg till den.")
    if not form.ok:
        return await _show(here, draft, form)
    match form["do"]:
        case "order":
            return await _order(here, draft, form)
        case "save":
            return await _save(here, draft, form)
    return here.go(draft.address)


@router.post(f"{PAGE}/traffar")
async def hits(here: Here) -> Response:
    """While something is searched: articles to fill up with."""
    draft = Draft.of_form(await here.form(), at=here.service_point)
    found = NOTHING if draft.holds_number else await _found(here, draft.query)
    return here.page("replenishing/hits.html", draft=draft, found=found)


@router.post(f"{PAGE}/forslag/{{proposal}}")
async def answer(here: Here, proposal: UUID) -> Response:
    """Order what is proposed, with the quantities as they are now, or drop it."""
    form = await here.form()
    lines = lines_of(form, "proposed")
    draft = Draft(service_point=form["service_point"][:20] or here.service_point)
    if form["do"] == "drop":
        part = await here.send("inventory", "POST", f"/refills/{proposal}:drop", None, form)
        said = "Förslaget är borttaget."
    else:
        body = await _body(here, draft.service_point, lines) | {"follows_proposal": True}
        part = await here.send("orders", "POST", "/replenishments", body, form)
        said = ""
    if part.problem is not None:
        form.refuse(part.problem, fields_of(lines, "proposed"))
        return await _show(here, draft, form)
    return here.go(draft.address, said) if said else _ordered(here, part)


@router.post(f"{PAGE}/mallar/{{template}}/ta-bort")
async def remove(here: Here, template: UUID) -> Response:
    """A template is emptied, and gone."""
    form = await here.form()
    known = await here.need("orders", f"/templates/{template}")
    body = {"name": known["name"], "store": known["store"], "lines": []}
    part = await here.send("orders", "PUT", f"/templates/{template}", body, form)
    if part.problem is not None:
        raise PageProblem(part.problem)
    return here.go(PAGE, f"Mallen {known['name']} är borttagen.")


@dataclass(frozen=True, slots=True)
class _Shown:
    line: Line
    article: dict[str, Any] | None
    store: str

    @property
    def name(self) -> str:
        """What the line's article is called."""
        return str(self.article["name"]) if self.article else "Okänd artikel"

    @property
    def available(self) -> int:
        """How many the own store has."""
        balances = self.article["balances"] if self.article else []
        return sum(one["available"] for one in balances if one["store"] == self.store)


async def _show(here: Visit, draft: Draft, form: Form) -> Response:
    customer, templates, names, store = await asyncio.gather(
        here.ask("orders", f"/customers/{code(draft.service_point)}"),
        here.ask("orders", "/templates", limit=_LISTED),
        Names.of(here, customers=here.user.service_points),
        store_of(here, draft.service_point),
    )
    proposals, found = await asyncio.gather(
        here.ask("inventory", "/refills", store=store, status="proposed", limit=1)
        if store
        else _nothing(),
        _found(here, draft.query),
    )
    proposal = next(iter(items_of(proposals)), None)
    given = lines_of(form, "proposed")
    wanted = given or tuple(
        Line(one["article_number"], str(one["quantity"]))
        for one in (proposal["lines"] if proposal else ())
    )
    articles = await articles_of(here, [one.article for one in (*draft.lines, *wanted)])
    for name, lines in (("line", draft.lines), ("proposed", wanted)):
        for n, one in enumerate(lines):
            form.give(f"{name}-quantity-{n}", one.quantity)
    form.give("service_point", draft.service_point)
    form.give("q", draft.query)
    return here.page(
        "replenishing/page.html",
        form=form,
        draft=draft,
        customer=customer,
        store=store,
        names=names,
        places=[(one, names.customer(one)) for one in here.user.service_points],
        proposals=proposals,
        proposal=proposal,
        wanted=[_Shown(one, articles.get(one.article), store) for one in wanted],
        lines=[_Shown(one, articles.get(one.article), store) for one in draft.lines],
        templates=templates,
        found=found,
    )


async def _nothing() -> Part:
    return NOTHING


async def _found(here: Visit, query: str) -> Part:
    if len(query) < _SHORTEST:
        return NOTHING
    return await here.ask(
        "inventory", "/articles", query=query[:100], in_assortment=True, limit=_HITS
    )


async def _with_named(here: Visit, draft: Draft) -> Draft:
    """The draft with the article whose whole number is written."""
    if not draft.query:
        return draft
    known = await articles_of(here, [draft.query])
    if draft.query not in known:
        return draft
    return draft.with_line(Line(draft.query)).but(query="")


async def _order(here: Visit, draft: Draft, form: Form) -> Response:
    body = await _body(here, draft.service_point, draft.lines)
    part = await here.send("orders", "POST", "/replenishments", body, form)
    if part.problem is not None:
        form.refuse(part.problem, fields_of(draft.lines, "line"))
        return await _show(here, draft, form)
    return _ordered(here, part)


async def _save(here: Visit, draft: Draft, form: Form) -> Response:
    form.must("name", text="Ge mallen ett namn.")
    if not form.ok:
        return await _show(here, draft, form)
    central = items_of(await here.ask("inventory", "/stores", kind="central", limit=1))
    body = {
        "name": form["name"],
        "store": central[0]["store"] if central else "",
        "lines": [one.body() for one in draft.lines],
    }
    method, path = ("PUT", f"/templates/{draft.template}") if draft.template else ("POST", "")
    part = await here.send("orders", method, path or "/templates", body, form)
    if part.problem is not None:
        form.refuse(part.problem, fields_of(draft.lines, "line"))
        return await _show(here, draft, form)
    address = draft.but(template=part.value["template_id"]).address
    return here.go(address, f"Mallen {form['name']} är sparad.")


async def _body(here: Visit, service_point: str, lines: tuple[Line, ...]) -> dict[str, Any]:
    return {
        "service_point": service_point,
        "to_store": await store_of(here, service_point),
        "lines": [one.body() for one in lines],
    }


def _ordered(here: Visit, part: Part) -> Response:
    page = f"/bestallningar/{part.value['order_id']}"
    return here.go(page, "Lagerpåfyllnaden är beställd.")
