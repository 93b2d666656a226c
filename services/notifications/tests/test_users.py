"""REF-5: who is told of users' access."""

from collections.abc import AsyncIterator

import pytest
from kvitt_contracts.notifications import EmailQueued, MessagePostedV2
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import RegionCode, Role, UserId, identify
from kvitt_testkit.world import REGION, Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.areas import with_policy
from contracts.tests.builders.orders import (
    an_access_applied,
    an_access_granted,
    an_access_lapsed,
    an_access_lapsing,
    an_access_refused,
)
from contracts.tests.builders.story import RECEIVER, SENDER, SERVICE
from services.notifications.tests.worlds import whom


@pytest.fixture
async def world(given: Given, policies: Policies) -> AsyncIterator[World]:
    """A region that mails users of their access."""
    mails = with_policy(policies, email=["access"])
    async with given(service, at=stockholm("2026-05-06 10:00"), policies=mails) as world:
        yield world


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order: all of it about the prescriber."""
    posted = await world.events(MessagePostedV2)
    user = identify(RegionCode(REGION), "user", UserId(SENDER))
    assert {(one.about.kind, one.about.id) for one in posted} == {("user", user)}
    return [(whom(one.to), one.message) for one in posted]


@pytest.mark.rule("REF-5f")
async def test_the_user_and_who_heads_their_unit_are_told_before_access_lapses_and_when(
    world: World,
) -> None:
    await world.handle_all(an_access_lapsing(), an_access_lapsed())

    assert await told(world) == [
        (SENDER, "access_lapsing"),
        (RECEIVER, "user_access_lapsing"),
        (SENDER, "access_lapsed"),
        (RECEIVER, "user_access_lapsed"),
    ]
    mails = await world.events(EmailQueued)
    assert [(one.to.id, one.routine) for one in mails] == [
        (SENDER, "access"),
        (SENDER, "access"),
    ]
    await assert_rows_are_folds(world)


@pytest.mark.rule("REF-5d")
async def test_customer_service_is_told_what_is_applied_for_and_the_unit_what_comes_of_it(
    world: World,
) -> None:
    await world.handle_all(an_access_applied(), an_access_refused(), an_access_granted())

    assert await told(world) == [
        ("customer_service", "access_applied"),
        (RECEIVER, "user_access_refused"),
        (SENDER, "access_granted"),
        (RECEIVER, "user_access_granted"),
    ]


@pytest.mark.rule("NTF-1c")
async def test_a_message_leads_to_where_access_is_decided(world: World) -> None:
    await world.handle(an_access_applied())

    async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
        (message,) = (await client.get("/messages")).json()["items"]

    assert message["link"] == {"service": "orders", "path": "/users:access"}
