"""INV-10 on real PostgreSQL: a store is counted while business goes on, and what differs posted."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from inventory.app import service
from inventory.devices.domain import Claim, ClaimKind
from inventory.devices.models import DeviceRow
from inventory.stock.models import BalanceRow, StockMoveRow
from inventory.stocktakings.models import StocktakingRow
from kvitt_contracts.inventory import (
    CancelStocktaking,
    CustodyChanged,
    FindDevice,
    HoldBroken,
    HoldRefused,
    OpenStocktaking,
    PostStocktaking,
    StocktakingAnnounced,
    StocktakingCounted,
    StocktakingPlanned,
    StocktakingPosted,
)
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import BMB_TRANSFERS
from kvitt_contracts.types import (
    DeviceNumber,
    RegionCode,
    Role,
    StoreId,
    UserId,
    identify,
)
from kvitt_testkit.reconciled import SaidBefore, found_by, plant
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_returned,
    a_renumbering,
    a_shelf_counted,
    a_store_stated,
    an_article_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OTHER,
    OUTSIDER,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_store,
)
from services.inventory.tests.worlds import balance, counted_yearly, device, refusal

INVESTIGATION = "900"
ONE, TWO, THREE = "170001", "170002", "170003"
MONDAY = stockholm("2026-03-02 08:00")


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A unit's store with three rollators and five cushions."""
    async with given(service, at=MONDAY) as world:
        await the_users(world)
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
        await assert_shelves_have_their_devices(world)


async def the_users(world: World) -> None:
    """Who counts at the unit, and customer service."""
    await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
    await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))


async def assert_shelves_have_their_devices(world: World) -> None:
    """No balance is below zero, and a marked article's is the number of its devices there."""
    there = Counter(
        (row.holder_key, row.article_number)
        for row in await world.rows(DeviceRow)
        if row.holder_kind == "store"
    )
    for row in await world.rows(BalanceRow):
        assert min(row.available, row.reserved, row.on_order) >= 0
        if row.article_number == ROLLATOR:
            assert row.available + row.reserved == there[row.store, row.article_number]


async def later(world: World, **ahead: float) -> datetime:
    """The instant that it is when some time has gone by."""
    await world.advance(await world.now() + timedelta(**(ahead or {"minutes": 1})))
    return await world.now()


async def opened(world: World, store: str = OWN) -> None:
    """The store is being counted."""
    by = UserId(SENDER if store == OWN else SERVICE)
    await world.handle(OpenStocktaking(store=StoreId(store), by=by), subject=store)
    await later(world)


async def counted(world: World, *lines: tuple[str, int, tuple[str, ...]]) -> None:
    """These lines were counted a moment ago."""
    await world.handle(a_shelf_counted(*lines, at=await world.now()))
    await later(world)


def posting(store: str = OWN) -> PostStocktaking:
    """Customer service posts."""
    return PostStocktaking(store=StoreId(store), by=UserId(SERVICE))


async def posted(world: World) -> StocktakingPosted:
    """The differences are posted."""
    await world.handle(posting(), subject=OWN)
    return (await world.events(StocktakingPosted))[-1]


def finding(number: str = THREE, *, on: date = date(2026, 3, 2), store: str = OWN) -> FindDevice:
    """A missing device is found."""
    return FindDevice(
        device_number=DeviceNumber(number),
        store=StoreId(store),
        found_on=on,
        by=UserId(SERVICE),
        asked_by=UserId(SENDER),
    )


@pytest.mark.rule("INV-10d")
async def test_what_differs_is_posted_as_a_move_with_the_stocktaking_as_its_cause(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (CUSHION, 3, ()))

    done = await posted(world)

    assert [(one.article_number, one.expected, one.counted) for one in done.differences] == [
        (CUSHION, 5, 3)
    ]
    assert await balance(world, CUSHION, OWN) == (3, 0, 0)
    key = identify(RegionCode(REGION), "stocktaking", OWN)
    moves = [row for row in await world.rows(StockMoveRow) if row.cause_id == key]
    assert [(row.article_number, row.available) for row in moves] == [(CUSHION, -2)]


@pytest.mark.rule("INV-10d")
async def test_business_goes_on_between_the_count_and_the_posting(world: World) -> None:
    await opened(world)
    await counted(world, (CUSHION, 4, ()))
    await world.handle(a_withdrawal_placed(a_line(CUSHION, quantity=2)))

    await posted(world)

    assert await balance(world, CUSHION, OWN) == (2, 0, 0)


@pytest.mark.rule("INV-10d")
async def test_more_than_the_ledger_says_is_served_to_who_waits(world: World) -> None:
    await world.handle(an_order_placed(a_line(CUSHION, quantity=2)))
    await opened(world, CENTRAL)
    await world.handle(a_shelf_counted((CUSHION, 3, ()), at=await world.now(), store=CENTRAL))
    await later(world)

    await world.handle(posting(CENTRAL), subject=CENTRAL)

    assert await balance(world, CUSHION, CENTRAL) == (1, 2, 0)


@pytest.mark.rule("INV-10d")
async def test_an_article_that_is_counted_anew_replaces_its_count_and_loses_no_other(
    world: World,
) -> None:
    await opened(world)
    early = await world.now()
    await later(world)
    await counted(world, (CUSHION, 4, ()))
    await world.handle(a_shelf_counted((CUSHION, 1, ()), at=early))
    await counted(world, (ROLLATOR, 3, (ONE, TWO, THREE)))

    done = await posted(world)

    assert [(one.article_number, one.counted) for one in done.differences] == [(CUSHION, 4)]
    assert len(await world.events(StocktakingCounted)) == 3


@pytest.mark.rule("INV-10e")
async def test_a_marked_device_that_is_not_found_goes_to_the_investigation_store(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))

    done = await posted(world)

    assert done.missing == 1
    missed = await device(world, THREE)
    key = identify(RegionCode(REGION), "stocktaking", OWN)
    assert missed.custody.holder == a_store(INVESTIGATION)
    assert missed.claim == Claim(kind=ClaimKind.INVESTIGATION, by=key)
    assert (await world.events(CustodyChanged))[-1].cause.stocktaking_id == key
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 1, 0)


async def test_the_nights_checks_know_what_is_searched_for(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)
    heard = SaidBefore(key="transfer_id")
    for name in ("custody", "balances"):
        assert await found_by(world, name) == []
    assert await found_by(world, "claims", BMB_TRANSFERS, heard) == []

    missed = (await device(world, THREE)).id
    await plant(world, f"UPDATE devices SET holder_key = '{OWN}' WHERE id = '{missed}'")

    wrong = await found_by(world, "claims", BMB_TRANSFERS, heard)
    assert [(one.key, one.fields) for one in wrong] == [(str(missed), ("claimed_by_nothing",))]
    await plant(world, f"UPDATE devices SET holder_key = '{INVESTIGATION}' WHERE id = '{missed}'")


@pytest.mark.rule("INV-10e")
async def test_what_has_left_the_store_since_it_was_counted_is_not_missing(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))

    done = await posted(world)

    assert done.missing == 0
    assert (await device(world, THREE)).claim is None
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


@pytest.mark.rule("INV-10e")
async def test_what_came_after_the_count_is_not_missing(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))
    await opened(world)
    await counted(world, (ROLLATOR, 1, (ONE,)))
    await world.handle(a_device_returned(THREE))

    done = await posted(world)

    assert done.missing == 1
    assert (await device(world, THREE)).state().store == OWN
    assert (await device(world, TWO)).state().store == INVESTIGATION


@pytest.mark.rule("INV-10e", "BMB-12d")
async def test_a_missing_device_leaves_the_transfer_that_held_it(world: World) -> None:
    await world.handle(a_transfer_requested_from_store(THREE, store=OWN))
    assert await balance(world, ROLLATOR, OWN) == (2, 1, 0)
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))

    await posted(world)

    assert [one.reason for one in await world.events(HoldBroken)] == ["LOST"]
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)


@pytest.mark.rule("BMB-12d")
async def test_what_a_stocktaking_misses_cannot_be_transferred_and_is_told_why(
    world: World,
) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)

    await world.handle(a_transfer_requested_from_store(THREE, store=INVESTIGATION))

    refused = (await world.events(HoldRefused))[-1].refused
    assert [(one.device_id, one.reason) for one in refused] == [
        ((await device(world, THREE)).id, "IN_INVESTIGATION")
    ]


@pytest.mark.rule("INV-10g")
async def test_a_device_that_is_found_again_is_put_back_and_is_free(world: World) -> None:
    await opened(world)
    await counted(world, (ROLLATOR, 2, (ONE, TWO)))
    await posted(world)

    await world.handle(finding(), subject=THREE)

    found = await device(world, THREE)
    assert (found.state().store, found.claim) == (OWN, None)
    assert await balance(world, ROLLATOR, OWN) == (3, 0, 0)
    assert await balance(world, ROLLATOR, INVESTIGATION) == (0, 0, 0)
    assert (await refusal(world.handle(finding(), subject=THREE))).reason == "NOT_INVESTIGATED"


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


@pytest.fixture
def yearly(policies: Policies) -> Policies:
    """The region counts its stores in November and tells them thirty days ahead."""
    return counted_yearly(policies)


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


LINES: list[tuple[Any, str]] = [
    ((ROLLATOR, 2, (ONE,)), "DEVICES_DO_NOT_MATCH"),
    ((ROLLATOR, 2, (ONE, ONE)), "DEVICES_DO_NOT_MATCH"),
    ((CUSHION, 1, (ONE,)), "DEVICES_DO_NOT_MATCH"),
    ((ROLLATOR, 1, ("990099",)), "UNKNOWN_DEVICE"),
    (("30457-X", 1, ()), "UNKNOWN_ARTICLE"),
]


@pytest.mark.parametrize(("line", "reason"), LINES)
async def test_a_count_that_cannot_be_so_is_refused(world: World, line: Any, reason: str) -> None:
    await opened(world)

    body = {
        "counted_at": (await world.now()).isoformat(),
        "lines": [
            {"article_number": line[0], "counted": line[1], "devices": list(line[2])},
        ],
    }
    async with world.http() as client:
        answer = await client.post(f"/stores/{OWN}/stocktaking:count", json=body)

    assert answer.json()["reason"] == reason
    assert (await world.rows(StocktakingRow))[0].counts == ()


@pytest.mark.rule("INV-6a")
async def test_a_device_is_counted_once_by_whichever_of_its_numbers(world: World) -> None:
    await world.handle(a_renumbering(ONE, "170500"))
    await opened(world)

    refused = await refusal(counted(world, (ROLLATOR, 2, (ONE, "170500"))))

    assert (refused.reason, refused.field) == ("DEVICES_DO_NOT_MATCH", "lines.0.devices")


async def test_a_device_that_was_elsewhere_is_refused(world: World) -> None:
    await world.handle(a_withdrawal_placed(a_device_line(THREE)))
    await opened(world)

    refused = await refusal(counted(world, (ROLLATOR, 1, (THREE,))))

    assert (refused.reason, refused.field) == ("DEVICE_NOT_IN_STORE", "lines.0.devices")


async def test_each_step_needs_the_one_before(world: World) -> None:
    assert (await refusal(world.handle(posting(), subject=OWN))).rule == "INV-10"
    await opened(world)
    assert (await refusal(opened(world))).reason == "ALREADY_OPEN"
    assert (await refusal(world.handle(posting(), subject=OWN))).reason == "NOTHING_COUNTED"
    early = a_shelf_counted((CUSHION, 1, ()), at=MONDAY - timedelta(hours=1))
    assert (await refusal(world.handle(early))).reason == "COUNTED_OUTSIDE"
    await world.handle(CancelStocktaking(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
    late = a_shelf_counted((CUSHION, 1, ()), at=await world.now())
    assert (await refusal(world.handle(late))).reason == "NOT_OPENED"
    assert (await refusal(opened(world, INVESTIGATION))).reason == "NOT_COUNTED"


async def test_what_the_store_has_promised_to_orders_is_not_taken_from_them(world: World) -> None:
    await world.handle_all(
        a_balance_stated(CUSHION, 3), an_order_placed(a_line(CUSHION, quantity=3))
    )
    await opened(world, CENTRAL)
    await world.handle(a_shelf_counted((CUSHION, 1, ()), at=await world.now(), store=CENTRAL))

    refused = await refusal(world.handle(posting(CENTRAL), subject=CENTRAL))

    assert refused.reason == "PROMISED_IS_MISSING"
    assert await balance(world, CUSHION, CENTRAL) == (0, 3, 0)


async def test_nobody_counts_the_store_of_others(world: World) -> None:
    await world.register(OUTSIDER, roles=(Role.PRESCRIBER,), service_points=[OTHER])
    opening = OpenStocktaking(store=StoreId(OWN), by=UserId(OUTSIDER))

    refused = await refusal(world.handle(opening, subject=OWN))

    assert (refused.reason, refused.field) == ("STORE_ELSEWHERE", "by")


async def test_over_http_a_unit_counts_and_customer_service_posts_and_finds(world: World) -> None:
    unit: dict[str, Any] = {"user": SENDER, "roles": (Role.PRESCRIBER,)}
    async with world.http(**unit, service_points=[SENDING]) as asks:
        assert (await asks.post(f"/stores/{OWN}/stocktaking:open")).json()["status"] == "opened"
        await later(world)
        body = {
            "counted_at": (await world.now()).isoformat(),
            "lines": [{"article_number": ROLLATOR, "counted": 2, "devices": [ONE, TWO]}],
        }
        answer = await asks.post(f"/stores/{OWN}/stocktaking:count", json=body)
        assert [one["counted"] for one in answer.json()["counts"]] == [2]
        assert (await asks.post(f"/stores/{OWN}/stocktaking:post")).status_code == 403
        assert (await asks.post(f"/stores/{CENTRAL}/stocktaking:open")).status_code == 404
    missed = (await device(world, THREE)).id
    async with world.http() as staff:
        assert (await staff.post(f"/stores/{OWN}/stocktaking:post")).json()["posted_on"]
        found = {"store": OWN, "found_on": "2026-03-02", "asked_by": SENDER}
        answer = await staff.post(f"/devices/{missed}:find", json=found)
    assert answer.json() == {"device_number": THREE, "store": OWN}


@pytest.mark.rule("INV-10d", "INV-10e", "INV-10g")
@pytest.mark.parametrize("seed", range(12))
async def test_no_order_of_counts_and_business_makes_a_balance_negative_or_loses_a_device(
    world: World, seed: int
) -> None:
    chance = random.Random(seed)
    await opened(world)
    for step in range(14):
        await attempt(world, chance, step)
        await later(world)
        await assert_shelves_have_their_devices(world)

    assert len(await world.rows(DeviceRow)) == 3


async def attempt(world: World, chance: random.Random, step: int) -> None:
    """One act that may be refused."""
    number = chance.choice((ONE, TWO, THREE))
    act = chance.choice(("count", "count", "post", "withdraw", "return", "find", "transfer"))
    here = [row.device_number for row in await world.rows(DeviceRow) if row.state().store == OWN]
    try:
        match act:
            case "count":
                seen = tuple(one for one in here if chance.random() < 0.7)
                cushions = chance.randrange(8)
                await counted(world, (ROLLATOR, len(seen), seen), (CUSHION, cushions, ()))
            case "post":
                await posted(world)
                await opened(world)
            case "withdraw":
                line = chance.choice(
                    (a_device_line(number, order=f"O-{step}"), a_line(CUSHION, order=f"O-{step}"))
                )
                await world.handle(a_withdrawal_placed(line, reference=f"O-{step}"))
            case "return":
                await world.handle(a_device_returned(number))
            case "find":
                await world.handle(finding(number), subject=number)
            case "transfer":
                name = f"BMB-{step}"
                await world.handle(
                    a_transfer_requested_from_store(number, store=OWN, transfer=name)
                )
    except Refused:
        return
