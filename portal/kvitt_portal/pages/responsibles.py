"""Kvitteringsansvariga: who answers a service point's transfers, who of them first, and who in
their place while they are away.
"""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from kvitt_contracts.access.asked import may_at_units
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.names import Names
from kvitt_portal.pages.asking import code, items_of
from kvitt_portal.services import Part

router = APIRouter()

PAGE: Final = "/kvitteringsansvariga"
_MOST: Final = 200
_HITS: Final = 20
_ABSENCE: Final = ("stand_in", "absent_from_on", "absent_to_on")
_FIELDS: Final = {
    "main": "main",
    "substitutes": "substitute",
    "stand_in": "stand_in",
    "absent_from_on": "absent_from_on",
    "absent_to_on": "absent_to_on",
    "asked_by": "asked_by",
}


@router.get(PAGE)
async def shown(here: Here) -> Response:
    """Of who answers transfers: their service points, and the one where they work now. Of customer
    service: those that have nobody who answers first, and a search for any other.
    """
    if here.may_for_all("bmb.responsibles.set"):
        return await _all(here)
    if not here.service_point:
        return here.page("responsibles/nowhere.html")
    return await _one(here, here.service_point)


@router.get(f"{PAGE}/{{place}}")
async def of_place(here: Here, place: str) -> Response:
    """Who answers the transfers of one service point."""
    return await _one(here, code(place))


# decision 0321: who answers, who first and who stands in are one form
@router.post(f"{PAGE}/{{place}}")
async def state(here: Here, place: str) -> Response:
    """State who answers a service point's transfers, all of it at once."""
    place = code(place)
    form = await here.form()
    part = await here.send("bmb", "PUT", f"/responsibles/{place}", _body(here, form), form)
    if part.problem is not None:
        form.refuse(part.problem, _FIELDS)
        return await _one(here, place, form)
    is_shown_first = here.may_for_all("bmb.responsibles.set") or place == here.service_point
    page = PAGE if is_shown_first else f"{PAGE}/{place}"
    return here.go(page, "Kvitteringsansvariga är sparade.")


def _body(here: Visit, form: Form) -> dict[str, Any]:
    """What the form says, as a whole; without an absence where it was asked to end."""
    given = () if form["end_absence"] else _ABSENCE
    body: dict[str, Any] = {name: form[name] or None for name in ("main", *given)}
    body["substitutes"] = [one for one in form.all("substitute") if one != form["main"]]
    if here.may_for_all("bmb.responsibles.set"):
        body["asked_by"] = form["asked_by"]
    return body


async def _one(here: Visit, place: str, form: Form | None = None) -> Response:
    known, story, users = await asyncio.gather(
        here.need("bmb", f"/responsibles/{place}"),
        here.ask("bmb", f"/responsibles/{place}/story"),
        here.ask("orders", "/users", service_point=place, active=True, limit=_MOST),
    )
    colleagues = [
        one for one in items_of(users) if may_at_units("bmb.transfer.accept", one["roles"])
    ]
    told = items_of(story)  # nothing of a service point where nobody was ever set
    named = [known["main"], known["stand_in"], *known["substitutes"], *known["acts_today"]]
    names = await Names.of(
        here,
        users=[*named, *(one["user_id"] for one in colleagues), *(one["by"] for one in told)],
        customers=[place, *here.user.service_points],
    )
    colleagues.sort(key=lambda one: names.user(one["user_id"]).casefold())
    return here.page(
        "responsibles/place.html",
        place=place,
        known=known,
        users=users,
        colleagues=colleagues,
        names=names,
        story=names.story(story.value) if story else None,
        form=form or _filled(known),
        is_staff=here.may_for_all("bmb.responsibles.set"),
        may_state=here.may_for_all("bmb.responsibles.set")
        or known["main"] in (None, here.user.user_id),
        others=[one for one in here.user.service_points if one != place],
    )


def _filled(known: dict[str, Any]) -> Form:
    """The form as things stand."""
    said = [(name, known[name] or "") for name in ("main", *_ABSENCE)]
    return Form([*said, *(("substitute", one) for one in known["substitutes"])])


async def _all(here: Visit) -> Response:
    query = here.request.query_params.get("q", "").strip()
    vacant, found = await asyncio.gather(
        here.ask(
            "bmb",
            "/responsibles",
            vacant=True,
            cursor=here.request.query_params.get("cursor"),
        ),
        _places(here, query),
    )
    names = await Names.of(
        here,
        customers=[one["service_point"] for one in items_of(vacant)],
        users=[user for one in items_of(vacant) for user in one["substitutes"]],
    )
    return here.page("responsibles/all.html", vacant=vacant, names=names, query=query, found=found)


async def _places(here: Visit, query: str) -> Part | None:
    """The service points with this code, or whose name begins so; None where nobody asks."""
    if not query:
        return None
    if query.isascii() and query.isdigit():
        part = await here.ask("orders", f"/customers/{query[:20]}")
        found = [part.value] if part and part.value["is_service_point"] else []
        return Part(200, {"items": found, "total": len(found)})
    return await here.ask(
        "orders", "/customers", name=query[:120], is_service_point=True, limit=_HITS
    )
