"""INV-7, PHY-1 on real PostgreSQL: unmarked goods that a region states have come back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from inventory.app import service
from inventory.registered_returns.models import ReturnRow
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.inventory import LineReturned
from kvitt_contracts.types import RegionCode, identify
from kvitt_testkit.reconciled import found_by
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm

from contracts.tests.builders.orders import (
    a_device_line,
    a_line,
    a_person_registered,
    an_order_placed,
)
from contracts.tests.builders.regions import (
    a_balance_stated,
    a_dispatch,
    a_goods_return_stated,
    a_sent_line,
    rollators_received,
    the_catalogue,
    the_stores,
)
from contracts.tests.builders.story import CENTRAL, CUSHION, FITTING, OWN, PURCHASING, order_id
from services.inventory.tests.worlds import balance, refusal

BACK = "VB-R-1"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """A patient has three cushions since the 4th, a fitting and a rollator; it is the 20th."""
    async with given(service, at=stockholm("2026-03-02 08:00")) as world:
        await world.handle_all(*the_stores(), *the_catalogue(), a_person_registered())
        await world.handle_all(
            a_balance_stated(CUSHION, 3, store=CENTRAL),
            rollators_received("170001", store=CENTRAL),
            an_order_placed(
                a_line(CUSHION, 3),
                a_line(FITTING, number=2, article_type="service"),
                a_device_line(None, number=3),
            ),
            a_dispatch(a_sent_line(1, 3), a_sent_line(2, 1), a_sent_line(3, 1, "170001")),
        )
        await world.advance(stockholm("2026-03-20 08:00"))
        yield world


@pytest.mark.rule("INV-7e")
async def test_what_a_region_states_is_back_is_in_the_store_and_told_of_its_order(
    world: World,
) -> None:
    stated = a_goods_return_stated(quantity=2, on="2026-03-18", pickup="H-1")

    await world.handle(stated, subject=BACK)

    (told,) = await world.events(LineReturned)
    assert (told.order_id, told.quantity, told.store) == (order_id(), 2, OWN)
    assert told.return_id == identify(RegionCode("ac"), "return", BACK)
    assert told.pickup_id == identify(RegionCode("ac"), "pickup", "H-1")
    assert await balance(world, CUSHION, OWN) == (2, 0, 0)
    await assert_rows_are_folds(world)
    assert await found_by(world, "balances") == []


@pytest.mark.rule("INV-7e")
async def test_what_is_scrapped_at_its_return_comes_into_no_store(world: World) -> None:
    await world.handle(a_goods_return_stated(is_scrapped=True, on="2026-03-18"), subject=BACK)

    (told,) = await world.events(LineReturned)
    assert (told.is_scrapped, told.store) == (True, None)
    assert await balance(world, CUSHION, OWN) == (0, 0, 0)
    await assert_rows_are_folds(world)


@pytest.mark.rule("PHY-1b", "PHY-1l")
async def test_a_return_told_again_changes_nothing_and_its_next_line_is_of_the_same_return(
    world: World,
) -> None:
    await world.handle(a_goods_return_stated(on="2026-03-18"), subject=BACK)
    earlier: list[Event] = await world.events()

    await world.handle(a_goods_return_stated(on="2026-03-18", version=2), subject=BACK)
    assert await world.events() == earlier
    scrapped = a_goods_return_stated(line=2, is_scrapped=True, on="2026-03-18")
    await world.handle(scrapped, subject=BACK)

    assert len({one.return_id for one in await world.events(LineReturned)}) == 1
    (row,) = await world.rows(ReturnRow)
    assert [(one.line, one.is_scrapped) for one in row.lines] == [(1, False), (2, True)]
    assert await balance(world, CUSHION, OWN) == (1, 0, 0)


async def test_what_is_not_known_yet_is_waited_for(world: World) -> None:
    with pytest.raises(NotYetKnown):
        await world.handle(a_goods_return_stated("O-77", on="2026-03-18"), subject=BACK)


@pytest.mark.rule("INV-7e", "PHY-1l")
@pytest.mark.parametrize(
    ("said", "reason", "rule", "field"),
    [
        ({"quantity": 2}, "RETURNED_OTHERWISE", "PHY-1", "quantity"),
        ({"store": CENTRAL}, "RETURNED_OTHERWISE", "PHY-1", "store"),
        ({"returned_on": "2026-03-19"}, "RETURNED_OTHERWISE", "PHY-1", "returned_on"),
        ({"is_scrapped": True}, "RETURNED_OTHERWISE", "PHY-1", "is_scrapped"),
        ({"line": 2}, "SERVICE_IS_NEVER_STOCKED", "INV-4", "line"),
        ({"line": 3}, "LINE_IS_MARKED", "INV-5", "line"),
        ({"line": 4}, "UNKNOWN_LINE", "INV-7", "line"),
        ({"subject": "VB-R-2", "quantity": 3}, "MORE_THAN_DELIVERED", "INV-7", "quantity"),
        (
            {"subject": "VB-R-2", "returned_on": "2026-03-01"},
            "RETURNED_BEFORE_LOAN",
            "DAY-5",
            "returned_on",
        ),
        (
            {"subject": "VB-R-2", "store": PURCHASING},
            "PURCHASING_STORE_HAS_NO_BALANCE",
            "INV-4",
            "store",
        ),
        ({"returned_on": "2026-03-21"}, "DAY_IN_THE_FUTURE", "DAY-1", "returned_on"),
    ],
)
async def test_what_cannot_have_come_back_is_refused_with_field_rule_and_way_on(
    world: World, said: dict[str, Any], reason: str, rule: str, field: str
) -> None:
    await world.handle(a_goods_return_stated(on="2026-03-18"), subject=BACK)
    earlier: list[Event] = await world.events()
    subject = said.get("subject", BACK)
    changes = {"returned_on": "2026-03-18"} | {k: v for k, v in said.items() if k != "subject"}

    refused = await refusal(world.handle(a_goods_return_stated(**changes), subject=subject))

    assert (refused.reason, refused.rule, refused.field) == (reason, rule, field)
    assert refused.way_on
    assert await world.events() == earlier
