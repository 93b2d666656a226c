"""Individ: a marked device found by a part of its number, and its card."""

import asyncio
import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names

router = APIRouter()

SHOWN_AT_ONCE = 50
_PART = re.compile(r"[0-9A-Za-z-]{1,30}")
_FILTERS = ("nummer", "artikel", "forrad")
_PLACE = "individer"


@router.get("/individ")
async def find(here: Here) -> Response:
    """Devices by what one knows of them."""
    if (back := here.remembered(_PLACE)) is not None:
        return back
    asked = here.request.query_params
    form = Form(given={name: asked.get(name, "") for name in _FILTERS})
    if form["nummer"] and _PART.fullmatch(form["nummer"]) is None:
        form.add("nummer", "Skriv siffror, bokstäver (a–z) och bindestreck, högst 30 tecken.")
        return here.page("devices/list.html", form=form, part=None)
    part = await here.ask(
        "inventory",
        "/devices",
        device_number=form["nummer"],
        article_number=form["artikel"],
        store=form["forrad"],
        cursor=asked.get("cursor"),
        limit=SHOWN_AT_ONCE,
    )
    form.refuse(
        part.problem if part.status == 422 else None,
        {"device_number": "nummer", "article_number": "artikel", "store": "forrad"},
    )
    if not part:
        return here.page("devices/list.html", form=form, part=part if form.ok else None)
    lines = part.value["items"]
    people, names = await _who(here, lines)
    return here.page(
        "devices/list.html", form=form, part=part, lines=lines, people=people, names=names
    )


@router.get("/individ/{device_id}")
async def card(device_id: UUID, here: Here) -> Response:
    """Everything about a device: where it is, who pays, what holds it, and how it came there."""
    path = f"/devices/{device_id}"
    device: dict[str, Any] = await here.need("inventory", path)
    story, paid, order = await asyncio.gather(
        here.ask("inventory", f"{path}/story"),
        here.ask("billing", f"{path}/payers"),
        _order_behind(here, device),
    )
    periods = list(reversed(device["periods"]))
    told = story.value["items"] if story else []
    paying = paid.value["periods"] if paid else []
    people, names = await _who(
        here,
        [device, *periods],
        users=[one["by"] for one in told],
        payers=[one["payer_id"] for one in paying],
    )
    return here.page(
        "devices/card.html",
        device=device,
        periods=periods,
        story=story,
        paid=paid,
        order=order,
        people=people,
        names=names,
        works=here.has(Grantee.PRESCRIBER, Grantee.REQUESTER),
    )


async def _order_behind(here: Visit, device: dict[str, Any]) -> dict[str, Any] | None:
    """The order of the latest delivery, where the user may see it."""
    if device["order_id"] is None:
        return None
    part = await here.ask("orders", f"/orders/{device['order_id']}")
    return part.value if part else None


async def _who(
    here: Visit,
    lines: list[dict[str, Any]],
    *,
    users: Sequence[str] = (),
    payers: Sequence[str] = (),
) -> tuple[dict[str, Person], Names]:
    """Who has, pays for and has prescribed what these lines are about."""
    holders = [one["holder"] for one in lines]
    return await asyncio.gather(
        here.people([one.get("person") for one in holders], purpose="display"),
        Names.of(
            here,
            care_units=[one.get("unit") for one in holders],
            stores=[one.get("store") for one in holders],
            payers=[*(one["payer_id"] for one in lines), *payers],
            customers=[one.get("customer_id") for one in lines],
            users=[*(one["prescriber"] for one in lines), *users],
        ),
    )
