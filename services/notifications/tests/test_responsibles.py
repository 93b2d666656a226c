"""Who is told of transfers where a service point has named who answers for it."""

import pytest
from kvitt_contracts.bmb import ResponsiblesSet
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageKind
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import Role
from kvitt_testkit.world import Given, World, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.bmb import (
    a_responsibles_set,
    a_responsibles_set_with_absence,
    a_transfer_deadline_neared,
    a_transfer_drafted,
    a_transfer_executed_automatically,
    a_transfer_line_dropped,
    a_transfer_locked,
    a_transfer_voided,
)
from contracts.tests.builders.orders import a_user_registered
from contracts.tests.builders.story import (
    RECEIVER,
    RECEIVING,
    SENDER,
    SERVICE,
    STAND_IN,
    SUBSTITUTE,
    transfer_id,
)
from services.notifications.tests.builders import a_request, a_sent_transfer
from services.notifications.tests.worlds import sent, told

TO_ACKNOWLEDGE = MessageKind.TRANSFER_TO_ACKNOWLEDGE
AWAY = stockholm("2026-05-06 10:00")
"""A day on which the main responsible of the builders is away; it is back on 9 May."""


async def named(world: World, policies: Policies, who: ResponsiblesSet) -> None:
    """A transfer is sent to a service point that has named who answers for it."""
    await world.handle(who)
    await sent(world, policies)


@pytest.mark.rule("NTF-3a", "BMB-9c")
async def test_the_main_responsible_is_told_and_the_service_point_is_not(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await named(world, policies, a_responsibles_set())

        assert await told(world) == [(RECEIVER, TO_ACKNOWLEDGE)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-3c", "BMB-9d")
async def test_a_substitute_is_not_told(given: Given, policies: Policies) -> None:
    async with given(service, at=AWAY) as world:
        await named(world, policies, a_responsibles_set(substitutes=(SUBSTITUTE,)))

        assert await told(world) == [(RECEIVER, TO_ACKNOWLEDGE)]


@pytest.mark.rule("NTF-3b", "BMB-10b")
@pytest.mark.parametrize(
    ("at", "who"),
    [
        ("2026-05-03 23:59", [RECEIVER]),
        ("2026-05-04 00:00", [RECEIVER, STAND_IN]),
        ("2026-05-08 23:59", [RECEIVER, STAND_IN]),
        ("2026-05-09 00:00", [RECEIVER]),
    ],
)
async def test_on_the_days_of_absence_the_stand_in_is_told_too(
    given: Given, policies: Policies, at: str, who: list[str]
) -> None:
    async with given(service, at=stockholm(at)) as world:
        await named(world, policies, a_responsibles_set_with_absence())

        assert await told(world) == [(one, TO_ACKNOWLEDGE) for one in who]


@pytest.mark.rule("NTF-3a")
@pytest.mark.parametrize(
    ("event", "message"),
    [
        (a_transfer_deadline_neared(), MessageKind.TRANSFER_DEADLINE_NEAR),
        (a_transfer_locked(), MessageKind.TRANSFER_LOCKED),
        (a_transfer_voided(), MessageKind.TRANSFER_VOIDED),
        (a_transfer_executed_automatically(), MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY),
        (a_transfer_line_dropped(), MessageKind.TRANSFER_LINE_DROPPED),
    ],
)
async def test_whatever_the_receiver_is_told_the_main_responsible_is(
    given: Given, policies: Policies, event: Event, message: MessageKind
) -> None:
    async with given(service, at=AWAY) as world:
        await named(world, policies, a_responsibles_set())
        await world.handle(event)

        there = [who for who in await told(world) if who[0] != SENDER]
        assert there == [(RECEIVER, TO_ACKNOWLEDGE), (RECEIVER, message)]


@pytest.mark.rule("BMB-9h")
async def test_who_answers_now_is_told_and_not_who_did_when_it_was_sent(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await named(world, policies, a_responsibles_set())
        await world.handle_all(a_responsibles_set(main=SUBSTITUTE), a_transfer_deadline_neared())

        assert await told(world) == [
            (RECEIVER, TO_ACKNOWLEDGE),
            (SUBSTITUTE, MessageKind.TRANSFER_DEADLINE_NEAR),
        ]


@pytest.mark.rule("BMB-9g")
async def test_without_a_main_responsible_any_more_the_unit_and_customer_service_are_told(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await named(world, policies, a_responsibles_set(main=None))

        assert await told(world) == [
            (RECEIVING, TO_ACKNOWLEDGE),
            ("customer_service", TO_ACKNOWLEDGE),
        ]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-9f")
async def test_where_nobody_was_ever_named_the_unit_alone_is_told(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await sent(world, policies)

        assert await told(world) == [(RECEIVING, TO_ACKNOWLEDGE)]


@pytest.mark.rule("BMB-9e")
async def test_in_a_region_without_notification_the_main_responsible_is_not_told(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await world.handle(a_responsibles_set_with_absence(), region="bd")
        await sent(world, policies, region="bd")

        assert await told(world) == []


async def test_who_sends_to_the_unit_that_he_answers_for_is_told_the_end_once(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await world.handle_all(
            a_responsibles_set(main=SENDER),
            a_transfer_drafted(),
            a_request(policies),
            a_sent_transfer(policies),
            a_transfer_locked(),
        )

        assert (await told(world))[1:] == [(SENDER, MessageKind.TRANSFER_LOCKED)]


@pytest.mark.rule("BMB-9g")
async def test_customer_service_reads_why_it_is_told_and_nobody_else_has_that_message(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AWAY) as world:
        await world.handle(a_user_registered(SERVICE, "40201", role="customer_service"))
        await named(world, policies, a_responsibles_set(main=None))
        async with world.http(user=SERVICE, roles=[Role.CUSTOMER_SERVICE]) as client:
            listed = (await client.get("/messages")).json()
        async with world.http(user=SENDER, roles=[Role.PRESCRIBER]) as client:
            others = (await client.get("/messages")).json()

        (message,) = listed["items"]
        assert message["text"].endswith("Det mottagande tjänstestället har ingen huvudansvarig.")
        assert message["link"]["path"] == f"/transfers/{transfer_id()}"
        assert others["items"] == []
