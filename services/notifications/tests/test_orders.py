"""What is told to whom when orders move, on a real database."""

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageKind
from kvitt_testkit.world import Given, assert_rows_are_folds
from notifications.app import service

from contracts.tests.builders.orders import (
    an_order_declined,
    an_order_delivered,
    an_order_line_delivered,
    an_order_placed,
    an_order_planned,
    an_order_void_refused,
    an_order_voided,
    an_order_with_a_delayed_fee,
)
from contracts.tests.builders.story import SENDER
from services.notifications.tests.builders import an_order_of
from services.notifications.tests.worlds import AT, order_statuses, told


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


async def test_an_order_that_is_paid_later_is_told_like_any_other(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(an_order_with_a_delayed_fee(), an_order_declined())

        assert await order_statuses(world) == ["registered", "declined"]
        assert await told(world) == [(SENDER, MessageKind.ORDER_DECLINED)]


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


async def test_an_event_of_an_order_that_is_not_known_yet_waits(given: Given) -> None:
    async with given(service, at=AT) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(an_order_delivered())
