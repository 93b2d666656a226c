"""A supplier's invoice that finance takes in: registered by hand, line by line, or read of a file
in Peppol BIS Billing 3.
"""

from dataclasses import replace
from typing import Any, Final

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.amounts import ore_of
from kvitt_portal.forms import Form, said_of
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.registering import quantity_of
from kvitt_portal.pages.scanning import take_number
from kvitt_portal.pages.supplier_invoices import PAGE
from kvitt_portal.services import Part

router = APIRouter()

_NEW: Final = f"{PAGE}/ny"
_MOST_LINES: Final = 50
_LINES: Final = 3
"""So many lines stand empty to begin with; each press adds as many."""
_LISTED: Final = 200
_RATES: Final = (("25", "25 %"), ("12", "12 %"), ("6", "6 %"), ("0", "0 %"))
_XML: Final = "application/xml"
_FIELDS: Final = {
    "supplier_id": "supplier",
    "number": "number",
    "purchase_order_number": "purchase",
    "device_number": "device",
    "credits": "credits",
    "is_credit": "kind",
    "net_ore": "net",
    "vat_ore": "vat",
    "due_on": "due_on",
    "lines": "article-1",
}
"""The form's fields by the names of the service's."""
_KRONOR: Final = "Skriv beloppet i kronor, till exempel 1290,50."


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """An empty invoice, and a file to be chosen."""
    return await _page(here, Form(given={"kind": "invoice"}))


@router.post(_NEW)
async def register(here: Here) -> Response:
    """Register it, and show what it was matched against; or add lines."""
    form = await here.form()
    if form["do"] == "lines":
        return await _page(here, form, status=200)
    await take_number(here, form, "device")
    body = _invoice_of(form)
    if not form.ok:
        return await _page(here, form)
    part = await here.send("billing", "POST", "/supplier-invoices", body, form)
    if part.problem is None:
        return _done(here, part)
    names = dict(_FIELDS)
    for at, n in enumerate(_rows_of(form)):
        names |= {
            f"lines.{at}": f"article-{n}",
            f"lines.{at}.quantity": f"quantity-{n}",
            f"lines.{at}.price": f"price-{n}",
            f"lines.{at}.price.vat_percent": f"rate-{n}",
        }
    form.refuse(part.problem, names)
    return await _page(here, form)


@router.post(f"{_NEW}/fil")
async def read(here: Here) -> Response:
    """Take in a file as it is."""
    form = await here.form()
    if form.file is None or not form.file.content:
        form.add("file", "Välj e-fakturans fil. Den är i XML.")
        return await _page(here, form)
    path, supplier = "/supplier-invoices:ubl", form["sender"]
    file = replace(form.file, name="", media_type=_XML)  # billing keeps no name
    part = await here.send_file("billing", path, file, form, supplier_id=supplier)
    if part.problem is None:
        return _done(here, part)
    form.refuse(_about_file(part.problem), {"supplier_id": "sender", "file": "file"})
    return await _page(here, form)


def _about_file(problem: Problem) -> Problem:
    """The problem with what it says of an element of the file, said of the file as a whole."""
    if problem.field in (None, "supplier_id") or problem.fields:
        return problem
    element = said_of(problem)
    if problem.field != "/":  # the root: all of it
        element = f"{element} Det gäller {problem.field} i filen."
    return problem.model_copy(update={"field": "file", "way_on": element, "detail": "", "rule": ""})


def _done(here: Visit, part: Part) -> Response:
    """The invoice's page, which says whether it waits, and why."""
    state, _ = statuses.SUPPLIER_INVOICES.get(part.value["status"], (part.value["status"], ""))
    said = f"Fakturan är registrerad: {state.lower()}."
    return here.go(f"{PAGE}/{part.value['id']}", said)


def _rows_of(form: Form) -> list[int]:
    """The numbers of the lines in which something is written."""
    names = ("article", "quantity", "price")
    return [n for n in range(1, _MOST_LINES + 1) if any(form[f"{one}-{n}"] for one in names)]


def _invoice_of(form: Form) -> dict[str, Any]:
    """The invoice as the service takes it; what cannot be understood is said beside its field."""
    form.must("supplier", text="Ange leverantörens kod.")
    form.must("number", text="Skriv leverantörens fakturanummer.")
    form.must("due_on", text="Ange dagen då fakturan förfaller.")
    rows = _rows_of(form)
    if not rows:
        form.add("quantity-1", "Skriv minst en av fakturans rader.")
    body: dict[str, Any] = {
        "supplier_id": form["supplier"],
        "number": form["number"],
        "is_credit": form["kind"] == "credit",
        "net_ore": _ore(form, "net"),
        "vat_ore": _ore(form, "vat"),
        "due_on": form["due_on"],
        "lines": [_line(form, n) for n in rows],
    }
    named = {"purchase_order_number": "purchase", "credits": "credits", "device_number": "device"}
    return body | {name: form[field] for name, field in named.items() if form[field]}


def _line(form: Form, n: int) -> dict[str, Any]:
    quantity = quantity_of(form[f"quantity-{n}"] or "1")
    if isinstance(quantity, str):
        form.add(f"quantity-{n}", "Skriv antalet med siffror.")
    rate = quantity_of(form[f"rate-{n}"] or "25")
    price = {"net_ore": _ore(form, f"price-{n}"), "vat_percent": rate}
    line = {"quantity": quantity, "price": price}
    return line | ({"article_number": form[f"article-{n}"]} if form[f"article-{n}"] else {})


def _ore(form: Form, name: str) -> int:
    ore = ore_of(form[name])
    if ore is None:
        form.add(name, _KRONOR)
    return ore or 0


async def _page(here: Visit, form: Form, *, status: int = 0) -> Response:
    if not here.may_for_all("billing.supplier-invoice.receive"):
        raise PageProblem(_STAFF_ONLY)
    suppliers = await here.ask("orders", "/suppliers", limit=_LISTED)
    written = max(_rows_of(form), default=0)
    before = quantity_of(form["shown"])
    wanted = before + _LINES if isinstance(before, int) and form["do"] else _LINES
    shown = min(max(written, wanted), _MOST_LINES)
    form.give("shown", str(shown))
    return here.page(
        "supplier_invoices/new.html",
        form=form,
        suppliers=items_of(suppliers),
        rows=range(1, shown + 1),
        may_add=shown < _MOST_LINES,
        kinds=[("invoice", "Faktura"), ("credit", "Kreditfaktura")],
        rates=_RATES,
        status=status,
    )


_STAFF_ONLY: Final = Problem(
    status=403,
    reason="FORBIDDEN",
    title="",
    detail="",
    way_on="Kundtjänst registrerar leverantörernas fakturor.",
)
