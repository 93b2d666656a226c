"""Ny arbetsorder: on a device that somebody has, or for an order; a question gives its kind."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import delivery, things, work_order_form
from kvitt_portal.pages.asking import NOTHING, items_of, options_of
from kvitt_portal.pages.service_points import service_point_of
from kvitt_portal.pages.work_order_page import PAGE
from kvitt_portal.services import Part

router = APIRouter()

_NEW: Final = f"{PAGE}/ny"
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class _On:
    """What is worked on. `sent` is how orders has it."""

    kind: str
    thing: Mapping[str, Any]
    recipient: Mapping[str, Any]
    sent: Mapping[str, Any]

    @property
    def about(self) -> str:
        """What it is, as a form says it."""
        return f"{self.kind}:{self.thing[f'{self.kind}_id']}"


@router.get(_NEW)
async def begin(here: Here) -> Response:
    """A work order on the device, or for the order, that a page links from."""
    asked = here.request.query_params
    return await _page(here, Form(given={"about": asked.get("about", "")[:60]}), is_fresh=True)


@router.post(_NEW)
async def register(here: Here) -> Response:
    """Register it."""
    form = await here.form()
    on = await _on(here, form)
    work_order_form.check(form)
    if not form.ok:
        return await _page(here, form, on=on)
    body = work_order_form.work_of(form, on.sent)
    part = await here.send("orders", "POST", "/work-orders", body, form)
    if part.problem is not None:
        form.refuse(part.problem, work_order_form.NAMED)
        return await _page(here, form, on=on)
    return registered(here, part.value)


def registered(here: Visit, view: Mapping[str, Any]) -> Response:
    """The way to a work order that is new, with what takes it back."""
    page = f"{PAGE}/{view['work_order_id']}"
    said = f"{here.word('Aktivitet')} {view['work_order_number']} är registrerad."
    return here.go(page, said, undo=(f"{page}/makulera", "Ångra"))


async def _on(here: Visit, form: Form) -> _On:
    """What the form is about. Raises PageProblem: there is no such thing, or nobody has it."""
    about = things.about_of(form["about"])
    if about is not None and about["kind"] == "order":
        order = await here.need("orders", f"/orders/{about['id']}")
        to = order["recipient"]
        if to is None:
            raise PageProblem(_IN_STORE)
        sent = {"order_id": order["order_id"], "recipient": _recipient(to)}
        return _On("order", order, to, sent)
    device = await here.need("inventory", f"/devices/{about['id'] if about else '0'}")
    to = device["holder"]
    if to["kind"] == "store":
        raise PageProblem(_IN_STORE)
    sent = {"device_number": device["device_number"], "recipient": _recipient(to)}
    return _On("device", device, to, sent)


def _recipient(to: Mapping[str, Any]) -> dict[str, Any]:
    if to["kind"] == "patient":
        return {"kind": "patient", "person": to["person"]}
    return {"kind": "care_unit", "unit": to["unit"]}


async def _page(
    here: Visit, form: Form, *, on: _On | None = None, is_fresh: bool = False
) -> Response:
    on = on or await _on(here, form)
    person_ref, unit = on.recipient.get("person"), on.recipient.get("unit")
    people, choices, services, opened = await asyncio.gather(
        here.people([person_ref], purpose="ordering"),
        here.ask("orders", "/work-orders:choices", person=person_ref, unit=unit),
        here.ask("inventory", "/articles", type="service", in_assortment=True, limit=_MOST),
        _opened(here, on),
    )
    person = people.get(person_ref or "")
    kinds = work_order_form.kinds_of(
        choices.value["kinds"] if choices else [], is_of_order=on.kind == "order"
    )
    listed = options_of(services, "article_number")
    await _propose(here, form, on, delivery.proposed_of(person))
    if is_fresh:
        form.give("service", await _usual_service(here, form, listed))
        if on.kind == "order":
            form.give("kind", work_order_form.FOR_ORDERS[0])
    names = await Names.of(
        here, customers=[form["service_point"]], care_units=[unit], users=[form["requester"]]
    )
    return here.page(
        "work_orders/new.html",
        form=form,
        on=on,
        about_page=things.page_of(on.kind, on.thing[f"{on.kind}_id"]),
        person=person,
        people=people,
        names=names,
        choices=choices,
        kinds=kinds,
        services=services,
        listed=listed,
        opened=items_of(opened),
        is_staff=here.may_for_all("orders.work-order.register"),
    )


async def _propose(here: Visit, form: Form, on: _On, where: Mapping[str, str]) -> None:
    """Fill in what the form does not have: the address and phone, and the service point."""
    for name, value in where.items():
        if name not in form:
            form.give(name, value)
    if "service_point" in form:
        return
    if here.service_point and not here.may_for_all("orders.work-order.register"):
        form.give("service_point", here.service_point)
    elif on.kind == "order":
        form.give("service_point", on.thing["service_point"])
    else:
        form.give("service_point", await service_point_of(here, [on.thing]))


async def _usual_service(here: Visit, form: Form, listed: Sequence[tuple[str, str]]) -> str:
    """The service that the unit's latest repair named, or the only one that there is; else none."""
    if len(listed) == 1:
        return listed[0][0]
    place = form["service_point"]
    if not place:
        return ""
    latest = items_of(
        await here.ask(
            "orders",
            "/work-orders",
            service_point=place,
            kind=list(work_order_form.NAMES_SERVICE),
            status=list(statuses.WORK_ORDERS),
            limit=1,
        )
    )
    if not latest:
        return ""
    part = await here.ask("orders", f"/work-orders/{latest[0]['work_order_id']}")
    named = part.value["service_article"] if part else ""
    return named if named in dict(listed) else ""


async def _opened(here: Visit, on: _On) -> Part:
    """What is open already on the same device, as far as the user may see it."""
    if on.kind != "device":
        return NOTHING
    return await here.ask("orders", "/work-orders", device_id=on.thing["device_id"], limit=5)


_IN_STORE: Final = Problem(
    status=409,
    reason="IN_STORE",
    title="Hjälpmedlet finns på lager",
    detail="Arbete beställs på det som är utlämnat.",
    way_on="Lämna ut hjälpmedlet först, eller fråga kundtjänst.",
)
