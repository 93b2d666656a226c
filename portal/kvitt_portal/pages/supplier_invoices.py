"""Leverantörsfakturor: the list that is searched, why an invoice waits, and what finance decides of
it. Units read those of what they purchased.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names, story_named
from kvitt_portal.pages import listing
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import items_of, say_refused
from kvitt_portal.pages.purchased import suppliers_of
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/leverantorsfakturor"
_FILTERS: Final = ("status", "supplier", "number", "purchase", "service_point", "credit", "sort")
_WRITTEN: Final = {
    "supplier_id": ("supplier", "Skriv leverantörens kod."),
    "number": ("number", "Skriv fakturanumrets början, högst 30 tecken."),
    "purchase_order_number": ("purchase", "Skriv inköpsorderns nummer."),
}
_COLUMNS: Final = (
    ("number", "Nummer"),
    ("", "Leverantör"),
    ("", "Inköpsorder"),
    ("received_on", "Kom in"),
    ("due_on", "Förfaller"),
    ("net_ore", "Utan moms"),
    ("", "Status"),
)
"""The list's columns, and what each sorts by."""
_REJECTED: Final = {"reason": "reason"}
_RELEASED: Final = {"reason": "why"}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """Invoices for what one's units have purchased, to customer service all: the latest first."""
    if (again := here.remembered("leverantorsfakturor")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "billing",
        "/supplier-invoices",
        status=form["status"],
        supplier_id=form["supplier"],
        number=form["number"],
        purchase_order_number=form["purchase"],
        service_point=form["service_point"],
        is_credit=form["credit"],
        sort=form["sort"],
        written=_WRITTEN,
    )
    suppliers, names = await asyncio.gather(
        suppliers_of(here, (one["supplier_id"] for one in items_of(found))),
        Names.of(here, customers=listing.places_asked(here, form)),
    )
    return here.page(
        "supplier_invoices/search.html",
        found=found,
        form=form,
        suppliers=suppliers,
        columns=_COLUMNS,
        states=[(state, said) for state, (said, _) in statuses.SUPPLIER_INVOICES.items()],
        places=listing.places_of(here, form, names),
        may_decide=here.may_for_all("billing.supplier-invoice.release"),
        status=200,
    )


@router.get(f"{PAGE}/att-betala.csv")
async def payable(here: Here) -> Response:
    """What may be paid, as a file for the region's own system."""
    part = await here.ask("billing", "/supplier-invoices:export")
    if part.problem is not None:
        raise PageProblem(part.problem)
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{here.user.region}-att-betala.csv"',
    }
    return Response(part.value, media_type="text/csv", headers=headers)


@router.get(f"{PAGE}/{{invoice}}")
async def shown(here: Here, invoice: UUID) -> Response:
    """An invoice beside what was purchased and received, and why it waits."""
    return await _page(here, invoice, Form())


@router.post(f"{PAGE}/{{invoice}}/slapp")
async def release(here: Here, invoice: UUID) -> Response:
    """Pay what waits, as it is, once it is read why it waits; and say why."""
    form = await here.form()
    form.must("why", text="Välj varför fakturan betalas fast den inte stämmer.")
    form.must("read", text="Läs varför fakturan väntar, och kryssa i att du har gjort det.")
    if not form.ok:
        return await _page(here, invoice, form)
    body, path = {"reason": form["why"]}, f"/supplier-invoices/{invoice}:release"
    part = await here.send("billing", "POST", path, body, form)
    said = "Fakturan är släppt till betalning."
    return await _done(here, invoice, form, part, said, names=_RELEASED)


@router.post(f"{PAGE}/{{invoice}}/avvisa")
async def reject(here: Here, invoice: UUID) -> Response:
    """Pay it never, and say why."""
    form = await here.form()
    form.must("reason", text="Välj varför fakturan inte betalas.")
    if not form.ok:
        return await _page(here, invoice, form)
    body = {"reason": form["reason"]}
    part = await here.send("billing", "POST", f"/supplier-invoices/{invoice}:reject", body, form)
    said = "Fakturan är avvisad och betalas inte."
    return await _done(here, invoice, form, part, said, names=_REJECTED)


async def _done(
    here: Visit, invoice: UUID, form: Form, part: Part, said: str, *, names: Mapping[str, str]
) -> Response:
    if part.problem is None:
        return here.go(f"{PAGE}/{invoice}", said)
    say_refused(form, part, names)
    return await _page(here, invoice, form)


async def _page(here: Visit, invoice: UUID, form: Form) -> Response:
    view = await here.need("billing", f"/supplier-invoices/{invoice}")
    lines = [*view["lines"], *view["purchase_lines"]]
    story, suppliers, articles, purchase, names = await asyncio.gather(
        here.ask("billing", f"/supplier-invoices/{invoice}/story"),
        suppliers_of(here, [view["supplier_id"]]),
        articles_of(here, (one["article_number"] for one in lines if one.get("article_number"))),
        _purchase_of(here, view["purchase_order_number"]),
        Names.of(here, customers=[view["service_point"]], users=[view["decided_by"]]),
    )
    return here.page(
        "supplier_invoices/invoice.html",
        invoice=view,
        form=form,
        story=story,
        told=await story_named(here, story),
        supplier=suppliers.get(view["supplier_id"], view["supplier_id"]),
        articles=articles,
        purchase=purchase,
        names=names,
        may_decide=here.may_for_all("billing.supplier-invoice.release")
        and view["status"] == "held",
    )


async def _purchase_of(here: Visit, number: str | None) -> dict[str, Any] | None:
    """The purchase order of an invoice, where the user may see it."""
    if number is None:
        return None
    found = await here.ask("orders", "/purchase-orders", purchase_order_number=number, limit=2)
    return next((one for one in items_of(found) if one["purchase_order_number"] == number), None)
