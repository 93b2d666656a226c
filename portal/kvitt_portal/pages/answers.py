"""Kvittera BMB: transfers that wait for an answer, that nobody answered, or that were rejected; one
transfer with why it is so; and unlocking by customer service.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from kvitt_chassis.web.problems import Problem
from kvitt_contracts.access import Grantee
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, PageProblem, Visit
from kvitt_portal.pages import statuses
from kvitt_portal.pages.offers import Names, names_of, offers_of
from kvitt_portal.services import Part

router = APIRouter()

_AT_ONCE: Final = 10
_LIMIT: Final = 50
_FIELDS: Final = {"customer_id": "customer", "payer_id": "payer", "message": "message"}


@router.get("/bmb/att-gora")
async def to_do(here: Here) -> Response:
    """What waits for an answer, the nearest deadline first, with what each costs."""
    return await _to_do(here, Form())


@router.post("/bmb/att-gora")
async def accept_several(here: Here) -> Response:
    """Accept those that are ticked, each for the customer that is proposed for it. One that is
    refused says why, and the others are accepted.
    """
    form = await here.form()
    chosen = [one for one in form.all("transfer") if _is_id(one)]
    if not chosen:
        form.add("", "Markera de byten som ska godkännas.")
        return await _to_do(here, form)
    done = 0
    for transfer in chosen:
        body = {"customer_id": form[f"customer-{transfer}"]}
        part = await here.send("bmb", "POST", f"/transfers/{transfer}:accept", body, form)
        if part.problem is not None:
            form.add("", f"{part.problem.detail} {part.problem.way_on}")
        done += bool(part)
    if form.ok:
        return here.go("/bmb/att-gora", f"{done} {'byte' if done == 1 else 'byten'} godkända.")
    return await _to_do(here, form)


@router.post("/bmb/{transfer}/godkann")
async def accept(here: Here, transfer: UUID) -> Response:
    """Accept a transfer for a customer, which decides the payer."""
    form = await here.form()
    body = {"customer_id": form["customer"]} | (
        {"message": form["message"]} if form["message"] else {}
    )
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:accept", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await _page(here, transfer, form)
    return here.go("/bmb/att-gora", "Bytet är godkänt.")


@router.post("/bmb/{transfer}/avsla")
async def reject(here: Here, transfer: UUID) -> Response:
    """Reject a transfer, with the reason that its sender reads."""
    form = await here.form()
    body = {"message": form["message"] or None}
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:reject", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await _page(here, transfer, form)
    return here.go("/bmb/att-gora", "Bytet är inte godkänt. Avsändaren får veta det.")


@router.get("/bmb/obesvarade")
async def unanswered(here: Here) -> Response:
    """What was sent from one's units and nobody has answered, with who to call."""
    return await _sent(here, "/transfers:unanswered", "bmb/unanswered.html")


@router.get("/bmb/avslagna")
async def rejected(here: Here) -> Response:
    """What the receiver has said no to, with why."""
    return await _sent(here, "/transfers:rejected", "bmb/rejected.html")


@router.get("/bmb/{transfer}")
async def shown(here: Here, transfer: UUID) -> Response:
    """A transfer with its devices, its cost, and why it is as it is."""
    return await _page(here, transfer, Form())


@router.get("/kundtjanst/las-upp")
async def locked(here: Here) -> Response:
    """Customer service's list of locked transfers."""
    _require_staff(here)
    found = await here.ask(
        "bmb",
        "/transfers",
        status="locked",
        cursor=here.request.query_params.get("cursor"),
        limit=_LIMIT,
    )
    names = await names_of(here, found.value["items"] if found else [])
    return here.page("bmb/locked.html", found=found, names=names, form=Form())


@router.post("/bmb/{transfer}/las-upp")
async def unlock(here: Here, transfer: UUID) -> Response:
    """Unlock a transfer, and say who asked for it."""
    form = await here.form()
    part = await here.send(
        "bmb", "POST", f"/transfers/{transfer}:unlock", {"asked_by": form["asked_by"]}, form
    )
    if part.problem is not None:
        form.refuse(part.problem, {"asked_by": "asked_by"})
        return await _page(here, transfer, form)
    return here.go("/kundtjanst/las-upp", "Bytet är upplåst. Ett nytt byte kan göras.")


async def _to_do(here: Visit, form: Form) -> Response:
    found = await here.ask(
        "bmb",
        "/transfers:to-take-over",
        sort="deadline",
        cursor=here.request.query_params.get("cursor"),
        limit=_AT_ONCE,
    )
    offers, names = await offers_of(
        here, [one["id"] for one in found.value["items"]] if found else []
    )
    return here.page(
        "bmb/to_do.html",
        found=found,
        offers=offers,
        names=names,
        form=form,
        customers=await _customers(here),
        statuses=statuses.TRANSFERS,
    )


async def _sent(here: Visit, path: str, template: str) -> Response:
    found = await here.ask(
        "bmb", path, cursor=here.request.query_params.get("cursor"), limit=_AT_ONCE
    )
    offers, names = await offers_of(
        here, [one["id"] for one in found.value["items"]] if found else []
    )
    return here.page(template, found=found, offers=offers, names=names, statuses=statuses.TRANSFERS)


async def _page(here: Visit, transfer: UUID, form: Form) -> Response:
    await here.need("bmb", f"/transfers/{transfer}")
    (offers, names), story = await asyncio.gather(
        offers_of(here, [str(transfer)]), here.ask("bmb", f"/transfers/{transfer}/story")
    )
    offer = offers[0]
    view = offer.transfer
    is_receiver = view["receiving_service_point"] in here.user.service_points
    return here.page(
        "bmb/transfer.html",
        offer=offer,
        names=names,
        story=story,
        form=form,
        state=statuses.TRANSFERS.get(view["status"], (view["status"], "default")),
        waits=view["pending"] or await _takes_effect_now(here, view),
        may_answer=view["status"] == "sent" and is_receiver,
        may_unlock=view["status"] == "locked" and here.has(Grantee.CUSTOMER_SERVICE),
        is_receiver=is_receiver,
        is_sender=view["sending_service_point"] in here.user.service_points,
        customers=await _customers(here),
    )


async def _takes_effect_now(here: Visit, view: dict[str, Any]) -> bool:
    """True where only inventory's change of custody is left."""
    if view["status"] not in ("accepted", "executed_automatically"):
        return False
    return bool(view["effective_on"] <= (await here.today()).isoformat())


async def _customers(here: Visit) -> list[tuple[str, str]]:
    """The user's own service points with their names: whom one may accept for."""
    points = here.user.service_points
    part: Part = await here.ask("orders", "/names", customer=points)
    names = Names(part.value if part else {})
    return [(one, names.customer(one)) for one in points]


def _require_staff(here: Visit) -> None:
    if not here.has(Grantee.CUSTOMER_SERVICE):
        raise PageProblem(_NOT_STAFF)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


_NOT_STAFF = Problem(
    status=403,
    reason="FORBIDDEN",
    title="Bara kundtjänst",
    detail="Sidan är kundtjänsts.",
    way_on="Be kundtjänst låsa upp bytet.",
)
