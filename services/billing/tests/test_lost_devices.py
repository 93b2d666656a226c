"""BIL-8b: what a private clinic has lost is charged to it, until it is found."""

import pytest
from billing.app import service
from billing.models import ChargeRow
from kvitt_contracts.billing import ChargeCancelled, ChargeRaisedV2
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm

from contracts.tests.builders.region_sales import found, lost
from contracts.tests.builders.story import PAYER
from services.billing.tests.builders import a_device

NOON = stockholm("2026-03-02 12:00")


@pytest.mark.rule("BIL-8b", "REF-7d")
async def test_a_lost_device_is_charged_at_its_value(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.handle(a_device("170098"))

        await world.handle(lost(payer=PAYER, net_ore=450_000))

        (raised,) = await world.events(ChargeRaisedV2)
        assert (raised.kind, raised.amount.net_ore) == ("lost_device", 450_000)
        assert raised.payer.kind == "unit"
        assert raised.payer.payer_id == PAYER
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-8b")
async def test_what_is_found_is_not_owed_and_is_charged_again_when_it_is_lost_again(
    given: Given,
) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(a_device("170098"), lost(payer=PAYER, net_ore=450_000), found())

        assert len(await world.events(ChargeCancelled)) == 1
        await world.handle(lost(payer=PAYER, net_ore=400_000))

        owed = [row.amount.net_ore for row in await world.rows(ChargeRow) if row.status == "raised"]
        assert owed == [400_000]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BIL-8b")
async def test_what_has_no_known_value_is_not_charged_by_itself(given: Given) -> None:
    async with given(service, at=NOON) as world:
        await world.handle_all(a_device("170098"), lost(payer=PAYER, net_ore=None))

        assert await world.rows(ChargeRow) == []
