"""The API's own description: its examples are what the views accept, and nothing is left bare."""

from typing import Any

import pytest
from inventory.articles.api import ArticleLine
from inventory.custody.api import DayView, LifeView
from inventory.devices.views import DeviceLine
from inventory.holds.api import HoldView
from inventory.registered_returns.choices import LineLeft
from inventory.reservations.api import ReservationLine
from inventory.stock.views import BalanceView, StockMoveView
from inventory.stocktakings.api import StocktakingView
from pydantic import BaseModel


@pytest.mark.parametrize(
    "view",
    [
        ArticleLine,
        BalanceView,
        DayView,
        DeviceLine,
        HoldView,
        LifeView,
        LineLeft,
        ReservationLine,
        StockMoveView,
        StocktakingView,
    ],
)
def test_a_views_example_is_one_of_its_kind(view: type[BaseModel]) -> None:
    schema: dict[str, Any] = view.model_json_schema()

    for example in schema["examples"]:
        read = view.model_validate(example)
        assert view.model_validate_json(read.model_dump_json()) == read
        assert set(example) == set(view.model_fields)
