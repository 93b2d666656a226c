"""Kvittera BMB: transfers that wait for an answer, that nobody answered, or that were rejected; and
one transfer with why it is so.
"""

import asyncio
from typing import Any, Final
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form, is_id, said_of
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.cases_about import asked_about
from kvitt_portal.pages.offers import offers_of, today_if_known

router = APIRouter()

UNANSWERED: Final = "/bmb/obesvarade"
_AT_ONCE: Final = 10
_REJECTED: Final = "Bytet är inte godkänt. Avsändaren får veta det."
_FIELDS: Final = {
    "customer_id": "customer",
    "payer_id": "payer",
    "message": "message",
    "reject": "line",
}


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
    chosen = [one for one in form.all("transfer") if is_id(one)]
    if not chosen:
        form.add("", "Markera de byten som ska godkännas.")
        return await _to_do(here, form)
    done = 0
    for transfer in chosen:
        body = {"customer_id": form[f"customer-{transfer}"]}
        part = await here.send("bmb", "POST", f"/transfers/{transfer}:accept", body, form)
        if part.problem is not None:
            name = form[f"reference-{transfer}"] or "Ett byte"
            form.add("", f"{name}: {said_of(part.problem)}")
        done += bool(part)
    if form.ok:
        return here.go("/bmb/att-gora", f"{done} {'byte' if done == 1 else 'byten'} godkända.")
    return await _to_do(here, form)


@router.post("/bmb/{transfer}/godkann")
async def accept(here: Here, transfer: UUID) -> Response:
    """Accept a transfer for a customer, which decides the payer where none is chosen; but for the
    devices that were shown each by itself and are not ticked.
    """
    form = await here.form()
    if "customer" not in form:  # in the list, where each transfer has its own
        form.give("customer", form[f"customer-{transfer}"])
    body: dict[str, Any] = {"customer_id": form["customer"]} | (
        {"message": form["message"]} if form["message"] else {}
    )
    if form["payer"]:
        body |= {"payer_id": form["payer"]}
    rejected = [one for one in form.all("line") if one not in form.all("accepted")]
    if rejected:
        body |= {"reject": [{"device_id": one} for one in rejected]}
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:accept", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await transfer_page(here, transfer, form)
    if part.value["status"] == "rejected":
        return here.go("/bmb/att-gora", _REJECTED)
    if rejected:
        said = f"Bytet är godkänt, utom {len(rejected)} hjälpmedel. Avsändaren får veta det."
        return here.go("/bmb/att-gora", said)
    return here.go("/bmb/att-gora", "Bytet är godkänt.")


@router.post("/bmb/{transfer}/avsla")
async def reject(here: Here, transfer: UUID) -> Response:
    """Reject a transfer, with the reason that its sender reads."""
    form = await here.form()
    body = {"message": form["message"] or None}
    part = await here.send("bmb", "POST", f"/transfers/{transfer}:reject", body, form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await transfer_page(here, transfer, form)
    return here.go("/bmb/att-gora", _REJECTED)


@router.get(UNANSWERED)
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
    return await transfer_page(here, transfer, Form())


async def _to_do(here: Visit, form: Form) -> Response:
    found = await here.ask(
        "bmb",
        "/transfers:to-take-over",
        sort="deadline",
        cursor=here.request.query_params.get("cursor"),
        limit=_AT_ONCE,
    )
    (offers, names), customers = await asyncio.gather(
        offers_of(here, [one["id"] for one in items_of(found)], with_costs=True), _customers(here)
    )
    views = [offer.transfer for offer in offers]
    choices = {
        one["id"]: _with_proposed(customers, one["proposed_customer"], names) for one in views
    }
    return here.page(
        "bmb/to_do.html",
        found=found,
        offers=offers,
        names=names,
        form=form,
        choices=choices,
    )


async def _sent(here: Visit, path: str, template: str) -> Response:
    found = await here.ask(
        "bmb", path, cursor=here.request.query_params.get("cursor"), limit=_AT_ONCE
    )
    offers, names = await offers_of(here, [one["id"] for one in items_of(found)])
    return here.page(
        template,
        found=found,
        offers=offers,
        names=names,
        may_ask=here.may_at_units("bmb.transfer.ask-to-unlock"),
    )


async def transfer_page(here: Visit, transfer: UUID, form: Form) -> Response:
    """One transfer, with what the user may do about it. Raises PageProblem where there is none."""
    await here.need("bmb", f"/transfers/{transfer}")
    (offers, names), story, asked = await asyncio.gather(
        offers_of(here, [str(transfer)], with_costs=True),
        here.ask("bmb", f"/transfers/{transfer}/story"),
        asked_about(here, str(transfer)),
    )
    offer = offers[0]
    view = offer.transfer
    is_receiver = view["receiving_service_point"] in here.user.service_points
    is_sender = view["sending_service_point"] in here.user.service_points
    may_unlock = view["status"] == "locked" and here.may_for_all("bmb.transfer.unlock")
    if "customer" not in form:
        form.give("customer", view["proposed_customer"] or "")
    if may_unlock and "asked_by" not in form:
        form.give("asked_by", view["unlock_asked_by"] or "")
    return here.page(
        "bmb/transfer.html",
        offer=offer,
        names=names,
        story=story,
        asked=asked,
        form=form,
        waits=view["pending"] or await _takes_effect_now(here, view),
        may_answer=offer.may_answer,
        may_ask=(is_sender or is_receiver) and here.may_at_units("bmb.transfer.ask-to-unlock"),
        may_unlock=may_unlock,
        is_receiver=is_receiver,
        is_sender=is_sender,
        customers=_with_proposed(await _customers(here), view["proposed_customer"], names),
        payers=[(one, names.payer(one)) for one in view["payers"]],
    )


async def _takes_effect_now(here: Visit, view: dict[str, Any]) -> bool:
    """True where only inventory's change of custody is left."""
    if view["status"] not in ("accepted", "executed_automatically"):
        return False
    today = await today_if_known(here)
    return today is not None and bool(view["effective_on"] <= today.isoformat())


def _with_proposed(
    customers: list[tuple[str, str]], proposed: str | None, names: Names
) -> list[tuple[str, str]]:
    """Whom one may accept a transfer for: the customer that is proposed for it, too (BMB-4m)."""
    if not proposed or any(code == proposed for code, _ in customers):
        return customers
    return [(proposed, names.customer(proposed)), *customers]


async def _customers(here: Visit) -> list[tuple[str, str]]:
    """The user's own service points with their names: whom one may accept for."""
    points = here.user.service_points
    names = await Names.of(here, customers=points)
    return [(one, names.customer(one)) for one in points]
