"""Stocktakings as inventory emits them."""

from typing import Any

from kvitt_contracts.inventory import StocktakingAnnounced
from kvitt_contracts.types import identify

from contracts.tests.builders.shapes import build
from contracts.tests.builders.story import RECEIVING

STOCKTAKING = identify("ac", "stocktaking", "402")


def a_stocktaking_announced(**changes: Any) -> StocktakingAnnounced:
    """A unit's store is to be counted."""
    values = {
        "stocktaking_id": STOCKTAKING,
        "service_point": RECEIVING,
        "planned_on": "2026-11-30",
    }
    return build(StocktakingAnnounced, values, changes)
