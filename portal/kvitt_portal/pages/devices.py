"""Individ: a marked device found by a part of its number, its card, and a pause of its fee."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form, is_id, said_of
from kvitt_portal.here import Here, Person, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.pages.fault_reports import OPEN
from kvitt_portal.pages.own_store import own_stores
from kvitt_portal.pages.scanning import find_scanned, is_code
from kvitt_portal.services import Part

router = APIRouter()

_LIMIT = 50
_TELEPHONY = "2224"
"""ISO 9999: assistive products for telephoning."""
_WORKS = 5
_FILTERS = {
    "nummer": ("device_number", "Skriv siffror, bokstäver (a–z) och bindestreck, högst 30."),
    "artikel": ("article_number", "Skriv siffror, stora bokstäver och bindestreck, högst 20."),
    "underhall": ("maintenance_due_by", "Skriv en dag, till exempel 2026-12-31."),
    "forrad": ("store", "Skriv siffror och stora bokstäver, högst 10."),
}
"""By their names in the address: what inventory calls each, and what is written in it."""


@router.get("/individ")
async def find(here: Here) -> Response:
    """Devices by what one knows of them."""
    if (back := here.remembered("individer")) is not None:
        return back
    asked = here.request.query_params
    form = Form(given={name: asked.get(name, "") for name in _FILTERS})
    if is_code(form["nummer"]):
        return await _scanned(here, form)
    filters = {called: form[name] for name, (called, _) in _FILTERS.items()}
    cursor = asked.get("cursor")
    part = await here.ask("inventory", "/devices", **filters, cursor=cursor, limit=_LIMIT)
    wrong = {one.field for one in part.problem.fields} if part.problem else set()
    for name, (called, must_be) in _FILTERS.items():
        if called in wrong:
            form.add(name, must_be)
    lines = items_of(part)
    people, names = await _who(here, lines)
    return here.page(
        "devices/list.html", form=form, part=part, lines=lines, people=people, names=names
    )


async def _scanned(here: Visit, form: Form) -> Response:
    """The card of the device that a scanned code names; those that it may name; or why none is."""
    part = await find_scanned(here, form["nummer"])
    lines = items_of(part)
    if len(lines) == 1:
        return here.go(f"/individ/{lines[0]['device_id']}")
    if part.problem is not None:
        form.add("nummer", said_of(part.problem))
    people, names = await _who(here, lines)
    listed = Part(200, {"items": lines, "total": len(lines), "total_is_exact": True, "next": None})
    return here.page(
        "devices/list.html", form=form, part=listed, lines=lines, people=people, names=names
    )


@router.get("/individ/{device_id}")
async def card(device_id: UUID, here: Here) -> Response:
    """Everything about a device: where it is, who pays, what holds it, and how it came there."""
    return await card_page(device_id, here, None)


@router.post("/individ/{device_id}/pausa")
async def pause(device_id: UUID, here: Here) -> Response:
    """Put the fee that waits for a device off until a day, for who asked customer service."""
    form = await here.form()
    form.must("until_on", text="Ange till vilken dag.")
    form.must("asked_by", text="Ange vem som bad om det.")
    if form.ok and is_id(form["charge"]):
        body = {"until_on": form["until_on"], "asked_by": form["asked_by"]}
        part = await here.send("billing", "POST", f"/charges/{form['charge']}:pause", body, form)
        if part.problem is None:
            return here.go(f"/individ/{device_id}", "Avgiften är pausad.")
        form.refuse(part.problem, {"until_on": "until_on", "asked_by": "asked_by"})
    return await card_page(device_id, here, form)


async def card_page(device_id: UUID, here: Visit, form: Form | None) -> Response:
    """The card; `form` says what is wrong with what was done from it."""
    path = f"/devices/{device_id}"
    device: dict[str, Any] = await here.need("inventory", path)
    (story, paid, order, faults), (works, asked, article, sent_back) = await asyncio.gather(
        asyncio.gather(
            here.ask("inventory", f"{path}/story"),
            here.ask("billing", f"{path}/payers"),
            _order_behind(here, device),
            here.ask("orders", "/fault-reports", device_id=str(device_id), status=list(OPEN)),
        ),
        asyncio.gather(
            here.ask(
                "orders",
                "/work-orders",
                device_id=str(device_id),
                status=list(statuses.WORK_ORDERS),
                limit=_WORKS,
            ),
            asked_about(here, str(device_id)),
            here.ask("inventory", f"/articles/{device['article_number']}"),
            here.ask("inventory", "/supplier-returns", device_id=str(device_id), limit=1),
        ),
    )
    periods = list(reversed(device["periods"]))
    told = story.value["items"] if story else []
    paying = paid.value["periods"] if paid else []
    (people, names), fee = await asyncio.gather(
        _who(
            here,
            [device, *periods],
            users=[
                *(one["by"] for one in (*told, *device["notes"]["items"])),
                *_approvers(device),
            ],
            payers=[one["payer_id"] for one in (*paying, *device["damages"])],
        ),
        _fee_that_waits(here, device_id),
    )
    return here.page(
        "devices/card.html",
        device=device,
        periods=periods,
        story=story,
        paid=paid,
        order=order,
        faults=items_of(faults),
        works=works,
        asked=asked,
        may_order_pickups=here.may("orders.pickup.request"),
        may_report_faults=here.may("orders.fault-report.report"),
        may_write_notes=here.may("inventory.device.write-note"),
        people=people,
        names=names,
        is_own=device["claim"] is None and await _is_own(here, device["holder"]),
        fee=fee,
        basket=await _basket_of(here, device["claim"]),
        form=_filled(form, device, periods),
        may_sip=_is_telephone(article, device),
        sent_back=items_of(sent_back),
        is_in_own=await _is_own(here, device["holder"])
        or here.may_for_all("inventory.stocktaking.open"),
    )


def _approvers(device: Mapping[str, Any]) -> list[str]:
    """Who approved that it was bought from another region."""
    return [device["origin"]["approver"]] if device["origin"] else []


def _filled(
    form: Form | None, device: dict[str, Any], periods: Sequence[Mapping[str, Any]]
) -> Form:
    """The card's forms with what is proposed: where a device that is missed stood last."""
    stores = [one["holder"]["store"] for one in periods if one["holder"]["kind"] == "store"]
    now = device["holder"].get("store")
    given = {
        "asked_by": device["prescriber"] or "",
        "found_store": next((one for one in stores if one != now), ""),
        "sip_number": device["sip_number"] or "",
        "serial_number": device["serial_number"] or "",
    }
    form = form or Form()
    for name, value in given.items():
        if name not in form:
            form.give(name, value)
    return form


def _is_telephone(article: Part, device: Mapping[str, Any]) -> bool:
    """Whether a device has a SIP number: alternative telephony is of one ISO class (INV-5)."""
    is_of_class = bool(article) and str(article.value["iso_code"]).startswith(_TELEPHONY)
    return is_of_class or bool(device["sip_number"])


async def _basket_of(here: Visit, claim: dict[str, Any] | None) -> dict[str, Any] | None:
    """The basket that a device is lent in, where the user may see it."""
    if claim is None or claim["kind"] != "basket":
        return None
    part = await here.ask("orders", f"/basket-loans/{claim['by']}")
    return dict(part.value) if part else None


async def _fee_that_waits(here: Visit, device_id: UUID) -> dict[str, Any] | None:
    """The fee that its patient is to pay later, for customer service: what a patient is billed is
    shown to nobody else.
    """
    if not here.may("billing.charge.pause"):
        return None
    part = await here.ask("billing", "/charges", device_id=str(device_id), status="deferred")
    # what another region is to pay waits too, and is no patient's
    return next((one for one in items_of(part) if one["kind"] == "fee"), None)


async def _is_own(here: Visit, holder: dict[str, Any]) -> bool:
    """Whether it is in the store of a service point from which the user may withdraw it."""
    if not here.may_at_units("orders.withdrawal.register") or holder["kind"] != "store":
        return False
    return holder["store"] in (await own_stores(here)).values()


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
