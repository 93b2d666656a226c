"""The page of a withdrawal that is being written: what services say of what is in it."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import price_at
from kvitt_portal.pages.own_store import shelf_of
from kvitt_portal.pages.withdrawal_draft import Draft, Line
from kvitt_portal.services import Part

_LISTED = 200
_CODE = re.compile(r"[0-9A-Za-z-]{1,30}")


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its article, what the store has of it, and what it will cost."""

    line: Line
    article: dict[str, Any] | None
    available: int
    devices: Sequence[dict[str, Any]]
    price: dict[str, Any] | None
    preview: dict[str, Any] | None = None

    @property
    def is_marked(self) -> bool:
        """True for an article of which each device has a number."""
        return self.article is not None and bool(self.article["marked"])

    @property
    def is_short(self) -> bool:
        """True where more are wanted than the store has."""
        return self.line.quantity.isdecimal() and int(self.line.quantity) > self.available

    @property
    def stands_elsewhere(self) -> bool:
        """True for a named device that is not in the store, or is taken."""
        return bool(self.line.device) and self.line.device not in {
            one["device_number"] for one in self.devices if one["claim"] is None
        }

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The free devices of the article, as a list to choose from."""
        free = [one["device_number"] for one in self.devices if one["claim"] is None]
        if self.line.device and self.line.device not in free:
            return [(self.line.device, f"{self.line.device} (inte i förrådet)"), *_pairs(free)]
        return _pairs(free)


async def show(here: Visit, draft: Draft, form: Form) -> Response:
    """The page. What stands against the withdrawal stands beside its fields."""
    me, customer, people, care_units, payers = await asyncio.gather(
        here.ask("orders", f"/users/{here.user.user_id}"),
        here.ask("orders", "/customers/" + _code(draft.service_point)),
        here.people([draft.person], purpose="ordering") if draft.person else _nobody(),
        here.ask("orders", "/care-units", sort="name", limit=_LISTED),
        here.ask("orders", "/payers", sort="name", limit=_LISTED),
    )
    store = (customer.value["store"] or "") if customer else ""
    prescribers = _prescribers(here, me)
    if not draft.prescriber and len(prescribers) == 1:
        draft = draft.but(prescriber=prescribers[0])
    names, shelf, lines = await asyncio.gather(
        Names.of(
            here,
            stores=[store],
            customers=here.user.service_points,
            payers=[draft.payer, customer.value["payer_id"] if customer else None],
            users=prescribers,
            care_units=[draft.unit],
        ),
        shelf_of(here, store, draft.query),
        _lines(here, draft, store),
    )
    preview = await _preview(here, draft, store, lines)
    if preview is not None and not preview and preview.status < 500 and form.ok:
        form.refuse(preview.problem, draft.names_in_form())
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
        care_units=_options(care_units, "unit"),
        payers=_options(payers, "payer_id"),
        lines=_with_preview(lines, preview),
        preview=preview,
        shelf=shelf,
    )


async def _lines(here: Visit, draft: Draft, store: str) -> list[Shown]:
    today = (await here.today()).isoformat()
    return list(
        await asyncio.gather(*(_line(here, one, store, today=today) for one in draft.lines))
    )


async def _line(here: Visit, line: Line, store: str, *, today: str) -> Shown:
    part = await here.ask("inventory", "/articles/" + _code(line.article))
    if not part:
        return Shown(line, None, 0, [], None)
    article = part.value
    devices: list[dict[str, Any]] = []
    if article["marked"] and store:
        found = await here.ask(
            "inventory", "/devices", store=store, article_number=line.article, limit=_LISTED
        )
        devices = found.value["items"] if found else []
    available = sum(one["available"] for one in article["balances"] if one["store"] == store)
    return Shown(line, article, available, devices, price_at(article["prices"], today))


async def _preview(here: Visit, draft: Draft, store: str, lines: list[Shown]) -> Part | None:
    """What the withdrawal would be; None while it is not whole."""
    is_named = all(one.line.device or not one.is_marked for one in lines)
    if not (lines and is_named and store and draft.has_recipient and draft.prescriber):
        return None
    return await here.send("orders", "POST", "/withdrawals:preview", draft.body(store))


def _with_preview(lines: list[Shown], preview: Part | None) -> list[Shown]:
    if not preview:
        return lines
    said = preview.value["lines"]
    return [
        Shown(one.line, one.article, one.available, one.devices, one.price, told)
        for one, told in zip(lines, said, strict=True)
    ]


def _filled(form: Form, draft: Draft, lines: list[Shown]) -> Form:
    """The form with what the draft holds."""
    for name in ("service_point", "prescriber", "person", "unit", "payer"):
        form.give(name, getattr(draft, name))
    form.give("q", draft.query)
    for n, one in enumerate(lines):
        form.give(f"quantity-{n}", one.line.quantity)
        form.give(f"device-{n}", one.line.device)
    return form


def _prescribers(here: Visit, me: Part) -> list[str]:
    """In whose name the user may register: their own, and theirs whom they act for."""
    own = [here.user.user_id] if here.has("prescriber") else []
    others = me.value["acts_for"] if me else []
    return list(dict.fromkeys([*own, *others]))


def _options(part: Part, code: str) -> list[tuple[str, str]]:
    items = part.value["items"] if part else []
    return [(one[code], f"{one['name']} ({one[code]})") for one in items]


def _pairs(numbers: list[str]) -> list[tuple[str, str]]:
    return [(one, one) for one in numbers]


def _code(text: str) -> str:
    """A code in a path; what cannot be one is asked for as one that does not exist."""
    return text if _CODE.fullmatch(text) else "0"


async def _nobody() -> dict[str, Person]:
    return {}
