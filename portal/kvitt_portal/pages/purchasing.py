"""Skapa inköpsorder: what is ordered and not bought yet, and its purchase orders, one for each
supplier, made by one press.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import KEY, Form, is_id
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.orders import page_of
from kvitt_portal.pages.purchase_orders import PAGE
from kvitt_portal.pages.purchased import suppliers_of

router = APIRouter()

_FILTERS: Final = ("number", "service_point")
_WRITTEN: Final = {"order_number": ("number", "Skriv numret med siffror, högst nio.")}
SERVICE: Final = "service"
"""The type of article that is no thing: what it is for is said in words."""
MUST_SAY: Final = "Skriv vad tjänsten avser: leverantören får veta det. (Regel ORD-11)"


@router.get(f"{PAGE}/saknas")
async def lacking(here: Here) -> Response:
    """The work list: orders with lines that wait for a purchase order, the oldest first."""
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "orders",
        "/orders:to-purchase",
        order_number=form["number"],
        service_point=form["service_point"],
        written=_WRITTEN,
    )
    items = items_of(found)
    names, suppliers = await asyncio.gather(
        Names.of(
            here,
            customers=[
                *listing.places_asked(here, form),
                *(one["service_point"] for one in items),
            ],
        ),
        suppliers_of(here, (line["supplier_id"] for one in items for line in one["lines"])),
    )
    return here.page(
        "purchase_orders/lacking.html",
        found=found,
        form=form,
        names=names,
        suppliers=suppliers,
        places=listing.places_of(here, form, names),
        status=200,
    )


# decision 0447: one press makes all that an order lacks
@router.post(f"{PAGE}/skapa")
async def create(here: Here) -> Response:
    """Make what an order lacks, one for each supplier. What is refused is said on the order's page;
    what was made before it stays made.
    """
    form = await here.form()
    order = UUID(form["order"]) if is_id(form["order"]) else UUID(int=0)
    view = await here.need("orders", f"/orders/{order}")
    comments = _comments_of(form, view)
    if not form.ok:
        return await page_of(here, order, form)
    made = await make(here, form, view, view["to_purchase"], comments)
    if form.errors:
        return await page_of(here, order, form)
    if len(made) == 1:
        (one,) = made
        said = f"Inköpsorder {one['purchase_order_number']} är skapad."
        return here.go(f"{PAGE}/{one['purchase_order_id']}", said)
    page = f"/bestallningar/{order}"
    if not made:
        return here.go(page, "Ingen rad saknar inköpsorder.", tone="info")
    return here.go(page, f"{len(made)} inköpsordrar är skapade. Skriv ut och skicka dem.")


async def make(
    here: Visit,
    form: Form,
    order: Mapping[str, Any],
    offers: Iterable[Mapping[str, Any]],
    comments: Sequence[Mapping[str, Any]] = (),
) -> list[dict[str, Any]]:
    """Make purchase orders of what an order offers to buy, until one is refused: what is wrong is
    said in the form.
    """
    made = []
    for offer in offers:
        body = {
            "order_id": order["order_id"],
            "supplier_id": offer["supplier_id"],
            "lines": offer["lines"],
            "comments": [one for one in comments if one["line"] in offer["lines"]],
        }
        once = Form(given={KEY: f"{form.key}/{offer['supplier_id']}"})
        part = await here.send("orders", "POST", "/purchase-orders", body, once)
        if part.problem is not None:
            form.refuse(
                part.problem, {f"comments.{one}": f"comment-{one}" for one in offer["lines"]}
            )
            break
        made.append(part.value)
    return made


async def make_of_services(here: Visit, form: Form, order: Mapping[str, Any]) -> list[str]:
    """Make the purchase orders of an order's services, which always get one (ORD-11): where they
    are. What is refused is offered on the order's page.
    """
    services = {one["number"] for one in order["lines"] if one["article_type"] == SERVICE}
    offers = [
        {**offer, "lines": [one for one in offer["lines"] if one in services]}
        for offer in order["to_purchase"]
        if services.intersection(offer["lines"])
    ]
    made = await make(here, Form(given={KEY: form.key}), order, offers)
    return [f"{PAGE}/{one['purchase_order_id']}" for one in made]


def _comments_of(form: Form, view: dict[str, Any]) -> list[dict[str, Any]]:
    """What the supplier is told of each line. A service says what it is for."""
    waiting = {number for offer in view["to_purchase"] for number in offer["lines"]}
    found = []
    for line in view["lines"]:
        number, name = line["number"], f"comment-{line['number']}"
        if number not in waiting:
            continue
        said = form[name] if name in form else line["comment"] or ""
        if said and said != line["comment"]:
            found.append({"line": number, "comment": said})
        if not said and line["article_type"] == SERVICE:
            form.add(name, MUST_SAY)
    return found


async def lacking_of(here: Visit, *, limit: int) -> dict[str, Any]:
    """The first of the work list, for the start page."""
    found = await here.ask("orders", "/orders:to-purchase", limit=limit)
    items = items_of(found)
    suppliers = await suppliers_of(
        here, (line["supplier_id"] for one in items for line in one["lines"])
    )
    return {"found": found, "items": items, "suppliers": suppliers}
