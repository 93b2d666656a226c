"""What inventory says of what is to fill up a unit's own store."""

from typing import Any

from kvitt_contracts.inventory import RefillDropped, RefillOrdered, RefillProposed
from kvitt_contracts.types import ArticleNumber, Goods

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import (
    CUSHION,
    DAY,
    OWN,
    SENDER,
    SENDING,
    order_id,
    proposal_id,
)


def a_refill_proposed(named: str = "F-1", **changes: Any) -> RefillProposed:
    """Six cushions would fill up the own store."""
    values = {
        "proposal_id": proposal_id(named),
        "store": OWN,
        "service_point": SENDING,
        "proposed_on": DAY,
        "lines": (Goods(article_number=ArticleNumber(CUSHION), quantity=6),),
    }
    return build(RefillProposed, values, changes)


def a_refill_ordered(named: str = "F-1", *, order: str = "R-1") -> RefillOrdered:
    """A replenishment follows the proposal."""
    values = {"proposal_id": proposal_id(named), "order_id": order_id(order)}
    return build(RefillOrdered, values, {})


def a_refill_dropped(named: str = "F-1", *, by: str | None = SENDER) -> RefillDropped:
    """Somebody does not want it; the next night's takes its place where nobody is named."""
    return build(RefillDropped, {"proposal_id": proposal_id(named), "by": by}, {})
