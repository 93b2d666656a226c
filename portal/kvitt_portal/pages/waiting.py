"""Det som väntar: everything that waits for somebody, of every kind, what is late first."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here
from kvitt_portal.names import Names
from kvitt_portal.pages import things
from kvitt_portal.pages.asking import items_of
from kvitt_portal.pages.pickups import TO_DO
from kvitt_portal.waits import OWNERS

router = APIRouter()

PAGE: Final = "/vantar"
_LIMIT: Final = 50
_FILTERS: Final = ("late", "owner", "service_point")


@router.get(PAGE)
async def search(here: Here) -> Response:
    """What waits at one's service points, of customer service in the whole region."""
    asked = here.request.query_params
    if TO_DO not in asked and (again := here.remembered("vantar")) is not None:
        return again
    form = Form(given={name: asked.get(name, "")[:40] for name in _FILTERS})
    found = await here.ask(
        "orders",
        "/waits",
        late=True if form["late"] else None,
        owner=form["owner"],
        service_point=form["service_point"],
        cursor=asked.get("cursor"),
        limit=_LIMIT,
    )
    for one in found.problem.fields if found.problem else ():
        name = one.field.split(".")[-1]
        form.add(name if name in _FILTERS else "", "Uppgiften har fel form.")
    items = items_of(found)
    places = [*here.user.service_points, form["service_point"]]
    waits = [one["waits"] for one in items]
    names = await Names.of(
        here,
        customers=[
            *places,
            *(one["service_point"] for one in items),
            *(one["service_point"] for one in waits),
        ],
        users=[one["user"] for one in waits],
    )
    return here.page(
        "start/waiting.html",
        found=found,
        form=form,
        names=names,
        places=[(one, names.customer(one)) for one in dict.fromkeys(places) if one],
        owners=[(one, said.capitalize() or "En kollega") for one, said in OWNERS.items()],
        words=things.WORDS,
        page_of=things.page_of,
        status=200,
    )
