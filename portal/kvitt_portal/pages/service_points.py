"""Which service point a device belongs to, as it is proposed to who works at none of its own."""

from collections.abc import Mapping, Sequence
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.pages.asking import items_of


async def service_point_of(here: Visit, devices: Sequence[Mapping[str, Any]]) -> str:
    """The service point that all of these devices belong to: their customer, or the only one whose
    payer pays for them. Empty where there is none, or several.
    """
    customers = {one.get("customer_id") for one in devices}
    if len(customers) == 1 and (customer := customers.pop()) is not None:
        return str(customer)
    payers = {one.get("payer_id") for one in devices}
    payer = payers.pop() if len(payers) == 1 else None
    if payer is None:
        return ""
    part = await here.ask("orders", "/customers", payer_id=payer, is_service_point=True, limit=2)
    found = items_of(part)
    return str(found[0]["customer_id"]) if len(found) == 1 else ""
