"""Artiklar: the search, an article's page, and the catalogue by ISO class."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from fastapi import APIRouter
from kvitt_contracts.types import ArticleNumber
from starlette.responses import Response

from kvitt_portal.forms import Form
from kvitt_portal.here import Here, Visit
from kvitt_portal.iso_classes import CLASSES
from kvitt_portal.names import Names
from kvitt_portal.numbers import holds_number
from kvitt_portal.pages.asking import items_of, named
from kvitt_portal.pages.scanning import Goods, goods_for, is_code
from kvitt_portal.services import Part

router = APIRouter()

_NUMBER: Final = re.compile(ArticleNumber.pattern)

TYPES: Final = (
    ("main_device", "Huvudhjälpmedel"),
    ("accessory", "Tillbehör"),
    ("spare_part", "Reservdel"),
    ("service", "Tjänst"),
)
UNITS: Final = {"piece": "styck", "pair": "par", "set": "sats"}

_LIMIT = 50
_DOCUMENT: Final = "application/pdf"
_FILTERS = (
    *("query", "type", "in_assortment", "store", "iso_code", "product"),
    *("supplier", "product_area", "in_stock"),
)


@router.get("/artiklar")
async def search(here: Here) -> Response:
    """Articles by words in any order, with their balances."""
    if (again := here.remembered("artiklar")) is not None:
        return again
    asked = here.request.query_params
    filters = {name: asked.get(name, "") for name in _FILTERS}
    if is_code(filters["query"]):
        goods = await goods_for(here, filters["query"])
        if isinstance(goods, Goods) and len(goods.articles) == 1:
            filters["query"] = goods.articles[0]
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
    only = _only_one(found, filters["query"]) if found and not here.is_partial else None
    if only:
        here.user.remembered.pop("artiklar", None)  # the next way here is to search anew
        return here.go(f"/artiklar/{only}")
    template = "articles/hits.html" if here.is_partial else "articles/search.html"
    return here.page(template, found=found, stores=stores, filters=filters, types=TYPES)


@router.get("/artiklar/{number}")
async def article(here: Here, number: str) -> Response:
    """All that is known of an article, on one page."""
    return await page_of(here, number)


async def page_of(
    here: Visit, number: str, *, file: Form | None = None, information: Form | None = None
) -> Response:
    """The article's page, with a form of customer service's that is to be put right."""
    shown = await here.need("inventory", f"/articles/{number}")
    today, proposed, names = await asyncio.gather(
        here.ask("orders", "/today"),
        _proposed(here, number),
        Names.of(here, stores=[one["store"] for one in shown["balances"]]),
    )
    return here.page(
        "articles/article.html",
        article=shown,
        proposed=proposed,
        today=today,
        prices=prices_noted(shown["prices"], today.value["today"] if today else ""),
        types=dict(TYPES),
        units=UNITS,
        classes=CLASSES,
        names=names,
        may_write=here.may_for_all("inventory.article.inform"),
        form=file or Form(),
        information=information or _told(shown["information"]),
        pictures=[one for one in shown["files"] if one["media_type"] != _DOCUMENT],
        documents=[one for one in shown["files"] if one["media_type"] == _DOCUMENT],
    )


def _told(information: dict[str, str | None] | None) -> Form:
    """What the supplier tells, to be changed."""
    given = information or {}
    return Form(given={name: given.get(name) or "" for name in ("text", "link")})


async def _proposed(here: Visit, number: str) -> str:
    """From where the article is proposed to be had (REF-10)."""
    if not here.may_at_units("orders.order.place") or not here.service_point:
        return ""
    part = await here.ask(
        "orders", "/orders:sources", number=number, service_point=here.service_point
    )
    return next((one["proposed"] or "" for one in items_of(part)), "")


@router.get("/sortiment")
async def catalogue(here: Here) -> Response:
    """The catalogue: classes beside the articles of the one that is chosen."""
    chosen = here.request.query_params.get("iso_code", "")
    tree = await here.ask("inventory", "/articles:classes", in_assortment=True)
    found = None
    if chosen:
        found = await here.ask(
            "inventory",
            "/articles",
            iso_code=chosen,
            in_assortment=True,
            limit=_LIMIT,
            cursor=here.request.query_params.get("cursor"),
            with_balance=True,
        )
    return here.page(
        "articles/catalogue.html",
        tree=tree,
        branches=_branches(tree, chosen),
        found=found,
        names=CLASSES,
    )


async def articles_of(here: Visit, numbers: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The articles with these numbers, by their numbers: those that exist and are answered for."""
    asked = [one for one in numbers if is_number(one)]
    found = await named(here, "inventory", "/articles:named", "number", asked)
    return {one["article_number"]: one for one in found}


def is_number(text: str) -> bool:
    """True for what an article may be called; a personal number never is."""
    return _NUMBER.fullmatch(text) is not None and not holds_number(text)


def _only_one(found: Part, query: str) -> str | None:
    """The article whose whole number was asked for: its page is what is wanted."""
    items = found.value["items"]
    return query if query and len(items) == 1 and items[0]["article_number"] == query else None


def price_on(prices: Sequence[dict[str, Any]], day: date) -> dict[str, Any] | None:
    """The price that is valid on a day; None where none is."""
    begun = [one for one in prices if one["valid_from"] <= day.isoformat()]
    return max(begun, key=_valid_from, default=None)


def rent_on(article: dict[str, Any], day: date | None) -> int | None:
    """What an article's rent is a month, in öre without VAT: 0 for what is sold, None where it is
    not known.
    """
    if article["charging"] != "rent":
        return 0
    price = price_on(article["prices"], day) if day is not None else None
    return price["net_ore"] if price else None


def prices_noted(prices: Sequence[dict[str, Any]], today: str) -> list[dict[str, Any]]:
    """Every price that there is, the newest first, each with what it is beside the one that is
    valid; with nothing where it is not known what day it is.
    """
    valid = price_on(prices, date.fromisoformat(today)) if today else None

    def note(one: dict[str, Any]) -> str:
        if not today or one is valid:
            return ""
        return "kommande" if one["valid_from"] > today else "tidigare"

    return [{**one, "note": note(one)} for one in sorted(prices, key=_valid_from, reverse=True)]


def _valid_from(price: dict[str, Any]) -> str:
    return str(price["valid_from"])


def _branches(tree: Part, chosen: str) -> list[dict[str, Any]]:
    """The classes that are shown: those on two digits, and of the chosen one those below it."""
    shown = []
    for one in items_of(tree):
        iso = one["iso_code"]
        if len(iso) == 2 or (chosen and chosen.startswith(iso[:-2])):
            shown.append({**one, "level": len(iso) // 2, "is_chosen": iso == chosen})
    return shown
