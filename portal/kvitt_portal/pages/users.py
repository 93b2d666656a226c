"""Användare: whose access waits for a decision, lapses soon or has lapsed. The head of a unit
applies for who works there, customer service decides (REF-5).
"""

from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages import listing
from kvitt_portal.pages.asking import code, items_of

router = APIRouter()

PAGE: Final = "/anvandare"
_FILTERS: Final = ("state", "service_point")
_ROLES: Final = ("prescriber", "requester")
_STATES: Final = (
    ("applied", "Väntar på beslut"),
    ("lapsing", "Upphör snart"),
    ("lapsed", "Har upphört"),
    ("granted", "Har behörighet"),
    ("inactive", "Inte aktiva i regionens register"),
)
_FIELDS: Final = {"user_id": "user", "roles": "role", "service_point": "at", "asked_by": "asked_by"}
_SAID: Final = {
    "apply": "Ansökan är skickad till kundtjänst.",
    "grant": "Behörigheten är beviljad.",
    "refuse": "Behörigheten är nekad.",
    "set-default-service-point": "Det förvalda tjänstestället är bytt.",
}
_MOVES: Final = "set-default-service-point"


@router.get(PAGE)
async def listed(here: Here) -> Response:
    """The unit's users with their access and last activity; of customer service, the region's."""
    if not here.may("orders.users.access"):
        return here.go("/mina-uppgifter")
    return await _listed(here, _new())


@router.post(f"{PAGE}/ny")
async def apply_anew(here: Here) -> Response:
    """Apply for somebody whom the region does not state itself."""
    form = await here.form()
    form.must("user", text="Ange användarnamnet.")
    body = {
        "user_id": form["user"],
        "roles": form.all("role"),
        "service_point": form["at"],
        "asked_by": form["asked_by"] or None,
    }
    if form.ok:
        part = await here.send("orders", "POST", "/users", body, form)
        if part.problem is None:
            return here.go(PAGE, _SAID["apply"])
        form.refuse(part.problem, _FIELDS)
    return await _listed(here, form)


@router.post(f"{PAGE}/{{user}}")
async def decide(here: Here, user: str) -> Response:
    """Apply for a user's access, or grant or refuse what was applied for, by one press; of customer
    service, choose a user's default service point for who asked (REF-12).
    """
    form = await here.form()
    act = form["do"] if form["do"] in _SAID else "apply"
    body: dict[str, Any] = {"asked_by": form["asked_by"] or None}
    if act == _MOVES:
        body["service_point"] = form["to"]
    part = await here.send("orders", "POST", f"/users/{code(user)}:{act}", body, form)
    if part.problem is None:
        return here.go(listing.listed_at(form, PAGE) or PAGE, _SAID[act])
    again = _new()
    again.refuse(part.problem)
    return await _listed(here, again)


def _new() -> Form:
    return Form([("role", "prescriber")])


async def _listed(here: Visit, form: Form) -> Response:
    filters = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        filters,
        "orders",
        "/users:access",
        state=filters["state"],
        service_point=filters["service_point"],
    )
    items = items_of(found)
    names = await Names.of(
        here,
        users=[*(one["user_id"] for one in items), *(one["applied_by"] for one in items)],
        customers=[
            *(point for one in items for point in one["service_points"]),
            *here.user.service_points,
        ],
    )
    return here.page(
        "users/list.html",
        found=found,
        filters=filters,
        form=form,
        names=names,
        states=_STATES,
        roles=_ROLES,
        is_staff=here.may_for_all("orders.user.grant"),
        is_head=here.may_at_units("orders.user.apply"),
        own_places=[(one, names.customer(one)) for one in here.user.service_points],
        back=here.address() if here.request.method == "GET" else PAGE,
    )
