"""A new order: one page, from its recipient to its lines, with what it costs before it is sent."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import order_form
from kvitt_portal.pages.order_form import MOST_LINES, lines_of, names_of, order_of, rows_of
from kvitt_portal.pages.recipients import find_by_number
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/bestallningar/ny"
_HITS: Final = 8
_LISTED: Final = 200
_CODE = re.compile(r"[0-9A-Za-z-]{1,30}")
_DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Setting:
    """What the page proposes: whom it is for, who may prescribe, and who pays."""

    person: Person | None
    prescribers: list[tuple[str, str]]
    customer: Part
    names: Names
    articles: Mapping[str, dict[str, Any]]

    def in_own_store(self, article: str) -> int:
        """How many of an article the service point's own store has to give."""
        store = self.customer.value["store"] if self.customer else None
        balances = self.articles[article]["balances"] if article in self.articles else []
        return sum(one["available"] for one in balances if store and one["store"] == store)


@router.get(PAGE)
async def begin(here: Here) -> Response:
    """An empty order, the one that is being written, or one for a person, of an article, or like
    an earlier one.
    """
    asked = here.request.query_params
    given = {"quantity-1": "1", "service_point": here.service_point, "to": "recipient"}
    if person := asked.get("person"):
        given["person"] = person
    if article := asked.get("article"):
        given["article-1"] = article
    if earlier := asked.get("lik"):
        given |= await _like(here, earlier)
    if "borja-om" in asked:
        order_form.throw_away(here)
    elif not asked and (found := order_form.kept(here)) is not None:
        return await _page(here, found, is_kept=True)
    given.setdefault("prescriber", _own_prescriber(here))
    return await _page(here, Form(given=given))


@router.post(PAGE)
async def place(here: Here) -> Response:
    """Place the order; or show the page again with another line, or with what it will cost. What
    has not been seen with its cost is shown first.
    """
    form = await here.form()
    if _is_changed_only(form):
        order_form.keep(here, form)
        return await _page(here, form)
    await find_recipient(here, form)
    await _name_articles(here, form)
    order_form.read(form)
    order_form.keep(here, form)
    if not form.ok:
        return await _page(here, form)
    preview = await _preview(here, form)
    form.refuse(preview.problem, names_of(form))
    if not preview or form["do"] == "preview" or form["seen"] != _seen(form, preview):
        return await _page(here, form, preview=preview, is_first_seen=form["do"] != "preview")
    part = await here.send("orders", "POST", "/orders", order_of(form), form)
    if part.problem is not None:
        form.refuse(part.problem, names_of(form))
        order_form.keep(here, form)
        return await _page(here, form)
    order_form.throw_away(here)
    number, order = part.value["order_number"], part.value["order_id"]
    return here.go(
        f"/bestallningar/{order}",
        f"{here.word('Beställning')} {number} är skickad.",
        undo=(f"/bestallningar/{order}/makulera", "Ångra"),
    )


@router.post(f"{PAGE}/kostnad")
async def cost(here: Here) -> Response:
    """While it is written: whose the number is, where it goes, what it will be and cost."""
    form = await here.form()
    is_found = False
    if _is_whole(form["number"]):
        await find_recipient(here, form)
        is_found = bool(form["person"])
    preview = None
    if rows_of(form):
        await _name_articles(here, form)
    order_form.read(form)
    if form.ok and (form["person"] or form["unit"]) and form["prescriber"]:
        preview = await _preview(here, form) if lines_of(form) else None
    order_form.keep(here, form)
    setting = await setting_of(here, form)
    return here.page(
        "orders/live.html",
        status=200,
        form=form,
        preview=preview,
        shown=_seen(form, preview),
        is_found=is_found,
        is_first_seen=False,
        **_fields_of(setting),
        care_units=[],
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


async def find_recipient(here: Visit, form: Form) -> None:
    """The person whose number is written becomes the form's; the number stands nowhere else."""
    if form["person"] or form["unit"]:
        return
    digits = "".join(one for one in form["number"] if one.isascii() and one.isdigit())
    if not _is_whole(form["number"]):
        form.add("number", "Skriv personnumret med 12 siffror, eller välj en vårdenhet.")
        return
    part = await find_by_number(here, digits)
    if part.problem is not None:
        form.refuse(part.problem, {"identity": "number", "": "number"})
        return
    form.give("person", part.value["person"])
    form.give("number", "")


async def setting_of(here: Visit, form: Form) -> Setting:
    """Whom the form is for, who may prescribe, who pays, and what the lines' articles are."""
    place = form["service_point"] or here.service_point
    found, me, customer, named = await asyncio.gather(
        here.people([form["person"]], purpose="ordering"),
        here.ask("orders", f"/users/{here.user.user_id}"),
        here.ask("orders", "/customers/" + _code(place)),
        _articles_of(here, form),
    )
    own = _own_prescriber(here)
    for_others = me.value.get("acts_for", []) if me else []
    prescribers = list(dict.fromkeys([*([own] if own else []), *for_others]))
    names = await Names.of(
        here,
        users=[*prescribers, form["prescriber"]],
        payers=[
            customer.value["payer_id"] if customer else None,
            form["payer"],
            *(form[f"payer-{n}"] for n in rows_of(form)),
        ],
        customers=[place],
        care_units=[form["unit"]],
    )
    return Setting(
        person=found.get(form["person"]),
        prescribers=[(one, names.user(one)) for one in prescribers],
        customer=customer,
        names=names,
        articles={part.value["article_number"]: part.value for part in named if part},
    )


async def _articles_of(here: Visit, form: Form) -> list[Part]:
    written = [form[f"article-{number}"] for number in rows_of(form)]
    asked = (here.ask("inventory", "/articles/" + _code(one)) for one in written)
    return list(await asyncio.gather(*asked))


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
        if _CODE.fullmatch(written) and await here.ask("inventory", f"/articles/{written}"):
            continue
        found = await here.ask("inventory", "/articles", query=written, limit=_HITS)
        hits = found.value["items"] if found else []
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
    is_kept: bool = False,
) -> Response:
    setting, care_units, payers, picks = await asyncio.gather(
        setting_of(here, form),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
        _picks(here, form),
    )
    shown = max([*rows_of(form), 0])
    if form["do"] == "line" or not shown:
        shown += 1
        if not form[f"quantity-{shown}"]:
            form.give(f"quantity-{shown}", "1")
    return here.page(
        "orders/new.html",
        form=form,
        **_fields_of(setting),
        care_units=_options(care_units, "unit"),
        payers=payers.value["items"] if payers else [],
        lines=range(1, min(shown, MOST_LINES) + 1),
        may_add=shown < MOST_LINES,
        picks=picks,
        preview=preview,
        shown=_seen(form, preview),
        is_first_seen=is_first_seen and form.ok,
        is_kept=is_kept,
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


def _fields_of(setting: Setting) -> dict[str, Any]:
    return {
        "person": setting.person,
        "prescribers": setting.prescribers,
        "customer": setting.customer,
        "names": setting.names,
        "articles": setting.articles,
        "in_own_store": setting.in_own_store,
    }


def _is_changed_only(form: Form) -> bool:
    """True where a button changed the form and nothing is to be sent; it is changed then."""
    if (number := form["remove"]).isdigit():
        order_form.without(form, int(number))
        return True
    if form["pick"]:
        number, _, article = form["pick"].partition(" ")
        form.give(f"article-{number}", article)
        return True
    if form["do"] == "other":
        form.give("person", "")
        form.give("unit", "")
        return True
    return form["do"] == "line"


def _is_whole(number: str) -> bool:
    return sum(one.isascii() and one.isdigit() for one in number) == _DIGITS


def _seen(form: Form, preview: Part | None) -> str:
    return order_form.shown_as(form, preview.value) if preview else ""


async def _preview(here: Visit, form: Form) -> Part:
    return await here.send("orders", "POST", "/orders:preview", order_of(form))


async def _like(here: Visit, order: str) -> dict[str, str]:
    """An earlier order's recipient, prescriber and lines, to be ordered again (ORD-19)."""
    view = await here.need("orders", f"/orders/{_code(order)}")
    given = {"prescriber": view["prescriber"]}
    recipient = view["recipient"]
    if recipient["kind"] == "patient":
        given["person"] = str(UUID(recipient["person"]))
    else:
        given |= {"unit": recipient["unit"], "to": "unit"}
    for number, line in enumerate(view["lines"][:MOST_LINES], 1):
        given[f"article-{number}"] = line["article_number"]
        given[f"quantity-{number}"] = str(line["quantity"])
    return given


def _options(part: Part, code: str) -> list[tuple[str, str]]:
    items = part.value["items"] if part else []
    return [(one[code], f"{one['name']} ({one[code]})") for one in items]


def _code(text: str) -> str:
    """A code in a path; what cannot be one is asked for as one that does not exist."""
    return text if _CODE.fullmatch(text) or is_id(text) else "0"


def _own_prescriber(here: Visit) -> str:
    return here.user.user_id if here.has(Grantee.PRESCRIBER) else ""
