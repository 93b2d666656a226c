"""ORD-12, BIL-2: what a direct delivery costs its payer, to the öre."""

import pytest
from billing.app import service
from billing.models import ChargeRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm

from contracts.tests.builders.inventory import an_article_listed, an_article_priced
from contracts.tests.builders.reservations import a_line_delivered
from contracts.tests.builders.story import CUSHION, PAYER
from services.billing.tests.builders import an_order

JUNE_1 = stockholm("2026-06-01 06:00")


async def charged(given: Given, *prices: Event, is_free: bool = False) -> list[int]:
    """What three cushions that cost 33,35 kr each are charged with, in öre."""
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(
            an_article_listed(CUSHION, marked=False, is_free=is_free),
            *prices,
            an_order(quantity=3),
            a_line_delivered(quantity=3, on="2026-05-10", unit_price=3_335),
        )
        charges = await world.rows(ChargeRow)
        await assert_rows_are_folds(world)
        assert {one.payer.payer_id for one in charges} <= {PAYER}
        return [one.amount.net_ore for one in charges]


@pytest.mark.rule("BIL-2d")
async def test_the_regions_price_counts_whatever_it_was_bought_for(given: Given) -> None:
    assert await charged(given, an_article_priced(CUSHION, 10_001)) == [30_003]


@pytest.mark.rule("ORD-12j", "BIL-2a")
@pytest.mark.parametrize(
    "prices",
    [
        [],
        [an_article_priced(CUSHION, 0)],
        [an_article_priced(CUSHION, 9_900, valid_from="2026-05-11")],
        [an_article_priced(CUSHION, 9_900), an_article_priced(CUSHION, 0, valid_from="2026-05-10")],
    ],
    ids=["none", "zero", "later", "zero-by-then"],
)
async def test_what_has_no_price_that_day_is_sold_for_what_its_delivery_note_says(
    given: Given, prices: list[Event]
) -> None:
    assert await charged(given, *prices) == [10_005]


@pytest.mark.rule("ORD-12i")
@pytest.mark.parametrize("prices", [[], [an_article_priced(CUSHION, 0)]], ids=["none", "zero"])
async def test_what_is_free_of_charge_costs_nothing(given: Given, prices: list[Event]) -> None:
    assert await charged(given, *prices, is_free=True) == [0]


async def test_what_has_neither_price_waits(given: Given) -> None:
    async with given(service, at=JUNE_1) as world:
        await world.handle_all(an_article_listed(CUSHION, marked=False), an_order())

        with pytest.raises(NotYetKnown):
            await world.handle(a_line_delivered(on="2026-05-10"))
