"""What the region's own system hears, on a real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from kvitt_contracts.notifications import MessagePosted, ToServicePoint
from kvitt_contracts.policy import Policies
from kvitt_contracts.refusals import MessageRefused as ServiceRefused
from kvitt_contracts.refusals import MessageSettled as ServiceSettled
from kvitt_contracts.regions import MessageRefused, MessageSettled, OrderReported
from kvitt_testkit.world import Given, an_envelope, assert_rows_are_folds
from notifications.app import service
from notifications.feed.models import ReportRow
from sqlalchemy import text

from contracts.tests.builders.bmb import a_bmb_message_refused, a_bmb_message_settled
from contracts.tests.builders.inventory import (
    an_inventory_message_refused,
    an_inventory_message_settled,
)
from contracts.tests.builders.orders import (
    an_order_placed,
    an_orders_message_refused,
    an_orders_message_settled,
)
from contracts.tests.builders.story import line_id, order_id
from services.notifications.tests.builders import a_sent_transfer
from services.notifications.tests.worlds import AT, sent


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
        assert {(topic, region) for topic, region, _ in found} == {("region.bd.events", "bd")}
        assert [key for _, _, key in found] == [str(order_id()), str(line_id())]


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


async def test_a_status_that_was_said_last_is_not_said_again(
    given: Given, policies: Policies
) -> None:
    async with given(service, at=AT) as world:
        await sent(world, policies)
        await world.handle(a_sent_transfer(policies))

        (row,) = await world.rows(ReportRow)
        assert (row.status, row.seq) == ("sent", 1)
        assert isinstance((await world.events(MessagePosted))[0].to, ToServicePoint)
