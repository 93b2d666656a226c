"""Beställningar: the list that is searched, and an order with why it is as it is."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.pages import statuses

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
    "placed_from",
    "placed_to",
    "sort",
)
SUPPLIES: Final = {"central": "Hjälpmedelsverksamheten", "own_store": "Eget förråd"}
_ENDED: Final = frozenset({"delivered", "voided", "declined"})


@router.get("/bestallningar")
async def search(here: Here) -> Response:
    """One list for all: by part of a number, one's own, by state and days."""
    if (again := here.remembered("bestallningar")) is not None:
        return again
    asked = here.request.query_params
    filters = {name: asked.get(name, "") for name in _FILTERS}
    found = await here.ask("orders", "/orders", **filters, cursor=asked.get("cursor"), limit=_LIMIT)
    people = await recipients_of(here, found.value["items"] if found else [])
    template = "orders/hits.html" if here.is_partial else "orders/search.html"
    return here.page(
        template,
        found=found,
        people=people,
        filters=filters,
        statuses=statuses.ORDERS,
        supplies=SUPPLIES,
    )


@router.get("/bestallningar/{order}")
async def shown(here: Here, order: UUID) -> Response:
    """An order with its lines, what has happened and what comes."""
    return await _page(here, order, Form())


@router.post("/bestallningar/{order}/makulera")
async def void(here: Here, order: UUID) -> Response:
    """Void the whole order, where the rules allow it; else the page says why not."""
    form = await here.form()
    part = await here.send("orders", "POST", f"/orders/{order}:void", None, form)
    if part.problem is not None:
        form.refuse(part.problem)
        return await _page(here, order, form)
    said = "Makuleringen väntar på lagrets svar." if part.waits else "Beställningen är makulerad."
    return here.go(f"/bestallningar/{order}", said, tone="info" if part.waits else "success")


async def recipients_of(here: Visit, things: list[dict[str, Any]]) -> dict[str, Any]:
    """Who the patients of these things are, as far as this user may know."""
    named = [one.get("recipient") or {} for one in things]
    return dict(await here.people([one.get("person") for one in named], purpose="display"))


async def _page(here: Visit, order: UUID, form: Form) -> Response:
    view = await here.need("orders", f"/orders/{order}")
    story, people, *articles = await asyncio.gather(
        here.ask("orders", f"/orders/{order}/story"),
        recipients_of(here, [view]),
        *(
            here.ask("inventory", f"/articles/{number}")
            for number in dict.fromkeys(line["article_number"] for line in view["lines"])
        ),
    )
    template = "orders/state.html" if here.is_partial else "orders/order.html"
    return here.page(
        template,
        order=view,
        story=story,
        people=people,
        articles={part.value["article_number"]: part.value for part in articles if part},
        state=statuses.ORDERS.get(view["status"], (view["status"], "default")),
        supplies=SUPPLIES,
        why_not=_why_not_voided(view),
        may_ask=here.has(Grantee.PRESCRIBER, Grantee.REQUESTER),
        form=form,
    )


def _why_not_voided(order: dict[str, Any]) -> str:
    """Why an order cannot be voided any more, as its state shows; the service decides."""
    if order["supply"] == "own_store" and order["status"] not in _ENDED - {"delivered"}:
        return "Uttaget är levererat och kan inte makuleras."
    match order["status"]:
        case "delivered":
            return "Beställningen är levererad. Lämna tillbaka hjälpmedlet i stället."
        case "voided":
            return "Beställningen är redan makulerad."
        case "declined":
            return "Beställningen nekades och har ingen verkan."
        case "voiding":
            return "Makuleringen väntar på lagrets svar."
    if order["picking_begun"]:
        return "Plocket har börjat. Be kundtjänst stoppa leveransen."
    return ""
