"""What cannot be so is refused alike however it comes, over HTTP and over Kafka: with its reason,
rule, field and way on, and nothing changes.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.stock.models import BalanceRow
from kvitt_contracts.envelope import Event, Message
from kvitt_contracts.inventory import OpenStocktaking, ReturnedLine
from kvitt_contracts.types import Reference, Role, StoreId, UserId
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from pydantic import ValidationError

from contracts.tests.builders.bmb import a_transfer_requested_from_store
from contracts.tests.builders.orders import (
    a_customer_registered,
    a_line,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_device_on_loan_stated,
    a_device_returned,
    a_return_registered,
    a_scrapping,
    a_shelf_counted,
    a_store_stated,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import (
    CENTRAL,
    CUSHION,
    OWN,
    PURCHASING,
    ROLLATOR,
    SENDER,
    SENDING,
    SERVICE,
    device_id,
)
from services.inventory.tests.stocktaking.rounds import later
from services.inventory.tests.worlds import balance, refusal

UNIT: dict[str, Any] = {"user": SENDER, "roles": [Role.PRESCRIBER], "service_points": [SENDING]}
STAFF: dict[str, Any] = {"user": SERVICE, "roles": [Role.CUSTOMER_SERVICE]}
HELD, ELSEWHERE, LENT = "170001", "170002", "170003"
"""A rollator that a transfer holds in the own store, one in the central store, one on loan."""
DAY = "2026-03-02"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The own store is being counted; an order of two cushions has not left the central store."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.register(SENDER, roles=(Role.PRESCRIBER,), service_points=[SENDING])
        await world.register(SERVICE, roles=(Role.CUSTOMER_SERVICE,))
        await world.handle_all(*the_stores(), a_store_stated("900", "investigation"))
        await world.handle_all(*the_catalogue(), a_person_registered())
        await world.handle(a_customer_registered(SENDING, store=OWN))
        await world.handle(rollators_received(HELD), subject="D-1")
        await world.handle(rollators_received(ELSEWHERE, store=CENTRAL), subject="D-2")
        await world.handle_all(
            a_device_on_loan_stated(LENT, customer_id=SENDING),
            a_balance_stated(CUSHION, 2, store=CENTRAL),
            an_order_placed(a_line(CUSHION, 2)),
            a_transfer_requested_from_store(HELD, store=OWN),
        )
        await world.handle(OpenStocktaking(store=StoreId(OWN), by=UserId(SENDER)), subject=OWN)
        await later(world)
        yield world
        await assert_rows_are_folds(world)


Case = tuple[dict[str, Any], str, dict[str, Any], Message, str | None, tuple[str, str, str | None]]
"""Who asks where for what, the same from a region and its subject, and the refusal."""


async def cases(world: World) -> list[Case]:
    """What the issue of every count, return and scrapping names."""
    now = await world.now()
    one_line = {"order": "O-1", "line": 1, "quantity": 1}
    undelivered = a_return_registered(
        lines=[ReturnedLine(order=Reference("O-1"), line=1, quantity=1)], on=DAY
    )
    shelf = {"article_number": ROLLATOR, "counted": 1, "devices": [ELSEWHERE]}
    return [
        (
            UNIT,
            f"/stores/{OWN}/stocktaking:count",
            {"counted_at": now.isoformat(), "lines": [shelf]},
            a_shelf_counted((ROLLATOR, 1, (ELSEWHERE,)), at=now),
            None,
            ("DEVICE_NOT_IN_STORE", "INV-10", "lines.0.devices"),
        ),
        (
            STAFF,
            f"/stores/{PURCHASING}/stocktaking:open",
            {},
            OpenStocktaking(store=StoreId(PURCHASING), by=UserId(SERVICE)),
            PURCHASING,
            ("NOT_COUNTED", "INV-10", "store"),
        ),
        (
            UNIT,
            "/returns",
            {"store": OWN, "lines": [one_line], "returned_on": DAY},
            undelivered,
            "R-1",
            ("MORE_THAN_DELIVERED", "INV-7", "lines.0.quantity"),
        ),
        (
            STAFF,
            "/returns",
            {"store": OWN, "devices": [ELSEWHERE], "returned_on": DAY},
            a_return_registered(ELSEWHERE, on=DAY, by=SERVICE),
            "R-2",
            ("NOT_ON_LOAN", "INV-7", "devices.0"),
        ),
        (
            UNIT,
            f"/devices/{device_id(HELD)}:scrap",
            {"scrapped_on": DAY},
            a_scrapping(HELD, on=DAY),
            HELD,
            ("IN_TRANSFER", "BMB-12", None),
        ),
    ]


async def test_it_is_refused_alike_over_http_and_over_kafka_and_nothing_changes(
    world: World,
) -> None:
    before: list[Event] = await world.events()

    for caller, path, body, said, subject, expected in await cases(world):
        refused = await refusal(world.handle(said, subject=subject))
        async with world.http(**caller) as client:
            problem = (await client.post(path, json=body)).json()

        assert (refused.reason, refused.rule, refused.field) == expected, path
        assert (problem["reason"], problem["rule"]) == expected[:2], path
        assert refused.way_on, path
        assert problem["way_on"] == refused.way_on, path

    assert await world.events() == before


@pytest.mark.parametrize("counted", [-1, 10**9])
async def test_a_negative_or_huge_count_is_refused_by_its_field(world: World, counted: int) -> None:
    shelf = {"article_number": CUSHION, "counted": counted}
    async with world.http(**UNIT) as client:
        answer = await client.post(f"/stores/{OWN}/stocktaking:count", json={"lines": [shelf]})

    problem = answer.json()
    assert answer.status_code == 422
    assert "lines.0.counted" in str(problem)
    assert problem["way_on"]
    now = await world.now()
    with pytest.raises(ValidationError) as refused:
        a_shelf_counted((CUSHION, counted, ()), at=now)
    assert refused.value.errors()[0]["loc"] == ("lines", 0, "counted")


@pytest.mark.rule("INV-7a", "INV-7c")
async def test_two_returns_at_once_over_http_put_the_device_in_its_store_once(
    world: World,
) -> None:
    body = {"store": OWN, "devices": [LENT], "returned_on": DAY}
    async with world.http(**UNIT) as one, world.http(**UNIT) as other:
        answers = await asyncio.gather(
            one.post("/returns", json=body), other.post("/returns", json=body)
        )

    assert sorted(one.status_code for one in answers) == [201, 422]
    (refused,) = (one.json() for one in answers if one.status_code == 422)
    assert (refused["reason"], refused["field"]) == ("NOT_ON_LOAN", "devices.0")
    assert await balance(world, ROLLATOR, OWN) == (1, 1, 0)


async def test_a_region_that_states_a_return_of_what_never_left_changes_nothing(
    world: World,
) -> None:
    before: list[BalanceRow] = await world.rows(BalanceRow)

    refused = await refusal(world.handle(a_device_returned(ELSEWHERE, store=OWN, on=DAY)))

    assert (refused.reason, refused.rule) == ("NOT_ON_LOAN", "INV-7")
    assert refused.way_on
    held = {(row.id, row.available, row.reserved) for row in await world.rows(BalanceRow)}
    assert held == {(row.id, row.available, row.reserved) for row in before}
