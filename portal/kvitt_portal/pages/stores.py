"""Lager: a store's balances and the devices that stand in it."""

import asyncio
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from kvitt_portal.here import Here, Visit
from kvitt_portal.pages.articles import TYPES
from kvitt_portal.pages.asking import code, items_of, pdf_of
from kvitt_portal.pages.own_store import own_stores, store_of

router = APIRouter()

_LIMIT = 50
_LISTED = 200
_FILTERS = ("store", "query", "type", "with_balance", "tab", "sort")
DEVICES = "individer"
"""The tab with the devices."""


@router.get("/lager")
async def shown(here: Here) -> Response:
    """The own store first; others that one may look up by choice."""
    if (again := here.remembered("lager")) is not None:
        return again
    asked = here.request.query_params
    filters = {name: asked.get(name, "")[:100] for name in _FILTERS}
    stores = await here.ask("inventory", "/stores", limit=_LISTED)
    filters["store"] = filters["store"] or await _own(here, items_of(stores))
    balances = devices = None
    if filters["store"]:
        path = f"/stores/{code(filters['store'])}/balances"
        about = {name: filters[name] for name in ("query", "type", "with_balance", "sort")}
        listed = {"cursor": asked.get("cursor"), "limit": _LIMIT}
        counted = {"limit": 1}
        is_devices = filters["tab"] == DEVICES
        balances, devices = await asyncio.gather(
            here.ask("inventory", path, **about, **(counted if is_devices else listed)),
            here.ask(
                "inventory",
                "/devices",
                store=filters["store"],
                **(listed if is_devices else counted),
            ),
        )
    return here.page(
        "stores/hits.html" if here.is_partial else "stores/store.html",
        stores=stores,
        filters=filters,
        types=TYPES,
        balances=balances,
        devices=devices,
        tab=filters["tab"],
        may_withdraw=here.may_at_units("orders.withdrawal.register"),
        may_count=here.may_for_all("inventory.stocktaking.post")
        or filters["store"] in (await own_stores(here)).values(),
    )


@router.get("/lager/{store}/saldo.pdf")
async def report(here: Here, store: str) -> Response:
    """The store's balance report, to print."""
    return pdf_of(await here.ask("inventory", f"/stores/{code(store)}/balance-report"))


async def _own(here: Visit, stores: list[dict[str, Any]]) -> str:
    """The own store of the chosen service point; for who has none, the first that may be seen."""
    own = await store_of(here, here.service_point)
    return own or (stores[0]["store"] if stores else "")
