"""What is told to whom when orders and transfers move, on a real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageKind, MessagePosted, ToServicePoint, ToUser
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import MessageRefused as ServiceRefused
from kvitt_contracts.refusals import MessageSettled as ServiceSettled
from kvitt_contracts.regions import MessageRefused, MessageSettled, OrderReported, TransferReported
from kvitt_testkit.world import Given, World, an_envelope, assert_rows_are_folds, stockholm
from notifications.app import service
from notifications.feed.models import ReportRow
from sqlalchemy import text

from contracts.tests.builders.bmb import (
    a_bmb_message_refused,
    a_bmb_message_settled,
    a_transfer_accepted,
    a_transfer_cancelled,
    a_transfer_completed,
    a_transfer_deadline_neared,
    a_transfer_dissolved,
    a_transfer_drafted,
    a_transfer_executed_automatically,
    a_transfer_line_dropped,
    a_transfer_locked,
    a_transfer_refused,
    a_transfer_rejected,
    a_transfer_unlocked,
    a_transfer_voided,
)
from contracts.tests.builders.inventory import (
    an_inventory_message_refused,
    an_inventory_message_settled,
)
from contracts.tests.builders.orders import (
    an_order_declined,
    an_order_delivered,
    an_order_line_delivered,
    an_order_placed,
    an_order_planned,
    an_order_void_refused,
    an_order_voided,
    an_orders_message_refused,
    an_orders_message_settled,
)
from contracts.tests.builders.story import RECEIVING, SENDER, order_id
from services.notifications.tests.builders import a_request, a_sent_transfer, an_order_of

AT = stockholm("2026-05-07 10:00")


async def told(world: World) -> list[tuple[str, MessageKind]]:
    """Whom was told what, in order."""
    return [
        (to.user_id if isinstance(to := one.to, ToUser) else to.service_point, one.message)
        for one in await world.events(MessagePosted)
    ]


async def order_statuses(world: World) -> list[str]:
    """What the region was told of its orders."""
    return [one.status for one in await world.events(OrderReported)]


async def transfer_statuses(world: World) -> list[str]:
    """What the region was told of its transfers."""
    return [one.status for one in await world.events(TransferReported)]


async def sent(world: World, policies: Policies, *, region: str = "ac") -> None:
    """A transfer that its receiver can see."""
    await world.handle_all(
        a_transfer_drafted(),
        a_request(policies, region=region),
        a_sent_transfer(policies, region=region),
        region=region,
    )


@pytest.mark.rule("NTF-2a", "ORD-4d")
async def test_a_changed_delivery_date_is_told_to_the_prescriber(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(an_order_placed(), an_order_planned())
        assert await told(world) == []

        await world.handle(an_order_planned(changed=True))
        assert await told(world) == [(SENDER, MessageKind.DELIVERY_DATE_CHANGED)]


async def test_a_delivered_order_is_told_to_the_prescriber(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            an_order_of(1), an_order_line_delivered(quantity=1), an_order_delivered()
        )

        assert await told(world) == [(SENDER, MessageKind.ORDER_DELIVERED)]


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (an_order_declined(), MessageKind.ORDER_DECLINED),
        (an_order_voided(), MessageKind.ORDER_VOIDED),
        (an_order_void_refused(), MessageKind.ORDER_VOID_REFUSED),
    ],
)
async def test_what_became_of_an_order_is_told_to_the_prescriber(
    given: Given, event: Event, message: MessageKind
) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(an_order_placed(), event)

        assert await told(world) == [(SENDER, message)]


@pytest.mark.rule("ORD-15c")
async def test_the_region_hears_in_part_delivered_only_while_something_is_outstanding(
    given: Given,
) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            an_order_of(2, 3),
            an_order_line_delivered(quantity=2),
            an_order_line_delivered(quantity=1, number=2),
            an_order_line_delivered(quantity=2, number=2),
        )
        await world.handle(an_order_delivered())

        assert await order_statuses(world) == ["registered", "part_delivered", "delivered"]
        await assert_rows_are_folds(world)


@pytest.mark.rule("ORD-15c")
async def test_an_arrival_of_several_lines_is_told_once(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            an_order_of(2, 3, 1),
            an_order_line_delivered(quantity=2, more_lines=1),
            an_order_line_delivered(quantity=1, number=2),
        )
        assert await order_statuses(world) == ["registered", "part_delivered"]

        await world.handle_all(
            an_order_line_delivered(quantity=2, number=2, more_lines=1),
            an_order_line_delivered(quantity=1, number=3),
            an_order_delivered(),
        )
        assert await order_statuses(world) == ["registered", "part_delivered", "delivered"]


@pytest.mark.rule("ORD-15c")
async def test_a_whole_order_in_one_arrival_is_delivered_and_never_in_part(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            an_order_of(2, 3),
            an_order_line_delivered(quantity=2, more_lines=1),
            an_order_line_delivered(quantity=3, number=2),
            an_order_delivered(),
        )

        assert await order_statuses(world) == ["registered", "delivered"]


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_of_its_order_by_its_own_name_and_when_it_happened(
    given: Given,
) -> None:
    async with given(service, at=AT) as world:
        happened = datetime(2026, 5, 6, 9, tzinfo=UTC)
        order = an_order_placed()
        await world.handle(order, envelope=an_envelope(order, time=happened))

        (said,) = await world.events(OrderReported)
        assert (said.order, said.order_number) == ("O-1", order.order_number)
        assert said.occurred_at == happened


@pytest.mark.rule("NTF-4c")
async def test_the_feed_is_the_regions_own_topic(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle(an_order_placed(), region="bd")

        async with world.worker.reading() as session:
            found = (await session.execute(text("SELECT topic, region, key FROM events"))).all()
        assert [tuple(row) for row in found] == [("region.bd.events", "bd", str(order_id()))]


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
        assert await transfer_statuses(world) == ["sent", "dissolved"]


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


@pytest.mark.rule("NTF-4c")
@pytest.mark.parametrize(
    ("refused", "owner"),
    [
        (an_orders_message_refused(), "orders"),
        (a_bmb_message_refused(), "bmb"),
        (an_inventory_message_refused(), "inventory"),
    ],
)
async def test_the_region_hears_which_message_was_refused_by_whom_and_the_way_on(
    given: Given, refused: ServiceRefused, owner: str
) -> None:
    async with given(service, at=AT) as world:
        await world.handle(refused)

        (said,) = await world.events(MessageRefused)
        assert (said.service, said.message_id) == (owner, refused.message_id)
        assert (said.reason, said.rule, said.way_on) == (
            refused.reason,
            refused.rule,
            refused.way_on,
        )
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-4c")
@pytest.mark.parametrize(
    ("settles", "owner"),
    [
        (an_orders_message_settled, "orders"),
        (a_bmb_message_settled, "bmb"),
        (an_inventory_message_settled, "inventory"),
    ],
)
async def test_the_region_hears_what_becomes_of_a_message_that_is_quarantined(
    given: Given, settles: Callable[..., ServiceSettled], owner: str
) -> None:
    settled = settles()
    ended = settles(outcome="discarded", reason=None, rule=None, field=None, way_on=None)
    async with given(service, at=AT) as world:
        first = an_envelope(settled)
        await world.handle(settled, envelope=first)
        again = replace(first, id=uuid4(), sequence=2)
        await world.handle(settled, envelope=again)
        await world.handle(ended, envelope=replace(first, id=uuid4(), sequence=3))

        quarantined, discarded = await world.events(MessageSettled)
        assert (quarantined.service, quarantined.partition, quarantined.offset) == (owner, 3, 17)
        assert (quarantined.outcome, quarantined.reason) == ("quarantined", settled.reason)
        assert quarantined.way_on == settled.way_on
        assert discarded.outcome == "discarded"
        await assert_rows_are_folds(world)


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


async def test_an_event_of_an_order_that_is_not_known_yet_waits(given: Given) -> None:
    async with given(service, at=AT) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(an_order_delivered())


async def test_a_status_that_was_said_last_is_not_said_again(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(a_sent_transfer(policies))

        (row,) = await world.rows(ReportRow)
        assert (row.status, row.seq) == ("sent", 1)
        assert isinstance((await world.events(MessagePosted))[0].to, ToServicePoint)
