"""Who is told of purchase orders and of lines that come direct, on a real database."""

from uuid import uuid4

import pytest
from kvitt_contracts.envelope import Event
from kvitt_contracts.notifications import MessageKind, MessagePosted, MessagePostedV2
from kvitt_testkit.world import Given, World, assert_rows_are_folds
from notifications.app import service
from notifications.messages import views, writes
from notifications.messages.domain import CUSTOMER_SERVICE, NewKind

from contracts.tests.builders.orders import an_order_delivered, an_order_line_delivered
from contracts.tests.builders.purchases import (
    a_central_line,
    a_deviation_reported,
    a_direct_line,
    a_direct_order,
    a_purchase_reminder_due,
    a_receipt_due,
    an_order_line_planned,
    an_order_line_reduced,
    an_order_line_voided,
)
from contracts.tests.builders.story import SENDER, SENDING, SERVICE, purchase_order_id
from contracts.tests.builders.supplier_invoices import a_deviation_settled
from services.notifications.tests.worlds import AT, order_statuses, whom


async def told(world: World) -> list[tuple[str, str]]:
    """Whom was told what, in order."""
    both = (MessagePosted, MessagePostedV2)
    events: list[Event] = await world.events()
    posted = [one for one in events if isinstance(one, both)]
    return [(whom(one.to), str(one.message)) for one in posted]


@pytest.mark.rule("ORD-11j", "ORD-11c", "INV-8e", "NTF-2l")
@pytest.mark.parametrize(
    ("event", "to", "message"),
    [
        (a_receipt_due(), SENDING, NewKind.PURCHASE_RECEIPT_DUE),
        (a_receipt_due(14), CUSTOMER_SERVICE, NewKind.PURCHASE_LATE),
        (a_purchase_reminder_due(), SENDING, NewKind.PURCHASE_UNSENT),
        (a_deviation_reported(), CUSTOMER_SERVICE, NewKind.PURCHASE_DEVIATION),
        (a_purchase_reminder_due("settlement"), CUSTOMER_SERVICE, NewKind.PURCHASE_DEVIATION_LATE),
    ],
)
async def test_what_waits_too_long_is_told_to_who_acts(
    given: Given, event: Event, to: str, message: NewKind
) -> None:
    async with given(service, at=AT) as world:
        await world.handle(event)

        assert await told(world) == [(to, message)]
        await assert_rows_are_folds(world)


@pytest.mark.rule("INV-8e")
async def test_who_reported_a_deviation_is_told_that_it_is_settled(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(a_deviation_reported(), a_deviation_settled())
        await world.handle(a_deviation_settled(asked_by=SERVICE))

        (_, settled) = await told(world)
        assert settled == (SENDER, NewKind.PURCHASE_DEVIATION_SETTLED)
        await assert_rows_are_folds(world)


@pytest.mark.rule("NTF-1c")
async def test_a_message_leads_to_the_purchase_order(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle(a_deviation_settled())

        async with world.http(user=SENDER) as client:
            (message,) = (await client.get("/messages")).json()["items"]

    path = f"/purchase-orders/{purchase_order_id('26100007')}"
    assert message["link"] == {"service": "orders", "path": path}


@pytest.mark.rule("NTF-1c")
def test_whatever_a_message_is_about_has_an_address() -> None:
    things = [make(uuid4()) for name, make in vars(writes).items() if name.startswith("about_")]

    assert {one.kind for one in things} == views.THINGS


@pytest.mark.rule("ORD-4d")
async def test_a_changed_day_of_a_direct_line_is_told_to_the_prescriber(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(a_direct_order(), an_order_line_planned())
        assert await told(world) == []

        await world.handle(an_order_line_planned(is_changed=True))
        assert await told(world) == [(SENDER, MessageKind.DELIVERY_DATE_CHANGED)]


@pytest.mark.rule("ORD-14d")
async def test_a_voided_line_is_told_to_the_prescriber_who_did_not_void_it(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_direct_order(a_direct_line(), a_direct_line(number=2)),
            an_order_line_voided(by=SENDER, asked_by=None),
            an_order_line_voided(number=2),
        )

        assert await told(world) == [(SENDER, NewKind.ORDER_LINE_VOIDED)]


@pytest.mark.rule("ORD-15c")
async def test_an_order_is_not_in_part_delivered_for_lines_that_are_voided_or_reduced(
    given: Given,
) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_direct_order(a_direct_line(), a_central_line(quantity=3), a_central_line(number=3)),
            an_order_line_voided(),
            an_order_line_reduced(1, number=2),
            an_order_line_delivered(number=3, more_lines=1),
            an_order_line_delivered(number=2),
            an_order_delivered(),
        )

        assert await order_statuses(world) == ["registered", "delivered"]
