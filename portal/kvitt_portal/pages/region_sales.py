"""Försäljningar till andra regioner: the list, and a sale with prices and answer (BIL-7)."""

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.amounts import ore_of
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names, story_named
from kvitt_portal.pages import listing
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import items_of, say_refused

router = APIRouter()

PAGE: Final = "/forsaljningar"
_FILTERS: Final = ("status", "service_point")
_ANSWER_WITHIN: Final = timedelta(days=30)
"""What is proposed for the other region's answer."""
_NO_AMOUNT: Final = "Skriv priset i kronor, till exempel 2500 eller 2500,50."
_PRICED: Final = {"answer_by_on": "answer_by_on", "asked_by": "asked_by", "lines": ""}


@router.get(PAGE)
async def search(here: Here) -> Response:
    """The sales of one's units, of customer service all, the latest first."""
    if (again := here.remembered("forsaljningar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "billing",
        "/region-sales",
        status=form["status"],
        service_point=form["service_point"],
    )
    items = items_of(found)
    names = await Names.of(
        here,
        payers=[one["payer_id"] for one in items],
        customers=[*listing.places_asked(here, form), *(one["service_point"] for one in items)],
        users=[one["requested_by"] for one in items],
    )
    return here.page(
        "region_sales/search.html",
        found=found,
        form=form,
        names=names,
        places=listing.places_of(here, form, names),
        states=[(state, said) for state, (said, _) in statuses.REGION_SALES.items()],
        status=200,
    )


@router.get(f"{PAGE}/{{sale}}")
async def shown(here: Here, sale: UUID) -> Response:
    """A sale with its devices, their prices and what has happened."""
    return await _page(here, sale, None)


@router.post(f"{PAGE}/{{sale}}/priser")
async def propose(here: Here, sale: UUID) -> Response:
    """Customer service proposes a price for each device."""
    form = await here.form()
    view = await here.need("billing", f"/region-sales/{sale}")
    form.must("answer_by_on", text="Ange dagen då den andra regionen senast ska svara.")
    form.must("asked_by", text="Ange vem som bad om det.")
    lines, fields = [], dict(_PRICED)
    for place, one in enumerate(view["lines"]):
        number = one["device_number"]
        field = f"price-{number}"
        fields |= {f"lines.{place}": field}
        ore = ore_of(form[field])
        if ore is None:
            form.add(field, _NO_AMOUNT)
            continue
        lines.append({"device_number": number, "price": {"net_ore": ore}})
    if not form.ok:
        return await _page(here, sale, form)
    body = {"lines": lines, "answer_by_on": form["answer_by_on"], "asked_by": form["asked_by"]}
    return await _act(here, sale, form, "propose", body, fields, "Prisförslaget är registrerat.")


@router.post(f"{PAGE}/{{sale}}/godkand")
async def approve(here: Here, sale: UUID) -> Response:
    """The other region buys."""
    form = await here.form()
    form.must("sold_on", text="Ange från vilken dag den andra regionen har hjälpmedlen.")
    if not form.ok:
        return await _page(here, sale, form)
    body, said = {"sold_on": form["sold_on"]}, "Försäljningen är godkänd."
    return await _act(here, sale, form, "approve", body, {"sold_on": "sold_on"}, said)


@router.post(f"{PAGE}/{{sale}}/ej-godkand")
async def disapprove(here: Here, sale: UUID) -> Response:
    """The other region does not buy: what the patient has is to be returned."""
    form = await here.form()
    form.must("not_bought", text="Kryssa i att den andra regionen inte köper.")
    if not form.ok:
        return await _page(here, sale, form)
    said = "Försäljningen är inte godkänd. Enheten tar tillbaka hjälpmedlen."
    return await _act(here, sale, form, "disapprove", None, {}, said)


async def _act(
    here: Visit, sale: UUID, form: Form, act: str, body: Any, names: dict[str, str], said: str
) -> Response:
    part = await here.send("billing", "POST", f"/region-sales/{sale}:{act}", body, form)
    if part.problem is None:
        return here.go(f"{PAGE}/{sale}", said)
    say_refused(form, part, names)
    return await _page(here, sale, form)


async def _page(here: Visit, sale: UUID, form: Form | None) -> Response:
    path = f"/region-sales/{sale}"
    view = await here.need("billing", path)
    story, names, articles, today = await asyncio.gather(
        here.ask("billing", f"{path}/story"),
        Names.of(
            here,
            payers=[view["payer_id"]],
            customers=[view["service_point"]],
            users=[view["requested_by"]],
        ),
        articles_of(
            here, [one["article_number"] for one in view["lines"] if one["article_number"]]
        ),
        here.today(),
    )
    shown = form or Form()
    proposed = {
        "answer_by_on": view["answer_by_on"] or (today + _ANSWER_WITHIN).isoformat(),
        "asked_by": view["requested_by"],
        "sold_on": today.isoformat(),
        **{f"price-{one['device_number']}": _kronor_of(one["price"]) for one in view["lines"]},
    }
    for name, value in proposed.items():
        if name not in shown:
            shown.give(name, value)
    is_claiming = view["status"] == "requested" and view["due_on"] is not None
    return here.page(
        "region_sales/sale.html",
        sale=view,
        form=shown,
        names=names,
        articles=articles,
        story=story,
        named_story=await story_named(here, story),
        is_claiming=is_claiming,
        may_price=here.may_for_all("billing.region-sale.propose")
        and view["status"] in ("requested", "proposed")
        and not is_claiming,
        may_answer=here.may("billing.region-sale.approve") and view["status"] == "proposed",
        may_disapprove=here.may("billing.region-sale.disapprove")
        and view["status"] in ("requested", "proposed"),
    )


def _kronor_of(price: dict[str, Any] | None) -> str:
    """A price as a field of a form has it; empty where there is none."""
    if price is None:
        return ""
    whole, rest = divmod(price["net_ore"], 100)
    return f"{whole},{rest:02}" if rest else str(whole)
