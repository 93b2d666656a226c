"""What inventory says of balances: one move of the ledger at a time."""

from typing import Any

from kvitt_contracts.inventory import StockMoved

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import CENTRAL, CUSHION, DAY


def a_stock_moved(kind: str = "received", **changes: Any) -> StockMoved:
    """Some of an article has moved in the central store: three have come, unless told."""
    values = {
        "article_number": CUSHION,
        "store": CENTRAL,
        "kind": kind,
        "available": 3,
        "reserved": 0,
        "moved_on": DAY,
    }
    return build(StockMoved, values, changes)
