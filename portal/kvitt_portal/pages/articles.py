"""Artiklar: the search, an article's page, and the catalogue by ISO class."""

import asyncio
from typing import Any, Final

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here
from kvitt_portal.services import Part

router = APIRouter()

TYPES: Final = (
    ("main_device", "Huvudhjälpmedel"),
    ("accessory", "Tillbehör"),
    ("spare_part", "Reservdel"),
    ("service", "Tjänst"),
)
STATUSES: Final = {"active": "Aktiv", "phase_out": "Utgående", "discontinued": "Utgått"}
UNITS: Final = {"piece": "styck", "pair": "par", "set": "sats"}
CLASSES: Final = {
    "04": "Medicinsk behandling",
    "05": "Träning av färdigheter",
    "06": "Ortoser och proteser",
    "09": "Personlig vård och skydd",
    "12": "Förflyttning",
    "15": "Hushåll",
    "18": "Möbler och anpassning av bostad",
    "22": "Kommunikation och information",
    "24": "Hantering av föremål",
    "27": "Förbättring av miljön",
    "28": "Arbete och arbetsträning",
    "30": "Fritid och rekreation",
}
"""What the classes on two digits are about."""

_LIMIT = 50
_FILTERS = ("query", "type", "in_assortment", "store", "iso_code")


@router.get("/artiklar")
async def search(here: Here) -> Response:
    """Articles by words in any order, with their balances."""
    if (again := here.remembered("artiklar")) is not None:
        return again
    asked = here.request.query_params
    filters = {name: asked.get(name, "") for name in _FILTERS}
    found, stores = await asyncio.gather(
        here.ask(
            "inventory",
            "/articles",
            **filters,
            cursor=asked.get("cursor"),
            limit=_LIMIT,
            with_balance=True,
        ),
        here.ask("inventory", "/stores", limit=200),
    )
    if found and (only := _only_one(found, filters["query"])):
        return here.go(f"/artiklar/{only}")
    template = "articles/hits.html" if here.is_partial else "articles/search.html"
    return here.page(
        template, found=found, stores=stores, filters=filters, types=TYPES, statuses=STATUSES
    )


@router.get("/artiklar/{number}")
async def article(here: Here, number: str) -> Response:
    """All that is known of an article, on one page."""
    shown, stores = await asyncio.gather(
        here.need("inventory", f"/articles/{number}"), here.ask("inventory", "/stores", limit=200)
    )
    today = await here.today()
    return here.page(
        "articles/article.html",
        article=shown,
        prices=_prices(shown["prices"], today.isoformat()),
        types=dict(TYPES),
        statuses=STATUSES,
        units=UNITS,
        classes=CLASSES,
        store_names=names_of(stores),
    )


@router.get("/sortiment")
async def catalogue(here: Here) -> Response:
    """The catalogue: classes beside the articles of the one that is chosen."""
    code = here.request.query_params.get("iso_code", "")
    tree = await here.ask("inventory", "/articles:classes", in_assortment=True)
    found = None
    if code:
        found = await here.ask(
            "inventory",
            "/articles",
            iso_code=code,
            in_assortment=True,
            limit=_LIMIT,
            cursor=here.request.query_params.get("cursor"),
            with_balance=True,
        )
    return here.page(
        "articles/catalogue.html",
        tree=tree,
        branches=_branches(tree, code),
        found=found,
        code=code,
        names=CLASSES,
        statuses=STATUSES,
    )


def names_of(stores: Part) -> dict[str, str]:
    """The stores' names by their codes, as far as they are known."""
    return {one["store"]: one["name"] for one in stores.value["items"]} if stores else {}


def _only_one(found: Part, query: str) -> str | None:
    """The article whose whole number was asked for: its page is what is wanted."""
    items = found.value["items"]
    return query if query and len(items) == 1 and items[0]["article_number"] == query else None


def price_at(prices: list[dict[str, Any]], day: str) -> dict[str, Any] | None:
    """The price that holds on a day."""
    held = [one for one in prices if one["valid_from"] <= day]
    return max(held, key=lambda one: str(one["valid_from"]), default=None)


def _prices(prices: list[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    """The price that holds, and those that come, the newest first."""
    ordered = sorted(prices, key=lambda one: str(one["valid_from"]))
    held = [one for one in ordered if one["valid_from"] <= today][-1:]
    coming = [one for one in ordered if one["valid_from"] > today]
    return [{**one, "holds": one in held} for one in (*reversed(coming), *held)]


def _branches(tree: Part, code: str) -> list[dict[str, Any]]:
    """The classes that are shown: those on two digits, and of the chosen one those below it."""
    if not tree:
        return []
    shown = []
    for one in tree.value["items"]:
        iso = one["iso_code"]
        if len(iso) == 2 or (code and code.startswith(iso[:-2])):
            shown.append({**one, "level": len(iso) // 2, "is_chosen": iso == code})
    return shown
