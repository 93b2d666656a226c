"""Sök in Drift: an order, a transfer, a device or a person's reference, and what all services have
of it: what happened when, because of what, and what waits.
"""

import asyncio
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter
from kvitt_contracts.types import RegionCode, identify
from starlette.responses import Response

from kvitt_portal import operating_words
from kvitt_portal.forms import Form, is_id
from kvitt_portal.here import Here, Visit
from kvitt_portal.numbers import holds_number
from kvitt_portal.pages.operating import PAGE, require_operator

router = APIRouter()

_NOUNS: Final = {
    "order": "Beställning",
    "transfer": "Byte",
    "device": "Hjälpmedel",
    "pickup": "Hämtorder",
    "work_order": "Arbetsorder",
    "purchase_order": "Inköpsorder",
    "basket_loan": "Varukorg",
    "invoice": "Faktura",
    "supplier_invoice": "Leverantörsfaktura",
}
_LONGEST: Final = 100
_MOST_NAMED: Final = 12
"""So many things that a story names are told besides, as far as they concern it."""


@router.get(f"{PAGE}/sok")
async def search(here: Here) -> Response:
    """What is called so; where it is one thing, its story."""
    require_operator(here)
    form = Form(given={"q": here.request.query_params.get("q", "")[:_LONGEST].strip()})
    named = form["q"]
    if not named:
        return here.page("operating/search.html", form=form, found=None, nouns=_NOUNS)
    if is_id(named):
        return here.go(f"{PAGE}/saga/{UUID(named)}")
    found = await _called(here, named)
    if len(found) == 1:
        return here.go(f"{PAGE}/saga/{found[0]['id']}")
    return here.page("operating/search.html", form=form, found=found, nouns=_NOUNS)


@router.post(f"{PAGE}/sok")
async def search_for(here: Here) -> Response:
    """What is called so, whose address is led to; no address has a personal number."""
    require_operator(here)
    form = await here.form()
    if holds_number(form["q"]):
        form.add("q", "Ett personnummer söks inte här. Sök på personens referens.")
        return here.page("operating/search.html", form=form, found=None, nouns=_NOUNS)
    return here.go(f"{PAGE}/sok?{urlencode({'q': form['q'][:_LONGEST]})}")


@router.get(f"{PAGE}/saga/{{key}}")
async def story(here: Here, key: UUID) -> Response:
    """The story of one thing across the services."""
    require_operator(here)
    parts = await _told(here, str(key))
    own = [one for part in parts.values() if part for one in part.value["said"]]
    names = _named(parts)
    related = await asyncio.gather(*(_told(here, one, about=str(key)) for one in names))
    others = [
        one for told in related for part in told.values() if part for one in part.value["said"]
    ]
    events = sorted(
        {one["event_id"]: one for one in (*own, *others)}.values(),
        key=lambda one: (one["recorded_at"], one["seq"]),
    )
    return here.page(
        "operating/story.html",
        key=str(key),
        parts=parts,
        events=events,
        types={one["event_id"]: one["type"] for one in events},
        names=names,
        words=operating_words,
    )


async def _told(here: Visit, key: str, *, about: str = "") -> dict[str, Any]:
    services = here.portal.services.operated
    parts = await asyncio.gather(
        *(here.operated(one, f"story/{key}", about=about) for one in services)
    )
    return dict(zip(services, parts, strict=True))


def _named(parts: dict[str, Any]) -> dict[str, str]:
    """The ids that a story names, with the field that names each."""
    found: dict[str, str] = {}
    for part in parts.values():
        for one in part.value["names"] if part else ():
            found.setdefault(one["id"], one["field"])
    return dict(list(found.items())[:_MOST_NAMED])


async def _called(here: Visit, named: str) -> list[dict[str, str]]:
    """What is called so, by number or by the region's reference."""
    services = here.portal.services.operated
    parts = await asyncio.gather(*(here.operated(one, "find", named=named) for one in services))
    found = [one for part in parts if part for one in part.value]
    known = {one["id"] for one in found}
    # a transfer's id follows from the region's reference
    transfer = str(identify(RegionCode(here.user.region), "transfer", named))
    story = await here.operated("bmb", f"story/{transfer}")
    if story and story.value["said"] and transfer not in known:
        found.append({"noun": "transfer", "id": transfer, "region": here.user.region})
    return found
