"""A work order's page: what is wanted, what was noted, what it waits for, what can be done."""

import asyncio
from typing import Any, Final
from uuid import UUID

from starlette.responses import Response

from kvitt_portal import statuses
from kvitt_portal.forms import Form
from kvitt_portal.here import Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.articles import articles_of
from kvitt_portal.pages.asking import devices_of, items_of, recipients_of
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.services import Part

PAGE: Final = "/arbetsordrar"


async def page(here: Visit, work_order: UUID, form: Form, *, place: Part | None = None) -> Response:
    """A work order's page, with a form that was not taken. Raises PageProblem."""
    view = await here.need("orders", f"/work-orders/{work_order}")
    story, asked, devices, people, order = await asyncio.gather(
        here.ask("orders", f"/work-orders/{work_order}/story"),
        asked_about(here, str(work_order)),
        devices_of(here, [view["device_id"]] if view["device_id"] else []),
        recipients_of(here, [view]),
        _order_of(here, view),
    )
    told = items_of(story)
    waits = view["waits"] or {}
    names = await Names.of(
        here,
        customers=[view["service_point"], waits.get("service_point")],
        care_units=[view["recipient"].get("unit")],
        payers=[view["payer_id"]],
        users=[
            *(view[who] for who in ("requester", "by", "technician")),
            *(one["technician"] for one in view["notes"]),
            *(one["by"] for one in told),
            waits.get("user"),
        ],
    )
    device = devices.get(view["device_id"])
    articles = await articles_of(here, [device["article_number"]] if device else [])
    if "technician" not in form:
        form.give("technician", view["technician"] or here.user.user_id)
    if len(view["can_end"]) == 1 and "outcome" not in form:
        form.give("outcome", view["can_end"][0])
    return here.page(
        "work_orders/work_order.html",
        work=view,
        story=story,
        told=names.story(story.value) if story else None,
        asked=asked,
        device=device,
        supplier=next((one["supplier"] for one in articles.values()), None),
        people=people,
        names=names,
        order=order,
        form=form,
        place=place,
        ends=[(one, statuses.WORK_OUTCOMES.get(one, one)) for one in view["can_end"]],
        decisions=[
            (one, statuses.WORK_OUTCOMES[one]) for one in ("approved", "refused", "referred")
        ],
        voided_for=statuses.WORK_VOIDED,
        has_slip=view["kind"] != "application" and view["status"] != "voided",
        **_may(here, view),
    )


def _may(here: Visit, view: dict[str, Any]) -> dict[str, bool]:
    """What is offered to this user; orders judges it."""
    is_staff = here.may_for_all("orders.work-order.start")
    is_mine = view["service_point"] in here.user.service_points or here.user.user_id in (
        view["requester"],
        view["by"],
    )
    is_open = view["status"] in ("assigned", "planned", "started")
    is_work = view["kind"] != "application"
    has_begun = view["status"] == "started"
    return {
        "may_plan": is_staff and is_open and is_work and not has_begun,
        "may_start": is_staff and is_open and is_work and not has_begun,
        "may_note": is_staff and view["status"] != "voided",
        "may_finish": bool(view["can_end"])
        and (is_staff or (view["kind"] == "warranty_repair" and is_mine)),
        "may_void": is_open and (is_staff or (is_mine and not has_begun)),
        "may_decide": here.may("orders.work-order.decide") and is_open and not is_work,
        "may_look": here.may("orders.work-order.resolve") and is_work,
    }


async def _order_of(here: Visit, view: dict[str, Any]) -> dict[str, Any] | None:
    """The order that it belongs to, where the user may see it."""
    if view["order_id"] is None:
        return None
    part = await here.ask("orders", f"/orders/{view['order_id']}")
    return part.value if part else None
