"""Öppna varukorgsbeställningar: the unit's baskets, and one with what is delivered or put back."""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages import listing
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import items_of, options_of
from kvitt_portal.pages.registering import find_recipient, recipient_of
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/varukorgar"
_FILTERS: Final = ("status", "service_point", "prescriber", "number", "overdue")
_LISTED: Final = 200
_FIELDS: Final = {
    "recipient.person": "number",
    "recipient.unit": "unit",
    "recipient": "number",
}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """The unit's open baskets, colleagues' included, what is overdue first."""
    if (again := here.remembered("varukorgar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found, unfiltered = await asyncio.gather(
        here.ask(
            "orders",
            "/basket-loans",
            status=listing.states_asked(form, statuses.BASKETS),
            service_point=form["service_point"],
            prescriber=form["prescriber"],
            order_number=form["number"],
            overdue=True if form["overdue"] else None,
            cursor=here.request.query_params.get("cursor"),
            limit=listing.LIMIT,
        ),
        here.ask("orders", "/basket-loans", limit=listing.LIMIT),
    )
    listing.say_what_is_wrong(form, found, {"order_number": ("number", "Skriv bara siffror.")})
    items = items_of(found)
    lenders = [*(one["prescriber"] for one in items_of(unfiltered)), form["prescriber"]]
    names = await Names.of(
        here,
        customers=[*listing.places_asked(here, form), *(one["service_point"] for one in items)],
        users=[*lenders, *(one["prescriber"] for one in items)],
    )
    return here.page(
        "baskets/search.html",
        found=found,
        form=form,
        names=names,
        lenders=[(one, names.user(one)) for one in dict.fromkeys(lenders) if one],
        places=listing.places_of(here, form, names),
        states=listing.states_of(statuses.BASKETS, every="Alla, också avslutade"),
        status=200,
    )


@router.get(f"{PAGE}/{{basket}}")
async def shown(here: Here, basket: UUID) -> Response:
    """A basket with its lines, and what can be done about them."""
    return await _page(here, basket, Form())


@router.post(f"{PAGE}/{{basket}}/mottagare")
async def recipient(here: Here, basket: UUID) -> Response:
    """While a personal number is written: as soon as it is whole, whose it is."""
    form = await here.form()
    if not personal_number(form["number"]):
        return Response(status_code=204)
    await find_recipient(here, form)
    return await _page(here, basket, form)


@router.post(f"{PAGE}/{{basket}}/atgard")
async def act(here: Here, basket: UUID) -> Response:
    """Deliver what is ticked to the recipient, and put the rest that is ticked back."""
    form = await here.form()
    if form["do"] == "other":
        for name in ("person", "unit", "number"):
            form.give(name, "")
        return await _page(here, basket, form)
    deliver, back = form.all("deliver"), form.all("back")
    if not deliver and not back:
        form.add("", "Markera Leverans eller Ta bort på minst en rad.")
    was_known = bool(form["person"] or form["unit"])
    if deliver and form.ok:
        await find_recipient(here, form)
    if deliver and form.ok and not was_known:  # whose number it was is seen first
        form.add("", "Kontrollera mottagaren. Tryck sedan på Verkställ.")
    if not form.ok:
        return await _page(here, basket, form)
    payer = {"payer_id": form["payer"]} if form["payer"] else {}
    body: dict[str, Any] = {
        "deliver": [{"line": int(one), **payer} for one in deliver if _is_number(one)],
        "put_back": [int(one) for one in back if _is_number(one)],
    }
    if deliver:
        person = form["person"] if is_id(form["person"]) else ""
        body["recipient"] = recipient_of(person, form["unit"])
    part = await here.send("orders", "POST", f"/basket-loans/{basket}:act", body, form)
    return await _done(here, basket, form, part, "Åtgärden är klar.")


@router.post(f"{PAGE}/{{basket}}/avgift")
async def fee(here: Here, basket: UUID) -> Response:
    """Charge the fee of a line to the patient who has its goods."""
    form = await here.form()
    body = {"line": int(form["line"]) if _is_number(form["line"]) else 0}
    path = f"/basket-loans/{basket}:deliver-fee"
    part = await here.send("orders", "POST", path, body, form)
    return await _done(here, basket, form, part, "Egenavgiften är uttagen.")


async def _done(here: Visit, basket: UUID, form: Form, part: Part, said: str) -> Response:
    if part.problem is None:
        is_done = not part.value["pending"] and part.value["refused_act"] is None
        return here.go(f"{PAGE}/{basket}", said if is_done else "")
    if part.status in (403, 404) and part.problem.field is None:
        raise PageProblem(part.problem)
    form.refuse(part.problem, _FIELDS)
    return await _page(here, basket, form)


async def _page(here: Visit, basket: UUID, form: Form) -> Response:
    view = await here.need("orders", f"/basket-loans/{basket}")
    lines = view["lines"]
    to = [one["recipient"] or {} for one in lines]
    person = form["person"] if is_id(form["person"]) else ""
    customer = await here.ask("orders", f"/customers/{view['service_point']}")
    payer = customer.value["payer_id"] if customer else None
    articles, people, names, care_units, payers, story = await asyncio.gather(
        articles_of(here, [one["article_number"] for one in lines]),
        here.people([*(one.get("person") for one in to), person], purpose="ordering"),
        Names.of(
            here,
            customers=[view["service_point"]],
            stores=[view["store"]],
            users=[view["prescriber"], view["requester"]],
            payers=[payer, *(one["payer_id"] for one in lines)],
            care_units=[*(one.get("unit") for one in to), form["unit"]],
        ),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
        here.ask("orders", f"/basket-loans/{basket}/story"),
    )
    goods = {one["line_id"]: one for one in lines}
    return here.page(
        "baskets/basket.html",
        basket=view,
        lines=[one for one in lines if one["fee_of"] is None],
        fees=[(one, goods[one["fee_of"]]) for one in lines if one["fee_of"]],
        articles=articles,
        people=people,
        person=people.get(person),
        names=names,
        form=form,
        story=story,
        care_units=options_of(care_units, "unit"),
        payers=options_of(payers, "payer_id"),
        payer=payer,
        may_act=here.may_at_units("orders.basket-loan.act") and view["status"] == "open",
    )


def fees_to_charge(baskets: list[dict[str, Any]]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Of each of these baskets the fees whose goods have been delivered, and that nobody has
    charged.
    """
    return [
        (basket, line)
        for basket in baskets
        for line in basket["lines"]
        if line["fee_of"] and line["outcome"] is None and _is_delivered(basket, line["fee_of"])
    ]


def _is_delivered(basket: dict[str, Any], goods: str) -> bool:
    return any(one["line_id"] == goods and one["outcome"] == "delivered" for one in basket["lines"])


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5
