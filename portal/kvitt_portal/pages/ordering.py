"""A new order: one page, from its recipient to its lines, with what it costs before it is sent."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.numbers import personal_number
from kvitt_portal.pages import (
    order_drafts,
    order_files,
    order_form,
    order_guides,
    order_payers,
    order_work,
)
from kvitt_portal.pages.alternatives import proposals_of
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import code, items_of, options_of
from kvitt_portal.pages.covers import chosen_of, home_of, payables_of
from kvitt_portal.pages.order_costs import order_cost_of
from kvitt_portal.pages.order_form import MOST_LINES, fields_of, order_of, rows_of
from kvitt_portal.pages.purchasing import MUST_SAY, SERVICE, make_of_services
from kvitt_portal.pages.registering import (
    digest_of,
    find_recipient,
    latest_first,
    own_prescriber,
    prescribers_of,
    recipient_of,
)
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/bestallningar/ny"
_HITS: Final = 8
_LISTED: Final = 200


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """An empty order, the one that is being written, or one for a person or a unit, of an article,
    by the application that permits it, or like an earlier one.
    """
    asked = here.request.query_params
    given = {"quantity-1": "1", "service_point": here.service_point, "to": "recipient"}
    if person := asked.get("person"):
        given["person"] = person
    elif unit := asked.get("unit"):
        given |= {"unit": unit, "to": "unit"}
    if earlier := asked.get("lik"):
        given |= await _like(here, earlier, line=asked.get("rad", ""))
    if article := asked.get("article"):
        given["article-1"] = article
        if application := asked.get("ansokan"):
            given["application-1"] = f"{article} {application}"
    if draft := asked.get("utkast"):
        return await _page(here, Form(given=given | await order_drafts.resumed(here, draft)))
    if "borja-om" in asked:
        order_form.discard_draft(here)
    elif not asked and (found := order_form.stored_draft(here)) is not None:
        return await _page(here, found, is_resumed=True)
    given.setdefault("prescriber", own_prescriber(here))
    return await _page(here, Form(given=given))


@router.post(PAGE)
async def place(here: Here) -> Response:
    """Place the order; or show the page again with another line, or with what it will cost. What
    has not been seen with its cost is shown first.
    """
    form = await here.form()
    if (number := form["guide"]).isascii() and number.isdigit():
        await order_guides.follow(here, form, int(number))
        order_form.store_draft(here, form)
        return await _page(here, form)
    if _is_changed_only(form):
        order_form.store_draft(here, form)
        return await _page(here, form)
    if form["do"] == "draft":
        if await order_drafts.keep(here, form):
            return here.go(order_drafts.LIST, "Utkastet är sparat. Ingenting är beställt än.")
        return await _page(here, form)
    await find_recipient(here, form)
    await _name_articles(here, form)
    await order_payers.name_payers(here, form)
    order_form.check(form)
    order_files.must_be_sent(form)
    await order_work.check(here, form)
    order_form.store_draft(here, form)
    if not form.ok:
        return await _page(here, form)
    preview = await _preview(here, form)
    form.refuse(preview.problem, fields_of(form))
    if preview and _lacks_words(form, preview):
        order_form.store_draft(here, form)
        return await _page(here, form, preview=preview)
    if not preview or form["do"] == "preview" or form["seen"] != _seen(form, preview):
        return await _page(here, form, preview=preview, is_first_seen=form["do"] != "preview")
    body = {**order_of(form), **order_drafts.seen_of(form)}
    part = await here.send("orders", "POST", "/orders", body, form)
    if part.problem is not None:
        order_drafts.refuse(form, part)
        order_form.store_draft(here, form)
        return await _page(here, form)
    order_form.discard_draft(here)
    return await _placed(here, form, part.value)


async def _placed(here: Visit, form: Form, order: Mapping[str, Any]) -> Response:
    """The way on from an order that was placed, with what is made of it at once."""
    said = f"{here.word('Beställning')} {order['order_number']} är skickad"
    page = f"/bestallningar/{order['order_id']}"
    bought = await make_of_services(here, form, order)
    work, tone = await order_work.register(here, form, order)
    if bought:
        said += ", och tjänsten har en inköpsorder"
        return here.go(
            bought[0] if len(bought) == 1 and not work else page,
            f"{said}. {work}".strip(),
            tone=tone,
        )
    if work:
        return here.go(page, f"{said}. {work}", tone=tone)
    return here.go(page, f"{said}.", undo=(f"{page}/makulera", "Ångra"))


@router.post(f"{PAGE}/bilaga")
async def attach(here: Here) -> Response:
    """Send a file in that goes with the order; the page is shown again with it."""
    form = await here.form()
    await order_files.take_in(here, form)
    order_form.store_draft(here, form)
    return await _page(here, form)


@router.post(f"{PAGE}/kostnad")
async def cost(here: Here) -> Response:
    """While it is written: whose the number is, where it goes, what it will be and cost."""
    form = await here.form()
    is_found = False
    if personal_number(form["number"]):
        await find_recipient(here, form)
        is_found = bool(form["person"])
    preview = None
    if rows_of(form):
        await _name_articles(here, form)
        order_form.check(form)
    await order_payers.name_payers(here, form)
    if form.ok and (form["person"] or form["unit"]) and form["prescriber"]:
        preview = await _preview(here, form) if rows_of(form) else None
    order_form.store_draft(here, form)
    return here.page(
        "orders/live.html",
        status=200,
        form=form,
        preview=preview,
        cost=await order_cost_of(here, preview),
        shown=_seen(form, preview),
        is_found=is_found,
        care_units=[],
        **await _setting_of(here, form),
    )


@router.get("/bestallningar/artiklar")
async def articles(here: Here) -> Response:
    """Articles whose words are written in a line, to choose among."""
    asked = here.request.query_params
    line, query = next(
        ((name, value) for name, value in asked.items() if name.startswith("article-")), ("", "")
    )
    number = line.removeprefix("article-")
    found = None
    if len(query) >= 3 and number.isdigit():
        found = await here.ask(
            "inventory", "/articles", query=query, in_assortment=True, limit=_HITS
        )
    return here.page("orders/options.html", found=found, n=number, query=query)


async def _setting_of(here: Visit, form: Form) -> dict[str, Any]:
    """What the page shows of the form: whom it is for, who may prescribe, who pays, and the lines'
    articles with how many the service point's own store has of each.
    """
    place = form["service_point"] or here.service_point
    people, prescribers, customer, articles, payables, (proposals, guides) = await asyncio.gather(
        here.people([form["person"]], purpose="ordering"),
        prescribers_of(here),
        here.ask("orders", f"/customers/{code(place)}"),
        articles_of(here, _named_in(form)),
        payables_of(here),
        asyncio.gather(proposals_of(here, form, place), order_guides.guides_of(here, form)),
    )
    names = await Names.of(
        here,
        users=[*prescribers, form["prescriber"]],
        payers=[
            customer.value["payer_id"] if customer else None,
            *order_payers.codes_in(form),
            *(one.payer for one in payables),
        ],
        customers=[place],
        care_units=[form["unit"]],
    )
    store = customer.value["store"] if customer else None
    return {
        "person": people.get(form["person"]),
        "covers": [(one.value, one.said(names)) for one in payables],
        "home": home_of(people.get(form["person"]), here, payables),
        "prescribers": [(one, names.user(one)) for one in prescribers],
        "customer": customer,
        "names": names,
        "articles": articles,
        "attached": order_files.attached(form),
        "proposals": proposals,
        "guides": guides,
        "asked_first": {n: order_form.asked_first(form, n) for n in rows_of(form)},
        "in_own_store": {
            number: sum(one["available"] for one in article["balances"] if one["store"] == store)
            for number, article in articles.items()
        },
    }


def _named_in(form: Form) -> list[str]:
    """The lines' articles, and those that were asked for first."""
    rows = rows_of(form)
    return [form[f"article-{n}"] for n in rows] + [order_form.asked_first(form, n) for n in rows]


async def _name_articles(here: Visit, form: Form) -> None:
    """Where a line holds words instead of a number and one article has them, its number is given;
    where several have, one is to be chosen.
    """
    numbers = rows_of(form)
    if not numbers:
        form.add("article-1", "Skriv minst en artikel: numret, eller ord ur benämningen.")
    for number in numbers:
        name = f"article-{number}"
        written = form[name]
        if await here.ask("inventory", f"/articles/{code(written)}"):
            continue
        found = await here.ask("inventory", "/articles", query=written, limit=_HITS)
        hits = items_of(found)
        if found.problem is not None and found.status >= 500:
            form.add(name, f"{found.problem.title}. {found.problem.way_on}")
        elif len(hits) == 1:
            form.give(name, hits[0]["article_number"])
        elif hits:
            form.add(name, "Flera artiklar passar. Välj en av dem.")
        else:
            form.add(name, f"Ingen artikel passar ”{written}”. Sök bland artiklarna.")


async def _page(
    here: Visit,
    form: Form,
    *,
    preview: Part | None = None,
    is_first_seen: bool = False,
    is_resumed: bool = False,
) -> Response:
    setting, care_units, payers, picks, payer_picks = await asyncio.gather(
        _setting_of(here, form),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
        _picks(here, form),
        order_payers.picks_of(here, form),
    )
    said = dict(setting["prescribers"])
    setting["prescribers"] = [(one, said[one]) for one in await latest_first(here, list(said))]
    shown = max([*rows_of(form), 0])
    if form["do"] == "line" or not shown:
        shown += 1
        if not form[f"quantity-{shown}"]:
            form.give(f"quantity-{shown}", "1")
    return here.page(
        "orders/new.html",
        form=form,
        **setting,
        care_units=options_of(care_units, "unit"),
        payers=items_of(payers),
        lines=range(1, min(shown, MOST_LINES) + 1),
        may_add=shown < MOST_LINES,
        picks=picks,
        payer_picks=payer_picks,
        preview=preview,
        cost=await order_cost_of(here, preview),
        shown=_seen(form, preview),
        is_first_seen=is_first_seen and form.ok,
        is_resumed=is_resumed,
    )


async def _picks(here: Visit, form: Form) -> dict[int, Part]:
    """What to choose among in the lines whose words several articles have."""
    wrong = [n for n in rows_of(form) if f"article-{n}" in form.errors]
    found = await asyncio.gather(
        *(
            here.ask("inventory", "/articles", query=form[f"article-{n}"], limit=_HITS)
            for n in wrong
        )
    )
    return {n: part for n, part in zip(wrong, found, strict=True) if part}


def _is_changed_only(form: Form) -> bool:
    """True where a button changed the form and nothing is to be sent; it is changed then."""
    if (number := form["remove"]).isascii() and number.isdigit():
        order_form.without(form, int(number))
        return True
    if form["pick"]:
        number, article, asked = [*form["pick"].split(), "", "", ""][:3]
        form.give(f"article-{number}", article)
        form.give(f"instead-{number}", f"{article} {asked}" if asked else "")
        return True
    if form["pick-payer"]:
        order_payers.pick(form, form["pick-payer"])
        return True
    if form["no-guide"]:
        order_guides.put_aside(form, form["no-guide"])
        return True
    if form["remove-file"]:
        order_files.take_out(form, form["remove-file"])
        return True
    if form["do"] == "other":
        form.give("person", "")
        form.give("unit", "")
        return True
    return form["do"] == "line"


def _seen(form: Form, preview: Part | None) -> str:
    """A digest of whom the order is for, who prescribes it, and what it will be and cost."""
    if not preview:
        return ""
    recipient = recipient_of(form["person"], form["unit"])
    return digest_of([recipient, form["prescriber"], form["service_point"], preview.value])


def _lacks_words(form: Form, preview: Part) -> bool:
    """True where a service is ordered and nobody has said what it is for (ORD-11)."""
    lacking = [
        number
        for number, line in zip(rows_of(form), preview.value["lines"], strict=False)
        if line["article_type"] == SERVICE and not form[f"comment-{number}"]
    ]
    for number in lacking:
        form.add(f"comment-{number}", MUST_SAY)
    return bool(lacking)


async def _preview(here: Visit, form: Form) -> Part:
    return await here.send("orders", "POST", "/orders:preview", order_of(form))


async def _like(here: Visit, order: str, *, line: str) -> dict[str, str]:
    """An earlier order's recipient, prescriber and lines, to be ordered again; of one `line` that
    one alone (ORD-19).
    """
    view = await here.need("orders", f"/orders/{code(order)}")
    given = {"prescriber": view["prescriber"]}
    if view.get("cover"):
        given["cover"] = chosen_of(view["cover"], await payables_of(here))
    recipient = view["recipient"]
    if recipient is None:  # a replenishment is ordered again on its own page
        given["service_point"] = view["service_point"]
    elif recipient["kind"] == "patient":
        given["person"] = str(UUID(recipient["person"]))
    else:
        given |= {"unit": recipient["unit"], "to": "unit"}
    lines = [one for one in view["lines"] if line in ("", str(one["number"]))]
    for number, one in enumerate(lines[:MOST_LINES], 1):
        # what is proposed instead of it is proposed anew
        given[f"article-{number}"] = one.get("instead_of") or one["article_number"]
        given[f"quantity-{number}"] = str(one["quantity"])
        if one.get("application"):
            given[f"application-{number}"] = f"{one['article_number']} {one['application']}"
    return given
