"""BIL-7: who is told of sales to other regions."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import a_responsibles_set
from contracts.tests.builders.region_sales import (
    a_sale_approved,
    a_sale_line_dropped,
    a_sale_not_approved,
    a_sale_proposed,
    a_sale_refused,
    a_sale_reminder,
    a_sale_requested,
)
from contracts.tests.builders.story import RECEIVER, RECEIVING, sale_id
from services.notifications.tests.worlds import whom

STAFF = "customer_service"


@pytest.fixture
async def world(given: Given) -> AsyncIterator[World]:
    """The receiving unit, whose main responsible is named, has a sale."""
    async with given(service, at=stockholm("2026-03-02 10:00")) as world:
        await world.handle_all(a_responsibles_set(), a_sale_requested(service_point=RECEIVING))
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what of the sale, in order."""
    posted = await world.events(MessagePostedV2)
    assert {(one.about.kind, one.about.id) for one in posted} == {("region_sale", sale_id())}
    await assert_rows_are_folds(world)
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("BIL-7e")
async def test_customer_service_is_told_what_to_price(world: World) -> None:
    assert await told(world) == [(STAFF, "region_sale_requested")]


@pytest.mark.rule("BIL-7e")
@pytest.mark.parametrize(
    ("event", "to", "message"),
    [
        (a_sale_refused(), RECEIVER, "region_sale_refused"),
        (a_sale_proposed(), RECEIVER, "region_sale_proposed"),
        (a_sale_approved(), RECEIVER, "region_sale_approved"),
        (a_sale_not_approved(), RECEIVER, "region_sale_not_approved"),
        (a_sale_line_dropped(), STAFF, "region_sale_line_dropped"),
        (a_sale_reminder("answer"), STAFF, "region_sale_unanswered"),
        (
            a_sale_reminder("return", service_point=RECEIVING),
            RECEIVER,
            "region_sale_not_returned",
        ),
    ],
)
async def test_whoever_is_to_act_is_told_how_far_it_is(
    world: World, event: Event, to: str, message: str
) -> None:
    await world.handle(event)

    assert (await told(world))[1:] == [(to, message)]
