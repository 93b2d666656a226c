"""Beställningar: the list that is searched, and an order with why it is as it is."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import order_drafts, order_files
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import NOTHING, items_of, recipients_of
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.pages.home_region_cases import case_of
from kvitt_portal.pages.purchased import purchases_of, suppliers_of
from kvitt_portal.services import Part

router = APIRouter()

_LIMIT = 50
_FILTERS: Final = (
    "order_number",
    "mine",
    "status",
    "supply",
    "service_point",
    "article_number",
    "prescriber",
    "recipient",
    "placed_from",
    "placed_to",
    "sort",
)
_OVER: Final = frozenset({"delivered", "voided", "voiding", "declined"})
"""States in which nothing is left to deliver."""
SUPPLIES: Final = {
    "central": "Hjälpmedelsverksamheten",
    "own_store": "Eget förråd",
    "direct": "Leverantören direkt",
}
_SORTS: Final = (
    ("order_number", "Nummer"),
    ("", "Mottagare"),
    ("placed_on", "Ord.datum"),
    ("planned_dispatch_on", "Planerat lev.datum"),
    ("service_point", "Tjänsteställe"),
    ("prescriber", "Förskrivare"),
    ("supply", "Från"),
    ("status", "Status"),
)
"""The list's columns, and what each sorts by."""
_WRITTEN: Final = {
    "order_number": "Skriv numret med siffror, högst nio.",
    "placed_from": "Skriv en dag som finns.",
    "placed_to": "Skriv en dag som finns.",
    "article_number": "Skriv hela artikelnumret.",
}
"""How a filter is written, for who wrote it in another way."""


@router.get("/bestallningar")
async def search(here: Here) -> Response:
    """One list for all: by part of a number, one's own, by state and days."""
    if (again := here.remembered("bestallningar")) is not None:
        return again
    asked = here.request.query_params
    filters = {name: asked.get(name, "") for name in _FILTERS}
    found = await here.ask("orders", "/orders", **filters, cursor=asked.get("cursor"), limit=_LIMIT)
    items = items_of(found)
    places = [*here.user.service_points, filters["service_point"]]
    people, names = await asyncio.gather(
        recipients_of(here, [*items, {"recipient": {"person": filters["recipient"]}}]),
        Names.of(
            here,
            users=[one["prescriber"] for one in items],
            customers=[*places, *(one["service_point"] for one in items)],
            care_units=[(one["recipient"] or {}).get("unit") for one in items],
        ),
    )
    drafts, savers = NOTHING, names
    if not here.is_partial:
        drafts, savers = await order_drafts.drafts_of(here)
    template = "orders/hits.html" if here.is_partial else "orders/search.html"
    return here.page(
        template,
        found=found,
        people=people,
        names=names,
        filters=filters,
        places=[(one, names.customer(one)) for one in dict.fromkeys(places) if one],
        states=[(one, said) for one, (said, _) in statuses.ORDERS.items()],
        supplies=SUPPLIES,
        columns=_SORTS,
        wrong=_wrong(found),
        drafts=drafts,
        savers=savers,
        form=Form(),
    )


@router.get("/bestallningar/{order}")
async def shown(here: Here, order: UUID) -> Response:
    """An order with its lines, what has happened and what comes."""
    return await page_of(here, order, Form())


@router.post("/bestallningar/{order}/makulera")
async def void(here: Here, order: UUID) -> Response:
    """Void the whole order, where the rules allow it; else the page says why not."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/orders/{order}:void", None, form)
    if part.problem is not None:
        form.refuse(part.problem)
        return await page_of(here, order, form)
    said = "Makuleringen väntar på lagrets svar." if part.waits else "Beställningen är makulerad."
    return here.go(f"/bestallningar/{order}", said, tone="info" if part.waits else "success")


@router.post("/bestallningar/{order}/bilagor")
async def attach(here: Here, order: UUID) -> Response:
    """Put a file to an order that is placed (ORD-16)."""
    form = await here.form()
    if (name := await order_files.put_to(here, form, order)) is None:
        return await page_of(here, order, form)
    return here.go(f"/bestallningar/{order}", f"{name} är bifogad.")


@router.post("/bestallningar/{order}/leverans")
async def set_delivery(here: Here, order: UUID) -> Response:
    """Make the order urgent, or let it go in parts or together, for who asked: customer service."""
    form = await here.form()
    form.must("asked_by", text="Skriv vem som bad om det.")
    if not form.ok:
        return await page_of(here, order, form)
    body = {
        "is_urgent": bool(form["urgent"]),
        "is_consolidated": not form["parts"],
        "asked_by": form["asked_by"],
    }
    part = await here.send("orders", "POST", f"/orders/{order}:set-delivery", body, form)
    if part.problem is not None:
        form.refuse(part.problem, {"is_consolidated": "parts", "asked_by": "asked_by"})
        return await page_of(here, order, form)
    return here.go(f"/bestallningar/{order}", "Leveransen är ändrad.")


def _wrong(found: Part) -> dict[str, str]:
    """What is wrong with the filters, by their names."""
    if found.problem is None:
        return {}
    names = [one.field.split(".")[-1] for one in found.problem.fields]
    return {name: _WRITTEN.get(name, "Uppgiften har fel form.") for name in names}


async def page_of(here: Visit, order: UUID, form: Form) -> Response:
    """The page of an order, with what is wrong with a form on it."""
    view = await here.need("orders", f"/orders/{order}")
    (story, voiding, covered, files), record, asked, people, names, articles = await asyncio.gather(
        asyncio.gather(
            here.ask("orders", f"/orders/{order}/story"),
            here.ask("orders", f"/orders/{order}/voiding"),
            case_of(here, view),
            here.ask("orders", f"/orders/{order}/attachments"),
        ),
        _record_of(here, view),
        asked_about(here, str(order)),
        recipients_of(here, [view]),
        Names.of(
            here,
            payers=[
                *(line["payer_id"] for line in view["lines"]),
                (view.get("cover") or {}).get("payer_id"),
            ],
            customers=[view["service_point"]],
            care_units=[(view["recipient"] or {}).get("unit")],
            users=[view["prescriber"], view["requester"]],
            stores=[view["store"], view["to_store"]],
        ),
        articles_of(here, [line["article_number"] for line in view["lines"]]),
    )
    purchases = await purchases_of(here, (one["purchase_order_id"] for one in view["lines"]))
    others, suppliers = await asyncio.gather(
        Names.of(
            here,
            users=[
                *(one["deviation_by"] for each in purchases.values() for one in each["lines"]),
                *(one["by"] for one in order_files.listed(files)),
            ],
        ),
        suppliers_of(
            here,
            [one["supplier_id"] for one in (*purchases.values(), *view["to_purchase"])],
        ),
    )
    may_set = (
        here.may_for_all("orders.order.set-delivery")
        and view["status"] not in _OVER
        and view["supply"] != "own_store"
    )
    if may_set and "asked_by" not in form:
        form.give("urgent", "1" if view["is_urgent"] else "")
        form.give("parts", "" if view["consolidated"] else "1")
    template = "orders/state.html" if here.is_partial else "orders/order.html"
    return here.page(
        template,
        order=view,
        purchases=purchases,
        waiting=[n for offer in view["to_purchase"] for n in offer["lines"]],
        may_buy=here.may("orders.purchase-order.create"),
        may_attach=here.may("orders.attachment.attach"),
        others=others,
        suppliers=suppliers,
        story=story,
        named_story=names.story(story.value) if story else None,
        people=people,
        names=names,
        articles=articles,
        supplies=SUPPLIES,
        voiding=voiding,
        asked=asked,
        record=record,
        covered=covered,
        files=order_files.listed(files),
        may_set_delivery=may_set,
        form=form,
    )


async def _record_of(here: Visit, view: Mapping[str, Any]) -> str:
    """A patient's order as it is copied into their record; nothing of another."""
    if (view["recipient"] or {}).get("kind") != "patient":
        return ""
    part = await here.ask("orders", f"/orders/{view['order_id']}/record-text")
    return str(part.value["text"]) if part else ""
