"""Messages of a region that is out of service."""

from uuid import uuid4

from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.verdicts import OF_THIS_START
from kvitt_contracts.policy import Outage, OutCause, Policies
from kvitt_contracts.types import OrderId, RegionCode
from kvitt_testkit.world import ServiceUrls

from chassis.tests import trail
from chassis.tests.tables import parked
from chassis.tests.trail import Log
from contracts.tests.builders.reservations import (
    an_order_picking_started,
)


async def test_messages_of_a_region_that_is_out_wait_until_it_is_in_service_again(
    urls: ServiceUrls, policies: Policies, log: Log
) -> None:
    mine, other = uuid4(), uuid4()
    mended = Policies({code: policies.of(code) for code in policies.regions})
    ac = RegionCode("ac")
    bd_only = Policies(
        {RegionCode("bd"): policies.of(RegionCode("bd"))},
        out={ac: Outage(OutCause.POLICY_UNREADABLE, "ac.yaml: is empty")},
    )
    async with trail.emptied(urls, bd_only) as database:
        consumer = trail.a_consumer(database)
        await consumer.settle(
            [
                log.released(mine, 1),
                log.released(other, 1, region="bd"),
                log.released(mine, 2),
                log.released(other, 2, region="bd"),
            ]
        )
        assert await parked(database) == [(str(mine), "quarantined", "region_out", 2)]
        async with database.unit() as unit:  # a new assignment while it is still out
            out = bd_only.out
            assert await parking.try_again(unit.session, OF_THIS_START, except_for=out) == 0
        assert set((await trail.trails(database)).values()) == {(1, 2)}

        database.policies = mended
        again = trail.a_consumer(database)
        async with database.unit() as unit:  # as a service does when it starts
            assert await parking.try_again(unit.session, OF_THIS_START) == 1
        await trail.drain_now(again)
        await again.settle([log.released(mine, 3)])

        assert await trail.trail_of(database, mine) == (1, 2, 3)
        assert await parked(database) == []


async def test_a_quarantined_event_leaves_the_park_of_a_service_that_answers_nobody(
    urls: ServiceUrls, policies: Policies, log: Log
) -> None:
    mine = uuid4()
    out = {RegionCode("ac"): Outage(OutCause.POLICY_UNREADABLE, "ac.yaml: is empty")}
    async with trail.emptied(urls, Policies({}, out=out)) as database:
        database.service = "notifications"  # no region sends it anything
        consumer = trail.a_consumer(database)
        await consumer.settle([log.released(mine, 1), log.released(mine, 2)])
        await consumer.shared.drain.tell()

        database.policies = Policies({code: policies.of(code) for code in policies.regions})
        again = trail.a_consumer(database)
        async with database.unit() as unit:
            await parking.try_again(unit.session, OF_THIS_START)
        await trail.drain_now(again)

        assert await trail.trail_of(database, mine) == (1, 2)
        assert await parked(database) == []


async def test_what_nobody_handles_is_passed_over_in_a_region_that_is_out_too(
    urls: ServiceUrls, log: Log
) -> None:
    order = uuid4()
    outage = Outage(OutCause.POLICY_CHANGED, "-")
    async with trail.emptied(urls, Policies({}, out={RegionCode("ac"): outage})) as database:
        unused = an_order_picking_started(OrderId(order))

        await trail.a_consumer(database).settle([log.event(unused, order, 1)])

        assert await parked(database) == []
