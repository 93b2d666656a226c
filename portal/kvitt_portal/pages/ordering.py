"""A new order: one page, from its recipient to its lines, with what it costs before it is sent."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.pages.recipients import find_by_number
from kvitt_portal.services import Part

router = APIRouter()

MOST_LINES: Final = 20
_HITS: Final = 8
_DELIVERY: Final = ("order_phone", "door_code", "instructions", "contact_person", "information")
_NAMES: Final = {
    "recipient.person": "number",
    "recipient.unit": "unit",
    "recipient": "number",
    "prescriber": "prescriber",
    "service_point": "service_point",
    "payer_id": "payer",
    "delivery.to.address": "street",
    "delivery.order_phone": "order_phone",
    "delivery.door_code": "door_code",
    "delivery.instructions": "instructions",
    "delivery.contact_person": "contact_person",
    "delivery.information": "information",
    "lines": "article-1",
}
"""The form's fields by the names of the service's."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page proposes: whom it is for, who may prescribe, and who pays."""

    person: Person | None
    prescribers: list[str]
    customer: Part
    articles: Mapping[str, dict[str, Any]]


@router.get("/bestallningar/ny")
async def begin(here: Here) -> Response:
    """An empty order, or one for a person, of an article, or like an earlier one."""
    asked = here.request.query_params
    given = {"quantity-1": "1", "service_point": here.service_point, "to": "recipient"}
    if person := asked.get("person"):
        given["person"] = person
    if article := asked.get("article"):
        given["article-1"] = article
    if earlier := asked.get("lik"):
        given |= await _like(here, earlier)
    given["prescriber"] = given.get("prescriber") or _own_prescriber(here)
    return await _page(here, Form(given=given))


@router.post("/bestallningar/ny")
async def place(here: Here) -> Response:
    """Place the order; or show the page again with another line, or with what it will cost."""
    form = await here.form()
    if form["do"] == "line":
        return await _page(here, form)
    await find_recipient(here, form)
    await name_articles(here, form)
    if form["do"] == "preview" or not form.ok:
        return await _page(here, form, preview=await _preview(here, form) if form.ok else None)
    part = await here.send("orders", "POST", "/orders", order_of(form), form)
    if part.problem is not None:
        form.refuse(part.problem, names_of(form))
        return await _page(here, form)
    number, order = part.value["order_number"], part.value["order_id"]
    return here.go(
        f"/bestallningar/{order}",
        f"Beställning {number} är skickad.",
        undo=(f"/bestallningar/{order}/makulera", "Ångra"),
    )


@router.post("/bestallningar/ny/kostnad")
async def cost(here: Here) -> Response:
    """What the order would be and cost, while it is written."""
    form = await here.form()
    preview = None
    if form["person"] or form["unit"]:
        await name_articles(here, form)
        preview = await _preview(here, form) if form.ok and lines_of(form) else None
    setting = await setting_of(here, form)
    return here.page("orders/cost.html", status=200, preview=preview, articles=setting.articles)


@router.get("/bestallningar/artiklar")
async def articles(here: Here) -> Response:
    """Articles whose words are written in a line, to choose among."""
    asked = here.request.query_params
    query = next((value for name, value in asked.items() if name.startswith("article-")), "")
    found = None
    if len(query) >= 3:
        found = await here.ask(
            "inventory",
            "/articles",
            query=query,
            in_assortment=True,
            limit=_HITS,
            with_balance=True,
        )
    return here.page("orders/options.html", found=found)


async def find_recipient(here: Visit, form: Form) -> None:
    """The person whose number is written becomes the form's; the number stands nowhere else."""
    if form["person"] or form["unit"]:
        return
    digits = "".join(one for one in form["number"] if one.isdigit())
    if len(digits) != 12:
        form.add("number", "Skriv personnumret med 12 siffror, eller vårdenhetens kod.")
        return
    part = await find_by_number(here, digits)
    if part.problem is not None:
        form.refuse(part.problem, {"identity": "number", "": "number"})
        return
    form.give("person", part.value["person"])
    form.give("number", "")


async def name_articles(here: Visit, form: Form) -> None:
    """Where a line holds words instead of a number and one article has them, its number is given;
    where several have, they are named beside the line.
    """
    numbers = rows_of(form)
    if not numbers:
        form.add("article-1", "Skriv minst en artikel.")
    for number in numbers:
        name = f"article-{number}"
        written = form[name]
        exact = await here.ask("inventory", f"/articles/{written}") if written.isascii() else None
        if exact:
            continue
        found = await here.ask("inventory", "/articles", query=written, limit=_HITS)
        hits = found.value["items"] if found else []
        if len(hits) == 1:
            form.give(name, hits[0]["article_number"])
        elif hits:
            named = ", ".join(f"{one['article_number']} {one['name']}" for one in hits)
            form.add(name, f"Flera artiklar passar: {named}. Skriv numret på en av dem.")
        else:
            form.add(name, f"Ingen artikel passar ”{written}”. Sök bland artiklarna.")


def rows_of(form: Form) -> list[int]:
    """The numbers of the lines that hold an article."""
    return [n for n in range(1, MOST_LINES + 1) if form[f"article-{n}"]]


def lines_of(form: Form) -> list[dict[str, Any]]:
    """The lines as the service takes them."""
    lines = []
    for number in rows_of(form):
        line: dict[str, Any] = {"article_number": form[f"article-{number}"]}
        quantity = form[f"quantity-{number}"] or "1"
        line["quantity"] = int(quantity) if quantity.isdigit() and len(quantity) < 7 else quantity
        for name, field in (("payer_id", "payer"), ("device_number", "device"), ("comment",) * 2):
            if value := form[f"{field}-{number}"]:
                line[name] = value
        lines.append(line)
    return lines


def names_of(form: Form) -> dict[str, str]:
    """The form's fields by the service's names, with those of the lines."""
    names = dict(_NAMES)
    for at, number in enumerate(rows_of(form)):
        names[f"lines.{at}"] = f"article-{number}"
        names[f"lines.{at}.quantity"] = f"quantity-{number}"
        names[f"lines.{at}.payer_id"] = f"payer-{number}"
        names[f"lines.{at}.device_number"] = f"device-{number}"
        names[f"lines.{at}.comment"] = f"comment-{number}"
    return names


def recipient_of(form: Form) -> dict[str, str]:
    """Whom it is for, as the service takes it."""
    if form["unit"]:
        return {"kind": "care_unit", "unit": form["unit"]}
    return {"kind": "patient", "person": form["person"]}


def order_of(form: Form) -> dict[str, Any]:
    """The order as the service takes it."""
    to: dict[str, Any] = {"kind": form["to"] or "recipient"}
    if to["kind"] == "one_off":
        to["address"] = {
            name: form[name] for name in ("street", "postal_code", "city") if form[name]
        }
    if form["unit"] and to["kind"] == "recipient":
        to = {"kind": "unit"}
    delivery = {"to": to, **{name: form[name] for name in _DELIVERY if form[name]}}
    order = {
        "recipient": recipient_of(form),
        "prescriber": form["prescriber"],
        "service_point": form["service_point"],
        "lines": lines_of(form),
        "delivery": delivery,
    }
    return order | ({"payer_id": form["payer"]} if form["payer"] else {})


async def setting_of(here: Visit, form: Form) -> Setting:
    """Whom the form is for, who may prescribe, who pays, and what the lines' articles are."""
    found = await here.people([form["person"]], purpose="ordering")
    me, customer, *named = await asyncio.gather(
        here.ask("orders", f"/users/{here.user.user_id}"),
        here.ask("orders", f"/customers/{form['service_point'] or here.service_point}"),
        *(
            here.ask("inventory", f"/articles/{form[f'article-{number}']}")
            for number in rows_of(form)
            if form[f"article-{number}"].isascii()
        ),
    )
    own = _own_prescriber(here)
    for_others = me.value.get("acts_for", []) if me else []
    return Setting(
        person=found.get(form["person"]),
        prescribers=list(dict.fromkeys([*([own] if own else []), *for_others])),
        customer=customer,
        articles={part.value["article_number"]: part.value for part in named if part},
    )


async def _page(here: Visit, form: Form, *, preview: Part | None = None) -> Response:
    setting = await setting_of(here, form)
    shown = max([*rows_of(form), 0])
    if form["do"] == "line" or not shown:
        shown += 1
    return here.page(
        "orders/new.html",
        form=form,
        person=setting.person,
        prescribers=setting.prescribers,
        customer=setting.customer,
        articles=setting.articles,
        lines=range(1, min(shown, MOST_LINES) + 1),
        may_add=shown < MOST_LINES,
        preview=preview,
    )


async def _preview(here: Visit, form: Form) -> Part:
    return await here.send("orders", "POST", "/orders:preview", order_of(form))


async def _like(here: Visit, order: str) -> dict[str, str]:
    """An earlier order's recipient, prescriber and lines, to be ordered again (ORD-19)."""
    view = await here.need("orders", f"/orders/{UUID(order)}")
    given = {"prescriber": view["prescriber"]}
    recipient = view["recipient"]
    if recipient["kind"] == "patient":
        given["person"] = recipient["person"]
    else:
        given |= {"unit": recipient["unit"], "to": "unit"}
    for number, line in enumerate(view["lines"][:MOST_LINES], 1):
        given[f"article-{number}"] = line["article_number"]
        given[f"quantity-{number}"] = str(line["quantity"])
    return given


def _own_prescriber(here: Visit) -> str:
    return here.user.user_id if here.has(Grantee.PRESCRIBER) else ""
