"""PCK-7 and INV-10 on real PostgreSQL: what is to be returned at once in a counted store."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

import pytest
from inventory.app import service
from inventory.devices.domain import ClaimKind
from kvitt_contracts.inventory import ClaimBroken, DeviceReturnAwaited
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import a_customer_registered, a_person_registered
from contracts.tests.builders.pickups import a_pickup_requested
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_store_stated,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    SENDING,
    a_care_unit,
    a_store,
    device_id,
)
from services.inventory.tests.stocktaking.rounds import (
    INVESTIGATION,
    MONDAY,
    counted,
    finding,
    opened,
    posted,
    the_users,
)
from services.inventory.tests.worlds import balance, device, refusal

STREAMER: Final = "31845"
KEPT, OTHER_KEPT, NEW = "170098", "170099", "170300"
FROM_STORE: Final[dict[str, Any]] = {"recipient": a_care_unit(), "service_point": SENDING}


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit's own store with two streamers that are to be returned at once."""
    async with given(service, at=MONDAY) as world:
        await the_users(world)
        await world.handle_all(
            *the_stores(),
            a_store_stated(INVESTIGATION, "investigation"),
            *the_catalogue(),
            a_person_registered(),
            an_article_stated(STREAMER, return_at_once=True),
            a_customer_registered(SENDING, store=OWN),
            a_device_on_loan_stated(KEPT, article_number=STREAMER, customer_id=SENDING),
            a_device_on_loan_stated(OTHER_KEPT, article_number=STREAMER, customer_id=SENDING),
            a_device_returned(KEPT),
            a_device_returned(OTHER_KEPT),
        )
        yield world
        await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-7a", "INV-10e")
async def test_what_a_pickup_sends_on_is_not_missing(world: World) -> None:
    await world.handle(a_pickup_requested(KEPT, **FROM_STORE))
    await opened(world)
    await counted(world, (STREAMER, 0, ()))

    done = await posted(world)

    assert [(one.expected, one.counted) for one in done.differences] == [(1, 0)]
    assert done.missing == 1
    assert (await device(world, OTHER_KEPT)).custody.holder == a_store(INVESTIGATION)
    assert await world.events(ClaimBroken) == []
    await world.handle(a_device_returned(KEPT, store=CENTRAL))
    assert (await device(world, KEPT)).custody.holder == a_store(CENTRAL)
    assert await balance(world, STREAMER, OWN) == (0, 0, 0)


@pytest.mark.rule("PCK-7a", "INV-10d")
@pytest.mark.parametrize("found", [(OTHER_KEPT,), (KEPT, OTHER_KEPT)])
async def test_what_a_pickup_sends_on_may_stand_there_still_or_have_gone(
    world: World, found: tuple[str, ...]
) -> None:
    await world.handle(a_pickup_requested(KEPT, **FROM_STORE))
    await opened(world)
    await counted(world, (STREAMER, len(found), found))

    done = await posted(world)

    assert (done.differences, done.missing) == ((), 0)
    assert (await device(world, KEPT)).claim_kind is ClaimKind.PICKUP


@pytest.mark.rule("PCK-7b", "INV-10g")
async def test_what_is_found_again_is_reminded_of_where_it_has_been_out(world: World) -> None:
    await world.handle(a_device_in_store_stated(NEW, article_number=STREAMER, store=OWN))
    await opened(world)
    await counted(world, (STREAMER, 1, (OTHER_KEPT,)))
    await posted(world)
    await world.advance(stockholm("2026-03-07 08:00"))
    before = await reminded(world)

    for number in (KEPT, NEW):
        await world.handle(finding(number, on=date(2026, 3, 7)), subject=number)
    await world.advance(stockholm("2026-03-11 00:00"))

    assert {one for one, _ in before} == {device_id(OTHER_KEPT)}
    again = [one for one in await reminded(world) if one[0] != device_id(OTHER_KEPT)]
    assert again == [(device_id(KEPT), date(2026, 3, 7))]


@pytest.mark.rule("PCK-7a", "INV-10g")
async def test_a_return_on_the_day_of_a_find_is_no_repetition(world: World) -> None:
    await opened(world)
    await counted(world, (STREAMER, 1, (OTHER_KEPT,)))
    await posted(world)
    await world.handle(finding(KEPT, store=CENTRAL), subject=KEPT)

    refused = await refusal(world.handle(a_device_returned(KEPT, store=CENTRAL)))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")


async def reminded(world: World) -> list[tuple[object, date]]:
    """Which devices were reminded of, and since which day they are kept."""
    told = await world.events(DeviceReturnAwaited)
    return [(one.device_id, one.since_on) for one in told]
