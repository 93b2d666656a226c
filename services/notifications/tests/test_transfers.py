"""What is told to whom when transfers move, on a real database."""

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageKind, MessagePosted
from kvitt_contracts.policy import Policies
from kvitt_contracts.regions import TransferReported
from kvitt_testkit.world import Given, an_envelope, assert_rows_are_folds
from notifications.app import service

from contracts.tests.builders.bmb import (
    a_transfer_accepted,
    a_transfer_cancelled,
    a_transfer_completed,
    a_transfer_deadline_neared,
    a_transfer_dissolved,
    a_transfer_drafted,
    a_transfer_executed_automatically,
    a_transfer_line_dropped,
    a_transfer_lines_rejected,
    a_transfer_locked,
    a_transfer_refused,
    a_transfer_rejected,
    a_transfer_unlocked,
    a_transfer_voided,
    a_transfer_withdrawn,
)
from contracts.tests.builders.story import RECEIVING, SENDER, device_id
from services.notifications.tests.builders import a_request, a_sent_transfer
from services.notifications.tests.worlds import AT, sent, told, transfer_statuses


@pytest.mark.rule("NTF-2c")
async def test_a_transfer_to_acknowledge_is_told_to_the_receiving_service_point(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)

        assert await told(world) == [(RECEIVING, MessageKind.TRANSFER_TO_ACKNOWLEDGE)]
        assert await transfer_statuses(world) == ["sent"]
        await assert_rows_are_folds(world)


@pytest.mark.rule("BMB-9e")
async def test_in_a_region_without_notification_the_receiver_is_not_told(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies, region="bd")
        await world.handle(a_transfer_deadline_neared(), region="bd")

        assert await told(world) == []
        assert await transfer_statuses(world) == ["sent"]


@pytest.mark.rule("NTF-2e")
async def test_in_a_region_without_notification_the_sender_still_hears_the_outcome(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies, region="bd")
        await world.handle(a_transfer_locked(), region="bd")

        assert await told(world) == [(SENDER, MessageKind.TRANSFER_LOCKED)]


@pytest.mark.rule("NTF-2h")
async def test_a_near_deadline_is_told_to_the_receiver(given: Given, policies: Policies) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(a_transfer_deadline_neared())

        assert (await told(world))[1:] == [(RECEIVING, MessageKind.TRANSFER_DEADLINE_NEAR)]


@pytest.mark.parametrize(
    ("event", "message", "status"),
    [
        pytest.param(
            a_transfer_rejected(),
            MessageKind.TRANSFER_REJECTED,
            "rejected",
            marks=pytest.mark.rule("NTF-2d", "BMB-5c"),
        ),
        (a_transfer_accepted(), MessageKind.TRANSFER_ACCEPTED, "accepted"),
    ],
)
async def test_an_answer_is_told_to_the_sender(
    given: Given, policies: Policies, event: Event, message: MessageKind, status: str
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(event)

        assert (await told(world))[1:] == [(SENDER, message)]
        assert await transfer_statuses(world) == ["sent", status]


@pytest.mark.parametrize(
    ("event", "message", "status"),
    [
        pytest.param(
            a_transfer_executed_automatically(),
            MessageKind.TRANSFER_EXECUTED_AUTOMATICALLY,
            "executed_automatically",
            marks=pytest.mark.rule("NTF-2g"),
        ),
        pytest.param(
            a_transfer_locked(),
            MessageKind.TRANSFER_LOCKED,
            "locked",
            marks=pytest.mark.rule("NTF-2e"),
        ),
        pytest.param(
            a_transfer_voided(),
            MessageKind.TRANSFER_VOIDED,
            "voided",
            marks=pytest.mark.rule("NTF-2f"),
        ),
    ],
)
async def test_an_expired_transfer_is_told_to_both_sides(
    given: Given, policies: Policies, event: Event, message: MessageKind, status: str
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(event)

        assert (await told(world))[1:] == [(SENDER, message), (RECEIVING, message)]
        assert await transfer_statuses(world) == ["sent", status]


@pytest.mark.rule("BMB-6b")
async def test_the_region_hears_that_the_sender_took_a_transfer_back(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(a_transfer_withdrawn())

        assert await transfer_statuses(world) == ["sent", "withdrawn"]


@pytest.mark.rule("BMB-4o")
async def test_what_its_sender_accepts_at_once_is_told_to_the_region_alone(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        at_once = a_sent_transfer(policies, accepted_at_once=True)
        await world.handle_all(a_transfer_drafted(), a_request(policies), at_once)
        await world.handle(a_transfer_accepted(at_once=True))

        assert await told(world) == []
        assert await transfer_statuses(world) == ["sent", "accepted"]


async def test_a_refused_transfer_is_told_to_the_sender_alone(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(a_transfer_drafted(), a_request(policies), a_transfer_refused())

        assert await told(world) == [(SENDER, MessageKind.TRANSFER_REFUSED)]
        assert await transfer_statuses(world) == ["refused"]


@pytest.mark.rule("BMB-12g", "BMB-12h")
async def test_a_dropped_device_is_told_to_both_sides_and_the_region_that_nothing_is_left(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle_all(a_transfer_line_dropped(), a_transfer_dissolved())

        both = [SENDER, RECEIVING]
        assert (await told(world))[1:] == [(one, MessageKind.TRANSFER_LINE_DROPPED) for one in both]
        assert await transfer_statuses(world) == ["sent", "line_dropped", "dissolved"]


@pytest.mark.rule("BMB-5f")
async def test_what_is_rejected_of_a_transfer_is_told_to_its_sender_and_named_to_the_region(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle_all(a_transfer_lines_rejected("157792"), a_transfer_accepted())

        assert (await told(world))[1:] == [
            (SENDER, MessageKind.TRANSFER_LINE_DROPPED),
            (SENDER, MessageKind.TRANSFER_ACCEPTED),
        ]
        reported = await world.events(TransferReported)
        assert [(one.status, one.devices) for one in reported] == [
            ("sent", ()),
            ("lines_rejected", (device_id("157792"),)),
            ("accepted", ()),
        ]


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_how_a_transfer_ends_without_a_message_to_anybody(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        before = await told(world)
        await world.handle_all(a_transfer_unlocked(), a_transfer_completed())

        assert await told(world) == before
        assert await transfer_statuses(world) == ["sent", "unlocked", "completed"]


async def test_a_draft_is_told_to_nobody(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(a_transfer_drafted(), a_transfer_drafted(), a_transfer_cancelled())

        assert await told(world) == []
        assert await transfer_statuses(world) == ["cancelled"]


async def test_the_same_event_gives_the_same_message_id(given: Given, policies: Policies) -> None:
    ids = []
    envelope = an_envelope(a_sent_transfer(policies))
    for _ in range(2):  # as when the transaction was rolled back and the event comes again
        async with given(service, at=AT) as world:
            await world.handle_all(a_transfer_drafted(), a_request(policies))
            await world.handle(a_sent_transfer(policies), envelope=envelope)
            ids += [one.message_id for one in await world.events(MessagePosted)]

    assert len(ids) == 2
    assert ids[0] == ids[1]
