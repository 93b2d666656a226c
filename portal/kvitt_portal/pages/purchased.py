"""What was purchased and of whom, as the pages of orders, receipts and invoices show it."""

import asyncio
from collections.abc import Iterable
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.pages.asking import code


async def suppliers_of(here: Visit, codes: Iterable[str]) -> dict[str, str]:
    """What suppliers are called, by their codes; one that is not known is left out."""
    once = dict.fromkeys(codes)
    asked = await asyncio.gather(*(here.ask("orders", f"/suppliers/{code(one)}") for one in once))
    return {one.value["supplier_id"]: one.value["name"] for one in asked if one}


async def purchases_of(here: Visit, ids: Iterable[str | None]) -> dict[str, dict[str, Any]]:
    """Purchase orders with their lines, by their ids, as far as the user may see them."""
    once = dict.fromkeys(one for one in ids if one)
    asked = await asyncio.gather(*(here.ask("orders", f"/purchase-orders/{one}") for one in once))
    return {one.value["purchase_order_id"]: one.value for one in asked if one}
