"""The page of a withdrawal that is being written: what services say of what is in it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import articles_of, price_on
from kvitt_portal.pages.asking import code, items_of, options_of
from kvitt_portal.pages.covers import home_of, payables_of
from kvitt_portal.pages.order_costs import OrderCost, order_cost_of
from kvitt_portal.pages.own_store import shelf_of
from kvitt_portal.pages.registering import prescribers_of, quantity_of
from kvitt_portal.pages.withdrawal_draft import Draft, Line
from kvitt_portal.rendering import pairs
from kvitt_portal.services import Part

_LISTED = 200


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line with its article, how many the store has, its devices there, its price, and what
    orders' preview has for it, with when it comes and what it costs.
    """

    line: Line
    article: dict[str, Any] | None
    available: int = 0
    devices: Sequence[dict[str, Any]] = ()
    price: dict[str, Any] | None = None
    preview: dict[str, Any] | None = None
    day: dict[str, Any] | None = None
    cost: dict[str, Any] | None = None

    @property
    def is_marked(self) -> bool:
        """True for an article of which each device has a number."""
        return self.article is not None and bool(self.article["marked"])

    @property
    def is_short(self) -> bool:
        """True where more are wanted than the store has."""
        quantity = quantity_of(self.line.quantity)
        return isinstance(quantity, int) and quantity > self.available

    @property
    def is_elsewhere(self) -> bool:
        """True for a named device that is not in the store, or is taken."""
        return bool(self.line.device) and self.line.device not in {
            one["device_number"] for one in self.devices if one["claim"] is None
        }

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The free devices of the article, as a list to choose from."""
        free = [one["device_number"] for one in self.devices if one["claim"] is None]
        if self.line.device and self.line.device not in free:
            return [(self.line.device, f"{self.line.device} (inte i förrådet)"), *pairs(free)]
        return pairs(free)


async def show(here: Visit, draft: Draft, form: Form) -> Response:
    """The page. What stands against the withdrawal stands beside its fields."""
    prescribers, customer, people, care_units, payers, payables = await asyncio.gather(
        prescribers_of(here),
        here.ask("orders", f"/customers/{code(draft.service_point)}"),
        here.people([draft.person], purpose="ordering"),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
        payables_of(here),
    )
    store = (customer.value["store"] or "") if customer else ""
    if not draft.prescriber and len(prescribers) == 1:
        draft = draft.but(prescriber=prescribers[0])
    names, shelf, lines = await asyncio.gather(
        Names.of(
            here,
            stores=[store],
            customers=here.user.service_points,
            payers=[
                draft.payer,
                customer.value["payer_id"] if customer else None,
                *(one.payer for one in payables),
            ],
            users=prescribers,
            care_units=[draft.unit],
        ),
        shelf_of(here, store, draft.query),
        _lines(here, draft, store),
    )
    preview = await _preview(here, draft, store, lines)
    cost = await order_cost_of(here, preview, withdrawn=draft.body(store))
    if preview is not None and not preview and preview.status < 500 and form.ok:
        form.refuse(preview.problem, draft.fields)
    return here.page(
        "withdrawals/new.html",
        status=200 if here.request.method == "GET" else 0,
        form=_filled(form, draft, lines),
        draft=draft,
        store=store,
        customer=customer,
        names=names,
        person=people.get(draft.person),
        is_unseen=bool(draft.person) and draft.person not in people,
        prescribers=[(one, names.user(one)) for one in prescribers],
        places=[
            (one, names.customer(one))
            for one in dict.fromkeys((*here.user.service_points, draft.service_point))
            if one
        ],
        care_units=options_of(care_units, "unit"),
        payers=options_of(payers, "payer_id"),
        covers=[(one.value, one.said(names)) for one in payables],
        home=home_of(people.get(draft.person), here, payables),
        lines=_with_preview(lines, preview, cost),
        preview=preview,
        cost=cost,
        shelf=shelf,
    )


async def _lines(here: Visit, draft: Draft, store: str) -> list[DraftLine]:
    today, articles = await asyncio.gather(
        here.today(), articles_of(here, [line.article for line in draft.lines])
    )
    known = ((line, articles.get(line.article)) for line in draft.lines)
    return list(await asyncio.gather(*(_line(here, *one, store, today) for one in known)))


async def _line(
    here: Visit, line: Line, article: dict[str, Any] | None, store: str, today: date
) -> DraftLine:
    if article is None:
        return DraftLine(line, None)
    devices: list[dict[str, Any]] = []
    if article["marked"] and store:
        found = await here.ask(
            "inventory", "/devices", store=store, article_number=line.article, limit=_LISTED
        )
        devices = items_of(found)
    return DraftLine(
        line,
        article,
        available=sum(one["available"] for one in article["balances"] if one["store"] == store),
        devices=devices,
        price=price_on(article["prices"], today),
    )


async def _preview(here: Visit, draft: Draft, store: str, lines: list[DraftLine]) -> Part | None:
    """What the withdrawal would be; None while it is not whole."""
    is_named = all(one.line.device or not one.is_marked for one in lines)
    if not (lines and is_named and store and draft.has_recipient and draft.prescriber):
        return None
    return await here.send("orders", "POST", "/withdrawals:preview", draft.body(store))


def _with_preview(lines: list[DraftLine], preview: Part | None, cost: OrderCost) -> list[DraftLine]:
    if not preview:
        return lines
    previews = enumerate(preview.value["lines"])
    return [
        replace(line, preview=one, day=cost.day(n) or None, cost=cost.cost(n) or None)
        for line, (n, one) in zip(lines, previews, strict=True)
    ]


def _filled(form: Form, draft: Draft, lines: list[DraftLine]) -> Form:
    """The form with what the draft holds."""
    for name in ("service_point", "prescriber", "person", "unit", "payer", "cover"):
        form.give(name, getattr(draft, name))
    form.give("q", draft.query)
    for n, one in enumerate(lines):
        form.give(f"quantity-{n}", one.line.quantity)
        form.give(f"device-{n}", one.line.device)
    return form
