"""INV-10 on real PostgreSQL: what is counted, once a year, and who is told."""

from datetime import date

import pytest
from inventory.app import service
from kvitt_contracts.inventory import (
    CancelStocktaking,
    StocktakingAnnounced,
    StocktakingPlanned,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import (
    Role,
    StoreId,
    UserId,
)
from kvitt_testkit.world import Given, World, stockholm

from contracts.tests.builders.orders import (
    a_line,
    a_withdrawal_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_store_stated,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CUSHION,
    OTHER,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
)
from services.inventory.tests.stocktaking.rounds import (
    MONDAY,
    counted,
    opened,
    posted,
    the_users,
)


@pytest.mark.rule("INV-10c")
async def test_the_basis_is_what_has_a_balance_or_has_moved_and_no_service(world: World) -> None:
    await world.handle_all(
        an_article_stated("30777", marked=False, type="accessory"),
        an_article_stated("30778", marked=False, type="spare_part"),
        a_balance_stated("30777", 1, store=OWN),
    )
    await world.handle(a_withdrawal_placed(a_line("30777"), reference="O-9"))

    async with world.http(user=SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING]) as asks:
        shown = (await asks.get(f"/stores/{OWN}/stocktaking")).json()

    assert {one["article_number"] for one in shown["to_count"]} == {ROLLATOR, CUSHION, "30777"}


@pytest.mark.rule("INV-10c")
async def test_what_moved_before_the_last_round_and_is_gone_is_not_counted_again(
    world: World,
) -> None:
    await world.handle(a_withdrawal_placed(a_line(CUSHION, quantity=5)))
    await opened(world)
    await counted(world, (CUSHION, 0, ()))
    await posted(world)

    async with world.http() as client:
        shown = (await client.get(f"/stores/{OWN}/stocktaking")).json()

    assert {one["article_number"] for one in shown["to_count"]} == {ROLLATOR}


@pytest.mark.rule("INV-10a")
async def test_a_store_is_counted_once_a_year(given: Given, yearly: Policies) -> None:
    async with given(service, at=MONDAY, policies=yearly) as world:
        await the_users(world)
        await world.handle_all(*the_stores(), *the_catalogue(), a_balance_stated(store=OWN))
        await world.handle(the_stores()[2])
        await world.advance(stockholm("2026-11-10 08:00"))
        await opened(world)
        await counted(world, (CUSHION, 1, ()))
        await posted(world)

        plans = [one for one in await world.events(StocktakingPlanned) if one.store == OWN]
        told = [one for one in await world.events(StocktakingAnnounced) if one.service_point]

    assert [one.planned_on for one in plans] == [date(2026, 11, 30), date(2027, 11, 30)]
    assert [one.planned_on for one in told] == [date(2026, 11, 30)]


@pytest.mark.rule("INV-10a")
async def test_a_round_that_was_cancelled_is_planned_again_for_the_same_year(
    given: Given, yearly: Policies
) -> None:
    async with given(service, at=MONDAY, policies=yearly) as world:
        await the_users(world)
        await world.handle_all(*the_stores(), *the_catalogue())
        await opened(world)
        await world.handle(CancelStocktaking(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)

        plans = [one for one in await world.events(StocktakingPlanned) if one.store == OWN]

    assert [one.planned_on for one in plans] == [date(2026, 11, 30), date(2026, 11, 30)]


@pytest.mark.rule("INV-10a")
async def test_who_has_the_store_now_is_told_and_nobody_of_one_that_is_not_counted(
    given: Given, yearly: Policies
) -> None:
    async with given(service, at=MONDAY, policies=yearly) as world:
        await world.handle_all(*the_stores(), a_store_stated("930", "own", service_point=SENDING))
        await world.handle_all(
            a_store_stated(OWN, "own", service_point=OTHER, version=2),
            a_store_stated("930", "purchasing", version=2),
        )

        await world.advance(stockholm("2026-10-31 00:00"))

        told = [one for one in await world.events(StocktakingAnnounced) if one.service_point]
        assert [one.service_point for one in told] == [OTHER]


async def test_the_unit_is_told_in_good_time(given: Given, yearly: Policies) -> None:
    async with given(service, at=MONDAY, policies=yearly) as world:
        await world.handle_all(*the_stores(), *the_catalogue())
        await world.advance(stockholm("2026-10-30 23:59"))
        assert await world.events(StocktakingAnnounced) == []

        await world.advance(stockholm("2026-10-31 00:00"))

        told = [one for one in await world.events(StocktakingAnnounced) if one.service_point]
        assert [(one.service_point, one.planned_on) for one in told] == [
            (SENDING, date(2026, 11, 30))
        ]
