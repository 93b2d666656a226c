"""Inköpsordrar: the list that is searched, and one with its lines: printed, marked as sent."""

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
from kvitt_portal.pages import listing
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import items_of, pdf_of, say_refused
from kvitt_portal.pages.purchased import suppliers_of

router = APIRouter()

PAGE: Final = "/inkopsordrar"
_FILTERS: Final = (
    "number",
    "order_number",
    "supplier",
    "service_point",
    "status",
    "has_deviation",
    "sort",
)
_WRITTEN: Final = {
    "purchase_order_number": ("number", "Skriv numret med siffror, högst nio."),
    "order_number": ("order_number", "Skriv numret med siffror, högst nio."),
    "supplier_id": ("supplier", "Skriv leverantörens kod."),
}
_COLUMNS: Final = (
    ("purchase_order_number", "Nummer"),
    ("order_number", "Beställning"),
    ("supplier_id", "Leverantör"),
    ("service_point", "Tjänsteställe"),
    ("created_on", "Gjord"),
    ("awaited_on", "Väntas"),
    ("status", "Status"),
)
"""The list's columns, and what each sorts by."""
_SENT: Final = {"how": "how", "sent_on": "sent_on"}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Those of one's service points, to customer service all: the latest first."""
    if (again := here.remembered("inkopsordrar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "orders",
        "/purchase-orders",
        purchase_order_number=form["number"],
        order_number=form["order_number"],
        supplier_id=form["supplier"],
        service_point=form["service_point"],
        status=form["status"],
        has_deviation=form["has_deviation"],
        sort=form["sort"],
        written=_WRITTEN,
    )
    items = items_of(found)
    suppliers, names = await asyncio.gather(
        suppliers_of(here, (one["supplier_id"] for one in items)),
        Names.of(
            here,
            customers=[
                *listing.places_asked(here, form),
                *(one["service_point"] for one in items),
            ],
        ),
    )
    return here.page(
        "purchase_orders/search.html",
        found=found,
        form=form,
        suppliers=suppliers,
        names=names,
        columns=_COLUMNS,
        states=[(state, said) for state, (said, _) in statuses.PURCHASE_ORDERS.items()],
        places=listing.places_of(here, form, names),
        status=200,
    )


@router.get(f"{PAGE}/{{purchase_order}}")
async def shown(here: Here, purchase_order: UUID) -> Response:
    """A purchase order with what became of each line."""
    return await page_of(here, purchase_order, Form())


@router.get(f"{PAGE}/{{purchase_order}}/utskrift")
async def printed(here: Here, purchase_order: UUID) -> Response:
    """The purchase order, to print and to send."""
    return pdf_of(await here.ask("orders", f"/purchase-orders/{purchase_order}/document"))


@router.post(f"{PAGE}/{{purchase_order}}/skickad")
async def sent(here: Here, purchase_order: UUID) -> Response:
    """Somebody has seen to it that the supplier has it: how, and when."""
    form = await here.form()
    form.must("how", text="Välj hur leverantören fick den.")
    if not form.ok:
        return await page_of(here, purchase_order, form)
    body = {"how": form["how"], "sent_on": form["sent_on"] or (await here.today()).isoformat()}
    path = f"/purchase-orders/{purchase_order}:send"
    part = await here.send("orders", "POST", path, body, form)
    if part.problem is None:
        return here.go(f"{PAGE}/{purchase_order}", "Inköpsordern är markerad som skickad.")
    say_refused(form, part, _SENT)
    return await page_of(here, purchase_order, form)


async def page_of(here: Visit, purchase_order: UUID, form: Form) -> Response:
    """The page of a purchase order, with what is wrong with a form on it."""
    view = await here.need("orders", f"/purchase-orders/{purchase_order}")
    if "sent_on" not in form:
        form.give("sent_on", (await here.today()).isoformat())
    articles, supplier, names = await asyncio.gather(
        articles_of(here, (one["article_number"] for one in view["lines"])),
        here.ask("orders", f"/suppliers/{view['supplier_id']}"),
        Names.of(
            here,
            customers=[view["service_point"]],
            users=[
                view["by"],
                view["sent_by"],
                *(one["deviation_by"] for one in view["lines"]),
            ],
        ),
    )
    return here.page(
        "purchase_orders/purchase_order.html",
        purchase_order=view,
        form=form,
        articles=articles,
        supplier=supplier,
        names=names,
        may_act=here.may("orders.purchase-order.create"),
        may_settle=here.may_for_all("orders.purchase-order.settle-deviation"),
    )


def line_of(view: Mapping[str, Any], number: str) -> dict[str, Any] | None:
    """The line of a purchase order with this number; None where it has none."""
    return next((one for one in view["lines"] if str(one["number"]) == number), None)
