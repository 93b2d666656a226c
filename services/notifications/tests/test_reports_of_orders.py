"""What the region's own system hears of the lines of its orders, on a real database."""

import pytest
from kvitt_chassis.transaction import NotYetKnown
from kvitt_contracts.regions import (
    BasketReported,
    OrderLineReported,
    OrderReported,
    PurchaseOrderReported,
)
from kvitt_contracts.types import NamedPatient, RegionPersonId
from kvitt_testkit.world import Given, assert_rows_are_folds
from notifications.app import service

from contracts.tests.builders.baskets import (
    a_basket_loan_line_ended,
    a_basket_loan_opened,
    a_basket_loan_requested,
)
from contracts.tests.builders.orders import a_line, an_order_placed, an_order_planned
from contracts.tests.builders.purchases import (
    a_direct_order,
    a_purchase_order_created,
    an_order_line_planned,
    an_order_line_voided,
)
from contracts.tests.builders.reservations import a_line_delivered, a_line_returned
from contracts.tests.builders.story import PATIENT, ROLLATOR, device_id, line_id
from services.notifications.tests.worlds import AT


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_of_each_line_and_what_has_come_of_it(given: Given) -> None:
    placed = an_order_placed(a_line(ROLLATOR, quantity=2))
    async with given(service, at=AT) as world:
        await world.handle(placed)
        for number in ("170098", "170099"):
            await world.handle(a_line_delivered(article=ROLLATOR, devices=(number,)))
        told = await world.events(OrderLineReported)

        assert [one.status for one in told] == ["ordered", "part_delivered", "delivered"]
        assert [one.delivered for one in told] == [0, 1, 2]
        last = told[-1]
        assert last.devices == (device_id("170098"), device_id("170099"))
        assert (last.order, last.order_number, last.number) == ("O-1", placed.order_number, 1)
        await assert_rows_are_folds(world)


async def test_what_comes_back_of_a_line_is_told_with_what_came(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            an_order_placed(a_line(quantity=3)), a_line_delivered(quantity=3), a_line_returned()
        )
        (*_, last) = await world.events(OrderLineReported)

        assert (last.status, last.delivered, last.returned) == ("delivered", 3, 1)


async def test_what_is_delivered_of_an_order_that_is_not_known_yet_waits(given: Given) -> None:
    async with given(service, at=AT) as world:
        with pytest.raises(NotYetKnown):
            await world.handle(a_line_delivered())


@pytest.mark.rule("NTF-4c")
async def test_the_region_hears_for_whom_an_order_is_and_when_it_is_to_leave(given: Given) -> None:
    planned = an_order_planned()
    async with given(service, at=AT) as world:
        await world.handle_all(an_order_placed(), planned, planned)
        told = await world.events(OrderReported)

        assert [one.status for one in told] == ["registered", "registered"]
        assert [one.planned_on for one in told] == [None, planned.planned_dispatch_on]
        assert {one.recipient for one in told} == {NamedPatient(person=RegionPersonId(PATIENT))}


async def test_a_direct_line_is_told_with_its_day_and_its_end(given: Given) -> None:
    planned, voided = an_order_line_planned(), an_order_line_voided()
    async with given(service, at=AT) as world:
        await world.handle_all(a_direct_order(), a_purchase_order_created(), planned, voided)
        told = [
            one
            for one in await world.events(OrderLineReported, key=line_id())
            if one.status != "ordered" or one.planned_on is not None
        ]

        assert [one.planned_on for one in told] == [planned.planned_dispatch_on] * 2
        assert told[-1].reason == voided.reason
        (purchase,) = await world.events(PurchaseOrderReported)
        assert purchase.order == told[-1].order


async def test_a_basket_is_closed_with_its_last_line(given: Given) -> None:
    async with given(service, at=AT) as world:
        await world.handle_all(
            a_basket_loan_requested(), a_basket_loan_opened(), a_basket_loan_line_ended()
        )
        told = await world.events(BasketReported)

        assert [one.status for one in told][:2] == ["requested", "open"]
        assert told[-1].open_lines == told[0].open_lines - 1
