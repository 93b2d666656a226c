"""INV-10 and INV-7 on real PostgreSQL: what is gone, a service, an article named twice, and what is
searched for.
"""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import ClaimKind
from kvitt_contracts.inventory import (
    FindDevice,
    OpenStocktaking,
    PostStocktaking,
    ReservationDeclined,
    StocktakingPosted,
)
from kvitt_contracts.refusals import Refused
from kvitt_contracts.types import DeviceNumber, Role, StoreId, UserId
from kvitt_testkit.meeting import meet
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_dispatch,
    a_scrapping,
    a_sent_line,
    a_shelf_counted,
    a_store_stated,
    a_supplier_return,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    FITTING,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
)
from services.inventory.tests.worlds import balance, device, refusal

INVESTIGATION = "900"
ONE, TWO, THREE = "170001", "170002", "170003"
TODAY = "2026-03-20"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Three rollators and five cushions in a unit's store."""
    async with given(service, at=stockholm(f"{TODAY} 08:00")) as world:
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
        await world.handle_all(
            *the_stores(),
            a_store_stated(INVESTIGATION, "investigation"),
            *the_catalogue(),
            a_person_registered(),
            rollators_received(ONE, TWO, THREE),
            a_balance_stated(CUSHION, 5, store=OWN),
        )
        yield world
        await assert_rows_are_folds(world)
        assert await found_by(world, "balances") == []


async def later(world: World) -> None:
    await world.advance(await world.now() + timedelta(minutes=1))


async def opened(world: World, store: str = OWN) -> None:
    by = UserId(SENDER if store == OWN else SERVICE)
    await world.handle(OpenStocktaking(store=StoreId(store), by=by), subject=store)
    await later(world)


async def counted(world: World, *lines: tuple[str, int, tuple[str, ...]], store: str = OWN) -> None:
    await world.handle(a_shelf_counted(*lines, at=await world.now(), store=store))
    await later(world)


async def posted(world: World, store: str = OWN) -> StocktakingPosted:
    posting = PostStocktaking(store=StoreId(store), by=UserId(SERVICE))
    await world.handle(posting, subject=store)
    return (await world.events(StocktakingPosted))[-1]


async def missed(world: World) -> None:
    """The third is not found, and is searched for."""
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)


def finding(store: str) -> FindDevice:
    return FindDevice(
        device_number=DeviceNumber(THREE),
        store=StoreId(store),
        found_on=date.fromisoformat(TODAY),
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )


GONE: list[Any] = [
    pytest.param(a_scrapping(THREE, on=TODAY), id="scrapped"),
    pytest.param(a_supplier_return(THREE, on=TODAY), id="sent back"),
]


@pytest.mark.rule("INV-10e")
@pytest.mark.parametrize("gone", GONE)
async def test_what_is_gone_from_a_store_is_not_missing_there(world: World, gone: Any) -> None:
    await world.handle(gone)
    await opened(world)
    await counted(world, (ROLLATOR, 1, (ONE,)))

    done = await posted(world)

    assert done.missing == 1
    assert (await device(world, TWO)).state().store == INVESTIGATION
    assert (await device(world, THREE)).claim is None
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)


@pytest.mark.rule("INV-10e")
@pytest.mark.parametrize("gone", GONE)
async def test_what_is_gone_cannot_stand_for_what_is_missing(world: World, gone: Any) -> None:
    await world.handle(gone)
    await opened(world)

    refused = await refusal(counted(world, (ROLLATOR, 2, (ONE, THREE))))

    assert (refused.reason, refused.field) == ("DEVICE_NOT_IN_STORE", "lines.0.devices")
    assert refused.way_on


async def test_what_was_scrapped_since_it_was_counted_is_no_difference(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 3, (ONE, TWO, THREE)))
    await world.handle(a_scrapping(THREE, on=TODAY))

    done = await posted(world)

    assert (done.differences, done.missing) == ((), 0)
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


async def test_what_is_on_its_way_cannot_stand_for_what_is_missing(world: World) -> None:
    await world.handle(rollators_received("170011", "170012", store=CENTRAL))
    await world.handle(an_order_placed(a_device_line(None)))
    sent = a_dispatch(a_sent_line(1, 1, "170011"), on=TODAY, arrives_on="2026-03-23")
    await world.handle(sent)
    await opened(world, CENTRAL)

    refused = await refusal(counted(world, (ROLLATOR, 1, ("170011",)), store=CENTRAL))

    assert (refused.reason, refused.field) == ("DEVICE_NOT_IN_STORE", "lines.0.devices")


@pytest.mark.rule("INV-10c")
async def test_a_service_is_not_counted(world: World) -> None:
    await opened(world)

    refused = await refusal(counted(world, (CUSHION, 5, ()), (FITTING, 2, ())))

    assert (refused.reason, refused.rule) == ("SERVICE_IS_NOT_COUNTED", "INV-10")
    assert refused.field == "lines.1.article_number"


async def test_an_article_stands_once_in_a_batch(world: World) -> None:
    await opened(world)

    refused = await refusal(counted(world, (CUSHION, 2, ()), (CUSHION, 3, ())))

    assert (refused.reason, refused.field) == ("COUNTED_TWICE", "lines.1.article_number")


async def test_what_is_searched_for_is_not_scrapped_and_is_told_why(world: World) -> None:
    await missed(world)

    refused = await refusal(world.handle(a_scrapping(THREE, on=TODAY, by=SERVICE)))

    assert (refused.reason, refused.rule) == ("IN_INVESTIGATION", "BMB-12")
    assert refused.way_on
    claim = (await device(world, THREE)).claim
    assert claim is not None
    assert claim.kind is ClaimKind.INVESTIGATION


@pytest.mark.rule("INV-10g")
async def test_what_is_found_is_put_into_a_store_where_it_can_be_used(world: World) -> None:
    await missed(world)

    refused = await refusal(world.handle(finding(INVESTIGATION), subject=THREE))

    assert (refused.reason, refused.field) == ("FOUND_IN_NO_STORE", "store")
    assert (await device(world, THREE)).claim is not None


async def test_what_is_put_back_while_it_is_scrapped_costs_no_other_store_a_device(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 1, (ONE,)))
    await posted(world)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 2, 0)

    with pytest.raises(Refused) as refused:
        await meet(world, finding(OWN), world.handle(a_scrapping(THREE, on=TODAY, by=SERVICE)))

    assert refused.value.way_on
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


async def test_what_is_found_twice_at_once_is_put_back_once(world: World) -> None:
    await missed(world)

    with pytest.raises(Refused) as refused:
        await meet(world, finding(OWN), world.handle(finding(CENTRAL)))

    assert refused.value.reason == "NOT_INVESTIGATED"
    assert await balance(world, ROLLATOR, OWN) == (3, 0, 0)
    assert await balance(world, ROLLATOR, CENTRAL) == (0, 0, 0)


async def test_a_round_that_is_posted_twice_at_once_is_posted_once(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)), (CUSHION, 3, ()))
    posting = PostStocktaking(store=StoreId(OWN), by=UserId(SERVICE))

    with pytest.raises(Refused) as refused:
        await meet(world, posting, world.handle(posting))

    assert refused.value.reason == "NOT_OPENED"
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)


async def test_a_device_is_not_missed_and_withdrawn_at_once(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    posting = PostStocktaking(store=StoreId(OWN), by=UserId(SERVICE))

    await meet(world, posting, world.handle(a_withdrawal_placed(a_device_line(THREE))))

    (declined,) = await world.events(ReservationDeclined)
    assert declined.reason == "DEVICE_NOT_IN_STORE"
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)


async def test_a_device_is_not_scrapped_and_missed_at_once(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    posting = PostStocktaking(store=StoreId(OWN), by=UserId(SERVICE))

    await meet(world, a_scrapping(THREE, on=TODAY), world.handle(posting))

    assert (await world.events(StocktakingPosted))[-1].missing == 0
    assert (await device(world, THREE)).state().is_gone
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


async def test_a_batch_with_more_devices_than_an_event_holds_is_refused_with_a_way_on(
    world: World,
) -> None:
    many = [f"{number:06}" for number in range(200_000, 205_001)]
    line = {"article_number": ROLLATOR, "counted": len(many), "devices": many}
    body = {"counted_at": (await world.now()).isoformat(), "lines": [line]}

    async with world.http() as client:
        answer = await client.post(f"/stores/{OWN}/stocktaking:count", json=body)

    assert answer.status_code == 422
    assert "dela upp" in answer.text
    with pytest.raises(ValueError, match="INV-10"):
        a_shelf_counted((ROLLATOR, len(many), tuple(many)), at=await world.now())


@pytest.mark.rule("INV-10e")
async def test_what_is_searched_for_is_available_to_nobody(world: World) -> None:
    await missed(world)

    async with world.http(user=SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING]) as asks:
        shown = (await asks.get(f"/articles/{ROLLATOR}")).json()

    assert shown["available"] == 2
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)
