"""What an order will cost whom and when it comes, before it is confirmed: orders' preview, with
inventory's days and billing's costs beside it.
"""

from dataclasses import dataclass, field
from typing import Any

from kvitt_portal.here import Visit
from kvitt_portal.services import Part

_UNKNOWN: dict[str, Any] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCost:
    """What inventory and billing say of a preview's lines, in their order; nothing of what a
    service does not answer. `refusal`: why the store would decline it.
    """

    days: list[dict[str, Any]] = field(default_factory=list)
    costs: list[dict[str, Any]] = field(default_factory=list)
    payers: list[dict[str, Any]] = field(default_factory=list)
    patient_ore: int = 0
    refusal: str = ""

    def day(self, place: int) -> dict[str, Any]:
        """When a line comes; empty where nobody says."""
        return self.days[place] if self.days else _UNKNOWN

    def cost(self, place: int) -> dict[str, Any]:
        """What a line costs; empty where nobody says."""
        return self.costs[place] if self.costs else _UNKNOWN


async def order_cost_of(here: Visit, preview: Part | None) -> OrderCost:
    """What the lines of a preview cost, and when they come."""
    if not preview:
        return OrderCost()
    lines = preview.value["lines"]
    asked = [_named(line) | {"supply": line["supply"]} for line in lines]
    expected = await here.send("inventory", "POST", "/orders:preview", {"lines": asked})
    if not expected:
        return OrderCost()
    if expected.value["refusal"]:
        return OrderCost(refusal=expected.value["refusal"])
    days = expected.value["lines"]
    owed = [
        _named(line)
        | {
            "payer_id": line["payer_id"],
            "fee": line["fee"],
            "is_direct": line["supply"] == "direct",
            "delivered_on": day["planned_arrival_on"],
        }
        for line, day in zip(lines, days, strict=True)
    ]
    part = await here.send("billing", "POST", "/orders:preview", {"lines": owed})
    if not part:
        return OrderCost(days=days)
    return OrderCost(
        days=days,
        costs=part.value["lines"],
        payers=part.value["payers"],
        patient_ore=part.value["patient_ore"],
    )


def _named(line: dict[str, Any]) -> dict[str, Any]:
    return {"article_number": line["article_number"], "quantity": line["quantity"]}
