"""Det som väntar: everything that waits for somebody, of every kind, what is late first."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here
from kvitt_portal.names import Names
from kvitt_portal.pages import listing, things
from kvitt_portal.pages.asking import items_of
from kvitt_portal.waits import OWNERS

router = APIRouter()

PAGE: Final = "/vantar"
_FILTERS: Final = ("late", "owner", "service_point")


@router.get(PAGE)
async def search(here: Here) -> Response:
    """What waits at one's service points, of customer service in the whole region."""
    if (again := here.remembered("vantar")) is not None:
        return again
    form = listing.filters_of(here, _FILTERS)
    found = await listing.found(
        here,
        form,
        "orders",
        "/waits",
        late=True if form["late"] else None,
        owner=form["owner"],
        service_point=form["service_point"],
    )
    items = items_of(found)
    waits = [one["waits"] for one in items]
    names = await Names.of(
        here,
        customers=[
            *listing.places_asked(here, form),
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
        places=listing.places_of(here, form, names),
        owners=[(one, said.capitalize() or "En kollega") for one, said in OWNERS.items()],
        words=things.WORDS,
        page_of=things.page_of,
        status=200,
    )
