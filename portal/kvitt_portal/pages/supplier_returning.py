"""Retur till leverantör: what goes back, its slip, and what has gone back before (INV-8)."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import code, devices_of, items_of, pdf_of

router = APIRouter()

PAGE: Final = "/leverantorsreturer"
_NEW: Final = f"{PAGE}/ny"
_FILTERS: Final = ("store", "supplier_id", "article_number", "from_day", "to_day")
_WRITTEN: Final = {
    "store": ("store", "Skriv siffror och stora bokstäver, högst 10."),
    "article_number": ("article_number", "Skriv siffror, stora bokstäver och bindestreck."),
    "from_day": ("from_day", listing.DAY),
    "to_day": ("to_day", listing.DAY),
}
_NAMED: Final = {
    one: one
    for one in (
        "supplier_id",
        "store",
        "article_number",
        "quantity",
        "order",
        "returned_on",
        "asked_by",
        "comment",
    )
}
_LISTED: Final = 200


@router.get(PAGE)
async def search(here: Here) -> Response:
    """What has gone back, the latest first."""
    if (back := here.remembered("leverantorsreturer")) is not None:
        return back
    form = listing.filters_of(here, _FILTERS)
    asked: dict[str, Any] = {name: form[name] for name in _FILTERS}
    found = await listing.found(
        here, form, "inventory", "/supplier-returns", written=_WRITTEN, **asked
    )
    lines = items_of(found)
    devices, names, suppliers = await asyncio.gather(
        devices_of(here, [one["device_id"] for one in lines if one["device_id"]]),
        Names.of(
            here,
            stores=[one["store"] for one in lines],
            users=[one["registered_by"] for one in lines],
        ),
        _suppliers(here),
    )
    return here.page(
        "supplier_returns/search.html",
        found=found,
        form=form,
        devices=devices,
        names=names,
        suppliers=suppliers,
        suppliers_by_code=dict(suppliers),
        may_return=here.may_for_all("inventory.supplier-return.register"),
        status=200,
    )


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """A return of the device that a page links to; customer service returns unmarked goods too."""
    device_id = here.request.query_params.get("device", "")
    device = await _device(here, device_id)
    given = {"device": device_id, "returned_on": (await here.today()).isoformat(), "quantity": "1"}
    if device is not None:
        given |= {"store": device["holder"].get("store", ""), "supplier_id": ""}
        given["supplier_id"] = await _supplier_of(here, device)
    return await _page(here, Form(given=given), device)


@router.post(_NEW)
async def register(here: Here) -> Response:
    """It has left for its supplier, who has agreed to it."""
    form = await here.form()
    device = await _device(here, form["device"])
    form.must("supplier_id", text="Välj leverantören som har godkänt returen.")
    form.must("store", text="Ange förrådet som det lämnar.")
    if not form["agreed"]:
        form.add("agreed", "Kontakta leverantören först, och markera att den har godkänt returen.")
    if device is None:
        form.must("article_number", text="Skriv artikelnumret.")
        form.must("asked_by", text="Ange vem som bad om det.")
        if not form["quantity"].isdecimal():
            form.add("quantity", "Skriv ett helt antal.")
    if not form.ok:
        return await _page(here, form, device)
    body: dict[str, Any] = {
        name: form[name]
        for name in ("supplier_id", "store", "returned_on", "order", "asked_by", "comment")
        if form[name]
    }
    if device is not None:
        body["device_number"] = device["device_number"]
    else:
        body |= {"article_number": form["article_number"], "quantity": int(form["quantity"])}
    part = await here.send("inventory", "POST", "/supplier-returns", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _NAMED)
        return await _page(here, form, device)
    what = device["device_number"] if device else f"{form['quantity']} {form['article_number']}"
    said = f"{what} är registrerat som återlämnat till leverantören. Skriv ut följesedeln."
    return here.go(f"{PAGE}/{part.value['id']}", said)


@router.get(f"{PAGE}/{{returned}}")
async def shown(here: Here, returned: UUID) -> Response:
    """One return, with its slip."""
    view = await here.need("inventory", f"/supplier-returns/{returned}")
    devices, names, supplier, article = await asyncio.gather(
        devices_of(here, [view["device_id"]] if view["device_id"] else []),
        Names.of(here, stores=[view["store"]], users=[view["registered_by"]]),
        here.ask("orders", f"/suppliers/{code(view['supplier_id'])}"),
        here.ask("inventory", f"/articles/{code(view['article_number'])}"),
    )
    return here.page(
        "supplier_returns/return.html",
        view=view,
        number=str(view["id"])[:8].upper(),
        device=devices.get(view["device_id"]),
        names=names,
        supplier=supplier.value if supplier else None,
        article=article.value if article else None,
    )


@router.get(f"{PAGE}/{{returned}}/foljesedel.pdf")
async def print_slip(here: Here, returned: UUID) -> Response:
    """The slip that goes along."""
    return pdf_of(await here.ask("inventory", f"/supplier-returns/{returned}/slip"))


async def _device(here: Visit, device_id: str) -> Mapping[str, Any] | None:
    """The device of a return; without one it is of unmarked goods, by customer service alone."""
    if not here.may("inventory.supplier-return.register") or (
        not is_id(device_id) and not here.may_for_all("inventory.supplier-return.register")
    ):
        raise PageProblem(_NOTHING)
    if not is_id(device_id):
        return None
    return dict(await here.need("inventory", f"/devices/{device_id}"))


async def _supplier_of(here: Visit, device: Mapping[str, Any]) -> str:
    """The supplier of the device's article, where the register has one alone of that name."""
    named = device.get("supplier") or ""
    if not named:
        return ""
    found = items_of(await here.ask("orders", "/suppliers", name=named, limit=_LISTED))
    called = [str(one["supplier_id"]) for one in found if one["name"] == named]
    return called[0] if len(called) == 1 else ""


async def _suppliers(here: Visit) -> list[tuple[str, str]]:
    part = await here.ask("orders", "/suppliers", sort="name", is_active=True, limit=_LISTED)
    return [(str(one["supplier_id"]), str(one["name"])) for one in items_of(part)]


async def _page(here: Visit, form: Form, device: Mapping[str, Any] | None) -> Response:
    suppliers, names = await asyncio.gather(
        _suppliers(here), Names.of(here, stores=[form["store"]])
    )
    chosen = form["supplier_id"]
    supplier = await here.ask("orders", f"/suppliers/{code(chosen)}") if chosen else None
    if supplier and chosen not in dict(suppliers):
        suppliers = [(chosen, str(supplier.value["name"])), *suppliers]
    return here.page(
        "supplier_returns/new.html",
        form=form,
        device=device,
        suppliers=suppliers,
        supplier=supplier.value if supplier else None,
        names=names,
        is_staff=here.may_for_all("inventory.supplier-return.register"),
    )


_NOTHING: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="",
    detail="",
    way_on="Öppna individens sida i eget förråd. Omärkta artiklar återlämnar kundtjänst.",
)
