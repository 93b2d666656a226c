"""PCK-7 on real PostgreSQL: what the central store is to have back at once, from hand to hand."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any, Final

import pytest
from inventory.app import service
from inventory.claiming.domain import Status
from inventory.devices.domain import Claim, ClaimKind
from inventory.pickups.models import PickupClaimRow
from kvitt_contracts.inventory import (
    ClaimBroken,
    ClaimGranted,
    ClaimRefused,
    CustodyChanged,
    DeviceReturnAwaited,
    HoldGranted,
    HoldRefused,
)
from kvitt_contracts.types import Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_requested,
    a_transfer_requested_from_store,
)
from contracts.tests.builders.orders import a_customer_registered, a_person_registered
from contracts.tests.builders.pickups import a_pickup_requested, a_pickup_void_requested
from contracts.tests.builders.regions import (
    a_device_in_store_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_return_registered,
    a_store_stated,
    an_article_stated,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OTHER,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    a_care_unit,
    a_store,
    device_id,
    pickup_id,
)
from services.inventory.tests.worlds import balance, device, refusal

STREAMER: Final = "31845"
FROM_STORE: Final[dict[str, Any]] = {"recipient": a_care_unit(), "service_point": SENDING}
"""A unit's pickup of what stands in its own store."""


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two streamers of SENDER's unit on loan, which are to be returned at once, and a rollator,
    which is not; a Monday.
    """
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle(an_article_stated(STREAMER, return_at_once=True))
        await world.handle_all(
            a_customer_registered(SENDING, store=OWN),
            a_device_on_loan_stated("170098", article_number=STREAMER, customer_id=SENDING),
            a_device_on_loan_stated("170099", article_number=STREAMER, customer_id=SENDING),
            a_device_on_loan_stated("170200", article_number=ROLLATOR, customer_id=SENDING),
        )
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE)
        yield world


async def kept(world: World, number: str = "170098") -> None:
    """A device that a region tells of is in the unit's own store since the 2nd."""
    await world.handle(a_device_returned(number))


async def reminded(world: World) -> list[tuple[object, date]]:
    """Which devices were reminded of, and since which day they are kept."""
    told = await world.events(DeviceReturnAwaited)
    return [(one.device_id, one.since_on) for one in told]


@pytest.mark.rule("PCK-7a")
async def test_it_is_taken_into_no_own_store_by_hand(world: World) -> None:
    await world.advance(stockholm("2026-03-03 08:00"))

    refused = await refusal(world.handle(a_return_registered("170200", "170098")))

    assert (refused.reason, refused.rule, refused.field) == (
        "RETURNED_AT_ONCE",
        "PCK-7",
        "devices.1",
    )
    assert "hämtorder" in refused.way_on
    assert await balance(world, ROLLATOR, OWN) == (0, 0, 0)


@pytest.mark.rule("PCK-7a")
async def test_what_is_not_marked_is_returned_to_the_own_store(world: World) -> None:
    await world.handle(a_return_registered("170200"))

    assert (await device(world, "170200")).custody.holder == a_store()


@pytest.mark.rule("PCK-7a")
async def test_the_central_store_takes_it_in_by_hand(world: World) -> None:
    await world.handle(a_return_registered("170098", store=CENTRAL, by=SERVICE))

    assert (await device(world)).custody.holder == a_store(CENTRAL)


@pytest.mark.rule("PCK-7a")
async def test_it_is_taken_into_no_own_store_by_a_transfer_either(world: World) -> None:
    to_own = a_transfer_requested("170098", "170200", new_store=OWN)
    await world.handle_all(to_own, a_transfer_requested("170099", transfer="T-2"))

    (refused,) = await world.events(HoldRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170098"), "RETURNED_AT_ONCE")
    ]
    assert len(await world.events(HoldGranted)) == 1


@pytest.mark.rule("PCK-7a")
async def test_what_a_region_tells_of_is_not_refused_for_it(world: World) -> None:
    await kept(world)

    assert (await device(world)).custody.holder == a_store()
    assert await balance(world, STREAMER, OWN) == (1, 0, 0)


@pytest.mark.rule("PCK-7a")
async def test_a_unit_sends_on_what_stands_in_its_own_store(world: World) -> None:
    await kept(world)
    await world.handle(a_pickup_requested("170098", **FROM_STORE))
    assert (await device(world)).claim == Claim(kind=ClaimKind.PICKUP, by=pickup_id())
    assert await balance(world, STREAMER, OWN) == (0, 1, 0)
    await world.advance(stockholm("2026-03-05 08:00"))

    for version in (2, 3):
        back = a_device_returned("170098", store=CENTRAL, on="2026-03-05", version=version)
        await world.handle(back)

    (broken,) = await world.events(ClaimBroken)
    assert broken.reason == "RETURNED"
    assert (await world.row(PickupClaimRow, pickup_id())).status is Status.ENDED
    assert (await device(world)).custody.holder == a_store(CENTRAL)
    assert (await device(world)).custody.since == date(2026, 3, 5)
    assert await balance(world, STREAMER, OWN) == (0, 0, 0)
    assert await balance(world, STREAMER, CENTRAL) == (1, 0, 0)
    changes = await world.events(CustodyChanged, key=device_id())
    assert len(changes) == 2
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []


@pytest.mark.rule("PCK-7a")
async def test_it_is_not_sent_on_before_it_came(world: World) -> None:
    await world.advance(stockholm("2026-03-05 08:00"))
    await world.handle(a_device_returned("170098", on="2026-03-04"))
    await world.handle(a_pickup_requested("170098", **FROM_STORE))

    refused = await refusal(world.handle(a_device_returned("170098", store=CENTRAL)))

    assert (refused.reason, refused.rule, refused.field) == (
        "RETURNED_BEFORE_LOAN",
        "DAY-5",
        "returned_on",
    )


@pytest.mark.rule("PCK-7a")
async def test_without_a_pickup_it_stays_where_it_is(world: World) -> None:
    await kept(world)

    refused = await refusal(world.handle(a_device_returned("170098", store=CENTRAL)))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")


@pytest.mark.rule("PCK-7a")
async def test_a_pickup_sends_it_to_the_central_store_alone(world: World) -> None:
    await world.handle(a_store_stated("403", "own", service_point=OTHER))
    await kept(world)
    await world.handle(a_pickup_requested("170098", **FROM_STORE))

    refused = await refusal(world.handle(a_device_returned("170098", store="403")))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")


@pytest.mark.rule("PCK-7a")
async def test_the_central_store_takes_in_by_hand_what_a_pickup_sends_on(world: World) -> None:
    await kept(world)
    await world.handle(a_pickup_requested("170098", **FROM_STORE))
    await world.advance(stockholm("2026-03-05 08:00"))

    both = a_return_registered("170098", "170099", store=CENTRAL, on="2026-03-05", by=SERVICE)
    await world.handle(both)
    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-05"))

    (broken,) = await world.events(ClaimBroken)
    assert broken.reason == "RETURNED"
    assert (await device(world)).custody.holder == a_store(CENTRAL)
    assert len(await world.events(CustodyChanged, key=device_id())) == 2
    assert await balance(world, STREAMER, OWN) == (0, 0, 0)
    assert await balance(world, STREAMER, CENTRAL) == (2, 0, 0)
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []


@pytest.mark.rule("PCK-7a")
async def test_by_hand_it_is_taken_in_from_a_pickup_and_by_the_central_store_alone(
    world: World,
) -> None:
    await world.handle(a_store_stated("403", "own", service_point=OTHER))
    await kept(world)
    by_hand = a_return_registered("170098", store=CENTRAL, by=SERVICE)
    to_own = a_return_registered("170098", store="403", by=SERVICE)
    too_early = a_return_registered("170098", store=CENTRAL, on="2026-03-01", by=SERVICE)

    assert (await refusal(world.handle(by_hand))).reason == "NOT_ON_LOAN"
    await world.handle(a_pickup_requested("170098", **FROM_STORE))
    assert (await refusal(world.handle(to_own))).reason == "NOT_ON_LOAN"
    assert (await refusal(world.handle(too_early))).reason == "RETURNED_BEFORE_LOAN"

    assert (await device(world)).custody.holder == a_store()


@pytest.mark.rule("PCK-7a")
async def test_a_return_on_the_day_of_a_transfer_is_no_repetition(world: World) -> None:
    await kept(world)
    moved = a_transfer_requested_from_store("170098", store=OWN)
    await world.handle_all(moved, a_transfer_accepted("170098", new_store=CENTRAL))
    assert (await device(world)).custody.holder == a_store(CENTRAL)

    refused = await refusal(world.handle(a_device_returned("170098", store=CENTRAL)))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")


@pytest.mark.rule("PCK-7a")
@pytest.mark.parametrize(
    ("number", "changes"),
    [
        ("170200", {}),  # not to be returned at once: it stays in the own store
        ("170098", {"service_point": OTHER, "customer_id": OTHER}),  # of another unit's store
    ],
)
async def test_nothing_else_is_fetched_from_a_store(
    world: World, number: str, changes: dict[str, Any]
) -> None:
    await kept(world, number)

    await world.handle(a_pickup_requested(number, **FROM_STORE | changes))

    (refused,) = await world.events(ClaimRefused)
    assert refused.refused[0].reason == "NOT_AT_RECIPIENT"
    assert (await device(world, number)).claim is None


@pytest.mark.rule("PCK-7a")
async def test_what_is_taken_back_from_the_pickup_is_the_stores_again(world: World) -> None:
    await kept(world)
    await world.handle(a_pickup_requested("170098", **FROM_STORE))
    assert len(await world.events(ClaimGranted)) == 1

    await world.handle(a_pickup_void_requested("170098"))

    assert (await device(world)).claim is None
    assert await balance(world, STREAMER, OWN) == (1, 0, 0)
    assert await found_by(world, "balances") == []


@pytest.mark.rule("PCK-7b")
async def test_who_keeps_it_is_reminded_after_the_policys_days_and_again(world: World) -> None:
    await kept(world)

    await world.advance(stockholm("2026-03-05 23:59"))
    assert await reminded(world) == []
    await world.advance(stockholm("2026-03-06 00:00"))
    assert await reminded(world) == [(device_id(), date(2026, 3, 2))]
    await world.advance(stockholm("2026-03-09 00:00"))

    assert await reminded(world) == [(device_id(), date(2026, 3, 2))] * 2
    told = (await world.events(DeviceReturnAwaited))[0]
    assert (told.store, told.service_points) == (OWN, (SENDING,))
    await assert_rows_are_folds(world)


@pytest.mark.rule("PCK-7b")
async def test_nobody_is_reminded_of_what_a_pickup_has_or_of_what_has_gone(world: World) -> None:
    await kept(world)
    await world.handle(a_pickup_requested("170098", **FROM_STORE))
    await world.advance(stockholm("2026-03-07 08:00"))
    assert await reminded(world) == []
    await world.handle(a_pickup_void_requested("170098"))
    await world.advance(stockholm("2026-03-09 00:00"))
    assert await reminded(world) == [(device_id(), date(2026, 3, 2))]
    await world.handle(a_pickup_requested("170098", pickup="H-2", **FROM_STORE))
    await world.handle(a_device_returned("170098", store=CENTRAL, on="2026-03-09"))

    await world.advance(stockholm("2026-04-30 00:00"))

    assert len(await reminded(world)) == 1


@pytest.mark.rule("PCK-7b")
async def test_a_return_that_is_told_late_is_reminded_of_by_its_own_day(world: World) -> None:
    await world.advance(stockholm("2026-03-12 08:00"))

    await world.handle(a_device_returned("170098", on="2026-03-03"))
    await world.advance(stockholm("2026-03-12 08:01"))

    assert await reminded(world) == [(device_id(), date(2026, 3, 3))]


@pytest.mark.rule("PCK-7b")
async def test_what_is_not_marked_or_never_was_lent_is_not_reminded_of(world: World) -> None:
    await kept(world, "170200")
    await world.handle(a_device_in_store_stated("170300", article_number=STREAMER, store=OWN))
    await world.handle(a_device_returned("170099", store=CENTRAL))

    await world.advance(stockholm("2026-04-30 00:00"))

    assert await reminded(world) == []


@pytest.mark.rule("PCK-7b")
async def test_an_article_that_is_marked_no_longer_is_reminded_of_no_longer(world: World) -> None:
    await kept(world)
    await world.handle(an_article_stated(STREAMER, version=2))

    await world.advance(stockholm("2026-04-30 00:00"))

    assert await reminded(world) == []


@pytest.mark.rule("PCK-7b")
async def test_a_store_that_its_customers_draw_from_is_each_of_theirs(world: World) -> None:
    await world.handle(a_store_stated("403", "own"))
    await world.handle_all(
        a_customer_registered(OTHER, store="403"), a_customer_registered(SENDING, store="403")
    )
    await world.handle(a_device_returned("170098", store="403"))

    await world.advance(stockholm("2026-03-06 00:00"))

    (told,) = await world.events(DeviceReturnAwaited)
    assert told.service_points == (SENDING, OTHER)


async def test_a_devices_page_and_its_articles_say_that_it_is_returned_at_once(
    world: World,
) -> None:
    async with world.http(user=SERVICE) as client:
        article = (await client.get(f"/articles/{STREAMER}")).json()
        shown = (await client.get(f"/devices/{device_id()}")).json()
        other = (await client.get(f"/devices/{device_id('170200')}")).json()

        listed = (await client.get("/devices", params={"return_at_once": True})).json()["items"]

    assert {one["device_number"] for one in listed} == {"170098", "170099"}
    assert (article["return_at_once"], shown["return_at_once"]) == (True, True)
    assert other["return_at_once"] is False


@pytest.mark.rule("PCK-7a")
async def test_a_devices_page_says_whether_it_has_been_out(world: World) -> None:
    await kept(world)
    await world.handle(a_device_in_store_stated("170300", article_number=STREAMER, store=OWN))

    async with world.http(user=SERVICE) as client:
        shown = [
            (await client.get(f"/devices/{device_id(one)}")).json()["has_been_out"]
            for one in ("170098", "170300")
        ]

    assert shown == [True, False]
