"""Billing's values for tests, with only what matters to say."""

from datetime import date

from billing.domain import ChangePoint, PricePoint
from kvitt_contracts.types import Money, PayerId


def a_point(day: str, payer: str | None) -> ChangePoint:
    """From `day` on, `payer` pays."""
    return ChangePoint(
        effective_on=date.fromisoformat(day), payer_id=None if payer is None else PayerId(payer)
    )


def a_price(day: str, net_ore: int) -> PricePoint:
    """From `day` on, the price in öre."""
    return PricePoint(valid_from=date.fromisoformat(day), price=Money(net_ore=net_ore))
