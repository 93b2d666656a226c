"""What an order or a withdrawal will cost whom and when it comes, before it is confirmed: orders'
preview, with inventory's days and billing's costs beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from kvitt_portal.here import Visit
from kvitt_portal.services import Part

_UNKNOWN: dict[str, Any] = {}
_DECLINED: Final[Mapping[str, str]] = {
    "NO_LONGER_PURCHASED": "en artikel köps inte längre in, och saldot räcker inte. Ta bort raden"
    " eller beställ färre.",
    "NO_BALANCE": "förrådet har inte saldo. Minska antalet, eller beställ det som fattas.",
    "DEVICE_NOT_IN_STORE": "hjälpmedlet står inte i förrådet. Välj en annan individ.",
    "DEVICE_CLAIMED": "hjälpmedlet är i ett byte eller på väg ut. Välj en annan individ.",
    "DEVICE_GONE": "hjälpmedlet är skrotat eller återlämnat till leverantören. Välj en annan"
    " individ.",
    "DEVICE_NAMED_TWICE": "samma individ står två gånger. Ta bort den ena raden.",
    "DEVICE_OF_ANOTHER_ARTICLE": "individnumret hör till en annan artikel. Välj en annan individ.",
    "MEANT_FOR_ANOTHER": "hjälpmedlet köptes från en annan region och är till en annan patient."
    " Välj en annan individ.",
}


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
    rule: str = ""

    @property
    def declined_for(self) -> str:
        """Why the store would decline it and the way on, to end a sentence with."""
        way_on = "något har ändrats i förrådet. Ändra raderna, eller kontakta kundtjänst."
        return f"{_DECLINED.get(self.refusal, way_on)} ({self.rule})" if self.refusal else ""

    def day(self, place: int) -> dict[str, Any]:
        """When a line comes; empty where nobody says."""
        return self.days[place] if self.days else _UNKNOWN

    def cost(self, place: int) -> dict[str, Any]:
        """What a line costs; empty where nobody says."""
        return self.costs[place] if self.costs else _UNKNOWN


async def order_cost_of(
    here: Visit, preview: Part | None, *, withdrawn: Mapping[str, Any] = _UNKNOWN
) -> OrderCost:
    """What the lines of a preview cost, and when they come. `withdrawn`: what orders was asked of a
    withdrawal, which says the store and for whom.
    """
    if not preview:
        return OrderCost()
    lines = preview.value["lines"]
    asked = [
        _named(line) | {"supply": line["supply"], "device_number": line["device_number"]}
        for line in lines
    ]
    drawn = {name: withdrawn[name] for name in ("store", "recipient") if name in withdrawn}
    expected = await here.send("inventory", "POST", "/orders:preview", {"lines": asked, **drawn})
    if not expected:
        return OrderCost()
    if expected.value["refusal"]:
        return OrderCost(refusal=expected.value["refusal"], rule=expected.value["rule"])
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
