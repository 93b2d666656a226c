"""BIL-10: every amount is exact to the öre and its VAT stands beside it."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kvitt_contracts.types import Money, VatPercent
from pydantic import ValidationError

amounts = st.integers(-(10**9), 10**9)
rates: st.SearchStrategy[VatPercent] = st.sampled_from((0, 6, 12, 25))


@pytest.mark.rule("BIL-10b")
@given(net=amounts, percent=rates)
def test_vat_is_within_half_an_ore_of_the_exact_amount(net: int, percent: VatPercent) -> None:
    exact = Decimal(net) * percent / 100

    assert abs(Money(net_ore=net, vat_percent=percent).vat_ore - exact) <= Decimal("0.5")


@pytest.mark.rule("BIL-10b")
@given(net=amounts, percent=rates)
def test_net_and_vat_make_the_gross_amount(net: int, percent: VatPercent) -> None:
    money = Money(net_ore=net, vat_percent=percent)

    assert money.gross_ore == money.net_ore + money.vat_ore


@pytest.mark.rule("BIL-10a")
@given(net=amounts, percent=rates)
def test_a_credit_takes_back_exactly_what_was_charged(net: int, percent: VatPercent) -> None:
    charged = Money(net_ore=net, vat_percent=percent)
    credited = Money(net_ore=-net, vat_percent=percent)

    assert charged.gross_ore + credited.gross_ore == 0


@pytest.mark.rule("BIL-10b")
def test_half_an_ore_is_rounded_away_from_zero() -> None:
    assert Money(net_ore=2, vat_percent=25).vat_ore == 1
    assert Money(net_ore=-2, vat_percent=25).vat_ore == -1


@pytest.mark.rule("BIL-10a")
@pytest.mark.parametrize("amount", ["10.5", "10.0", '"1050"', "1e3", "100000000000000"])
def test_anything_but_a_whole_number_of_ore_is_refused(amount: str) -> None:
    with pytest.raises(ValidationError):
        Money.model_validate_json(f'{{"net_ore": {amount}, "vat_percent": 25}}')


@pytest.mark.rule("BIL-10b")
def test_a_rate_that_sweden_does_not_have_is_refused() -> None:
    with pytest.raises(ValidationError):
        Money.model_validate({"net_ore": 100, "vat_percent": 13})
