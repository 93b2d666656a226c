"""NTF-2: who is told of receipts of direct deliveries."""

import pytest
from kvitt_contracts.notifications import MessagePostedV2
from kvitt_testkit.world import Given, assert_rows_are_folds, stockholm
from notifications.app import service

from contracts.tests.builders.receipts import an_order_line_diverted, an_order_receipt_refused
from contracts.tests.builders.story import SENDER, order_id
from services.notifications.tests.worlds import whom

MONDAY = stockholm("2026-03-16 08:00")


@pytest.mark.rule("NTF-2n")
async def test_who_reported_is_told_that_nothing_is_booked(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(an_order_receipt_refused())

        (posted,) = await world.events(MessagePostedV2)
        assert (whom(posted.to), posted.message) == (SENDER, "receipt_refused")
        assert (posted.about.kind, posted.about.id) == ("order", order_id())
        await assert_rows_are_folds(world)


@pytest.mark.rule("REF-14f")
async def test_customer_service_is_told_of_what_is_in_a_store(given: Given) -> None:
    async with given(service, at=MONDAY) as world:
        await world.handle(an_order_line_diverted())

        (posted,) = await world.events(MessagePostedV2)
        assert (whom(posted.to), posted.message) == ("customer_service", "line_diverted")
