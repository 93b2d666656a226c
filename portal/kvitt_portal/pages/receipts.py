"""Direktleveranser: what suppliers are to deliver to one's service points and nobody has received,
and its receipt.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal.amounts import ore_of
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import code, items_of, say_refused
from kvitt_portal.pages.purchased import purchases_of, suppliers_of
from kvitt_portal.pages.receipt_scanning import take_scanned, take_written
from kvitt_portal.pages.scanning import take_order
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/direktleveranser"
_FILTERS: Final = ("kind", "number", "service_point", "expected_to")
_KINDS: Final = (("purchase_order", "Inköpsorder"), ("order", "Beställning"))
"""Which number is written: an order and a purchase order may have the same."""
_WRITTEN: Final = {
    "order_number": ("number", "Skriv numret med siffror."),
    "purchase_order_number": ("number", "Skriv numret med siffror."),
    "expected_to": ("expected_to", listing.DAY),
}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """What nobody has received, the oldest first."""
    if (again := here.remembered("direktleveranser")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS, scanned=("number",))
    await take_order(here, form, "number")
    of_order = form["kind"] == "order"
    found = await listing.found(
        here,
        form,
        "orders",
        "/receipts/awaited",
        service_point=form["service_point"],
        order_number=form["number"] if of_order else "",
        purchase_order_number="" if of_order else form["number"],
        expected_to=form["expected_to"],
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
        suppliers_of(here, (one["supplier_id"] for one in items)),
    )
    return here.page(
        "receipts/search.html",
        found=found,
        form=form,
        kinds=_KINDS,
        names=names,
        suppliers=suppliers,
        places=listing.places_of(here, form, names),
        status=200,
    )


@router.get(f"{PAGE}/kvittens/{{receipt}}")
async def answered(here: Here, receipt: UUID) -> Response:
    """A receipt with the stores' answer, which is waited for."""
    view = await here.need("orders", f"/receipts/{receipt}")
    purchases = await purchases_of(here, (one["purchase_order_id"] for one in view["lines"]))
    lines = {one["line_id"]: one for bought in purchases.values() for one in bought["lines"]}
    articles, names = await asyncio.gather(
        articles_of(here, (one["article_number"] for one in lines.values())),
        Names.of(
            here,
            customers=[view["service_point"]],
            users=[view["by"], *(one["deviation_by"] for one in lines.values())],
        ),
    )
    return here.page(
        "receipts/receipt.html",
        receipt=view,
        purchases=purchases,
        lines=lines,
        articles=articles,
        names=names,
    )


@router.get(f"{PAGE}/{{number}}")
async def shown(here: Here, number: str) -> Response:
    """A purchase order's lines that are awaited, to be received."""
    return await _page(here, number, Form())


@router.post(f"{PAGE}/{{number}}/ta-emot")
async def receive(here: Here, number: str) -> Response:
    """Receive what has arrived: whole lines, each with its price where none is agreed, and its
    devices where they are marked.
    """
    form = await here.form()
    awaited = await _awaited(here, number)
    if form["code"]:
        await take_scanned(here, form, awaited["lines"])
        return await _page(here, number, form, is_scanning=True)
    lines = [one for one in awaited["lines"] if str(one["number"]) in form.all("arrived")]
    if not lines:
        form.add("arrived", "Markera det som har kommit.")
    for one in lines:
        await take_written(here, form, one)
    reported = [_reported(form, one) for one in lines]
    if not form.ok:
        return await _page(here, number, form)
    body = {
        "number_kind": "purchase_order",
        "number": number,
        "received_on": form["received_on"] or (await here.today()).isoformat(),
        "lines": reported,
    }
    part = await here.send("orders", "POST", "/receipts", body, form)
    if part.problem is None:
        return here.go(f"{PAGE}/kvittens/{part.value['receipt_id']}")
    names = {"received_on": "received_on"}
    for at, line in enumerate(lines):
        n = line["number"]
        names |= {
            f"lines.{at}": f"arrived-{n}",
            f"lines.{at}.price": f"price-{n}",
            f"lines.{at}.devices": f"device-{n}-1",
        }
    say_refused(form, part, names)
    return await _page(here, number, form)


async def _page(here: Visit, number: str, form: Form, *, is_scanning: bool = False) -> Response:
    awaited = await _awaited(here, number)
    suppliers, names = await asyncio.gather(
        suppliers_of(here, [awaited["supplier_id"]]),
        Names.of(here, customers=[awaited["service_point"]]),
    )
    if "received_on" not in form:
        form.give("received_on", (await here.today()).isoformat())
        if len(awaited["lines"]) == 1:
            form.give("arrived", str(awaited["lines"][0]["number"]))
    return here.page(
        "receipts/receive.html",
        awaited=awaited,
        form=form,
        is_scanning=is_scanning,
        is_any_marked=any(one["is_marked"] and not one["is_receiving"] for one in awaited["lines"]),
        names=names,
        supplier=suppliers.get(awaited["supplier_id"], awaited["supplier_id"]),
    )


async def _awaited(here: Visit, number: str) -> dict[str, Any]:
    """What is awaited of a purchase order. Raises PageProblem where nothing is."""
    asked = code(number)
    found: Part = await here.ask(
        "orders", "/receipts/awaited", purchase_order_number=asked, limit=listing.LIMIT
    )
    if found.problem is not None and found.status >= 500:
        raise PageProblem(found.problem)
    for one in items_of(found):
        if one["purchase_order_number"] == number:
            return one
    raise PageProblem(_NOTHING)


def _reported(form: Form, line: dict[str, Any]) -> dict[str, Any]:
    n, quantity = line["number"], line["quantity"]
    said: dict[str, Any] = {"line": n, "quantity": quantity}
    if line["is_price_asked"]:
        said["price"] = {"net_ore": _price_of_one(form, n, quantity)}
    if line["is_marked"]:
        said["devices"] = [_device(form, n, at) for at in range(1, quantity + 1)]
    return said


def _device(form: Form, line: int, at: int) -> dict[str, str]:
    form.must(f"device-{line}-{at}", text="Skriv eller skanna individnumret.")
    serial = form[f"serial-{line}-{at}"]
    return {"device_number": form[f"device-{line}-{at}"]} | (
        {"serial_number": serial} if serial else {}
    )


def _price_of_one(form: Form, line: int, quantity: int) -> int:
    """The price of one in öre, as the delivery note says it: of one, or of the whole line."""
    name = f"price-{line}"
    ore = ore_of(form[name])
    if ore is None:
        form.add(name, "Skriv priset i kronor utan moms, till exempel 1290,50.")
        return 0
    if form[f"per-{line}"] != "all":
        return ore
    if ore % quantity:
        form.add(name, f"Beloppet går inte jämnt upp på {quantity}. Skriv priset för en i stället.")
    return ore // quantity


_NOTHING: Final = Problem(
    status=404,
    reason="NOT_FOUND",
    title="Ingenting väntas",
    detail="Av den inköpsordern väntas ingenting som du kan ta emot.",
    way_on="Sök bland direktleveranserna, eller se vad som har kommit på beställningens sida.",
)
