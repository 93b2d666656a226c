"""INV-7 and BMB-12 on real PostgreSQL: a scrapped device is nobody's any more."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.models import StockMoveRow
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import (
    CustodyChanged,
    DeviceStatusChanged,
    HoldRefused,
    LaterMoveKind,
    ReservationDeclined,
)
from kvitt_contracts.types import Role
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_device_line,
    a_person_registered,
    a_withdrawal_placed,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_device_on_loan_stated,
    a_device_returned,
    a_dispatch,
    a_scrapping,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    OWN,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
)
from services.inventory.tests.worlds import balance, device, refusal

CARE = (Role.PRESCRIBER,)


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """Two rollators in the own store of SENDER's unit; it is the 20th."""
    async with given(service, at=stockholm("2026-03-20 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(rollators_received("170098", "170099"))
        await world.register(SENDER, roles=CARE, service_points=[SENDING])
        await world.register(SERVICE)
        yield world


async def test_a_scrapped_device_has_left_the_balance_of_its_store(world: World) -> None:
    await world.handle(a_scrapping(on="2026-03-19"))

    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)
    (move,) = [row for row in await world.rows(StockMoveRow) if row.cause_id == device_id()]
    assert (move.kind, move.available, move.moved_on.day) == (LaterMoveKind.SCRAPPED, -1, 19)
    (scrapped,) = await world.events(DeviceStatusChanged)
    assert (scrapped.kind, scrapped.since_on.day, scrapped.cause) == ("scrapped", 19, "device")
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []
    assert await found_by(world, "custody") == []


@pytest.mark.rule("BMB-12c", "BMB-12f")
async def test_a_scrapped_device_is_in_no_transfer_and_the_refusal_says_which_and_why(
    world: World,
) -> None:
    await world.handle(a_scrapping("170098", on="2026-03-19"))

    await world.handle(a_transfer_requested_from_store("170099", "170098", store=OWN))

    (refused,) = await world.events(HoldRefused)
    assert [(one.device_id, one.reason) for one in refused.refused] == [
        (device_id("170098"), "SCRAPPED")
    ]
    assert (await device(world, "170099")).claim is None


async def test_a_scrapped_device_is_not_withdrawn(world: World) -> None:
    await world.handle(a_scrapping(on="2026-03-19"))

    await world.handle(a_withdrawal_placed(a_device_line("170098")))

    (declined,) = await world.events(ReservationDeclined)
    assert (declined.reason, declined.rule) == ("DEVICE_GONE", "INV-7")
    assert await world.events(CustodyChanged) == []
    assert await balance(world, ROLLATOR, OWN) == (1, 0, 0)


async def test_a_scrapped_device_is_not_sent(world: World) -> None:
    await world.handle_all(rollators_received("170001", "170002", store=CENTRAL))
    await world.handle(an_order_placed(a_device_line(None)))
    await world.handle(a_scrapping("170001", on="2026-03-19", by=SERVICE))

    sent = a_dispatch(a_sent_line(1, 1, "170001"), on="2026-03-20", arrives_on="2026-03-23")
    refused = await refusal(world.handle(sent))

    assert (refused.reason, refused.rule) == ("DEVICE_GONE", "INV-7")


async def held(world: World) -> None:
    await world.handle(a_transfer_requested_from_store("170098", store=OWN))


async def promised(world: World) -> None:
    await world.handle_all(rollators_received("170001", store=CENTRAL))
    await world.handle(an_order_placed(a_device_line(None)))


async def lent(world: World) -> None:
    await world.handle(a_device_on_loan_stated("170001"))


async def scrapped(world: World) -> None:
    await world.handle(a_scrapping("170098", on="2026-03-19"))


async def nothing(world: World) -> None:
    pass


@pytest.mark.parametrize(
    ("before", "asked", "reason", "rule"),
    [
        (held, a_scrapping("170098", on="2026-03-19"), "IN_TRANSFER", "BMB-12"),
        (
            promised,
            a_scrapping("170001", on="2026-03-19", by=SERVICE),
            "RESERVED_FOR_ORDERS",
            "ORD-4",
        ),
        (lent, a_scrapping("170001", on="2026-03-19"), "NOT_IN_STORE", "INV-7"),
        (scrapped, a_scrapping("170098", on="2026-03-20"), "ALREADY_SCRAPPED", "INV-7"),
        (nothing, a_scrapping("170098", on="2026-03-01"), "SCRAPPED_BEFORE_IT_CAME", "DAY-5"),
        (nothing, a_scrapping("170098", on="2026-03-21"), "DAY_IN_THE_FUTURE", "DAY-1"),
        (nothing, a_scrapping("999999", on="2026-03-19"), "UNKNOWN_DEVICE", "INV-5"),
        (promised, a_scrapping("170001", on="2026-03-19"), "NOT_IN_YOUR_STORE", "INV-7"),
    ],
)
async def test_what_cannot_be_scrapped_is_refused_with_a_way_on(
    world: World, before: Any, asked: Any, reason: str, rule: str
) -> None:
    await before(world)
    earlier: list[Event] = await world.events()

    refused = await refusal(world.handle(asked))

    assert (refused.reason, refused.rule) == (reason, rule)
    assert refused.way_on
    assert await world.events() == earlier


async def test_a_scrapped_device_is_not_among_what_stands_in_its_store(world: World) -> None:
    async with world.http(user=SENDER, roles=CARE, service_points=[SENDING]) as client:
        scrapped_on = {"scrapped_on": "2026-03-19"}
        answer = await client.post(f"/devices/{device_id()}:scrap", json=scrapped_on)
        listed = (await client.get(f"/devices?store={OWN}")).json()["items"]
        card = (await client.get(f"/devices/{device_id()}")).json()
        story = (await client.get(f"/devices/{device_id()}/story")).json()

    assert (answer.status_code, answer.json()["status"]) == (200, "scrapped")
    assert [one["device_number"] for one in listed] == ["170099"]
    assert (card["status"], card["status_since"]) == ("scrapped", "2026-03-19")
    assert story["items"][-1]["summary"].startswith("Skrotades")
    assert story["items"][-1]["by"] == SENDER


@pytest.mark.rule("PHY-1c")
async def test_a_return_is_not_corrected_to_a_day_after_the_scrapping(world: World) -> None:
    await world.handle_all(a_device_on_loan_stated("170001"))
    await world.handle(a_device_returned("170001", on="2026-03-10"))
    await world.handle(a_scrapping("170001", on="2026-03-12"))

    refused = await refusal(world.handle(a_device_returned("170001", on="2026-03-13")))
    await world.handle(a_device_returned("170001", on="2026-03-11"))

    assert (refused.reason, refused.field) == ("RETURNED_AFTER_SCRAPPING", "returned_on")
    assert await balance(world, ROLLATOR, OWN) == (2, 0, 0)
    assert (await device(world, "170001")).custody.since.day == 11
