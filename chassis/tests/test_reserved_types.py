"""Reserved types, which a later release handles: refused from outside, parked from a service."""

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from kvitt_chassis.consuming import incoming, parking
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_contracts.examples import Example, example, examples
from kvitt_contracts.inventory import ClaimGranted, LinesReleased, ReservationReleased
from kvitt_contracts.topics import REGION_ORDERS

from chassis.tests import trail
from chassis.tests.tables import marks, parked, refusals
from chassis.tests.trail import Log, table, trail_of


async def test_a_reserved_type_from_a_region_is_refused_and_its_sender_hears_of_it(
    consumer: Consumer, log: Log
) -> None:
    reserved = [examples(one)[0] for one in sorted(REGION_ORDERS.reserved)]
    assert reserved

    await consumer.settle([_inbound(log, one) for one in reserved])

    refused = await refusals(consumer.database)
    assert refused == [("NOT_YET", "contract", "ce_type")] * len(reserved)
    told = await table(
        consumer.database, "SELECT payload FROM events WHERE topic = 'orders.refusals' ORDER BY id"
    )
    # a refused id is seen: when the type is in use, the same id would be passed over silently
    assert all("nytt ce_id" in json.loads(payload)["way_on"] for (payload,) in told)
    assert [json.loads(payload)["message_subject"] for (payload,) in told] == [
        one.envelope.subject for one in reserved
    ]


async def test_a_reserved_type_on_another_services_topic_is_refused_as_such(
    consumer: Consumer, log: Log
) -> None:
    (closing, *_) = examples("billing.ledger-period.close.v1")

    await consumer.settle([_inbound(log, closing)])

    assert await refusals(consumer.database) == [("WRONG_TOPIC", "contract", "ce_type")]


async def test_a_reserved_event_parks_its_key_and_is_not_passed_over(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()
    reserved = example(LinesReleased).model_copy(update={"order_id": order})

    await consumer.settle(
        [
            log.released(order, 1),
            log.event(reserved, order, 2),
            log.released(order, 3),
            log.released(other, 1),
        ]
    )

    assert await trail_of(consumer.database, order) == (1,)
    assert await trail_of(consumer.database, other) == (1,)
    assert await parked(consumer.database) == [(str(order), "quarantined", "unknown_version", 2)]
    assert (trail.RESERVATIONS, str(order), 1) in await marks(consumer.database)


async def test_an_unknown_version_of_a_reserved_noun_parks_its_key(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    envelope = trail.an_envelope(example(ClaimGranted), subject=str(order), sequence=1)
    next_one = replace(envelope, type="inventory.claim.granted.v2")

    await consumer.settle(
        [
            log.raw(
                trail.RESERVATIONS,
                key=str(order).encode(),
                value=b"{}",
                headers=next_one.headers(),
            )
        ]
    )

    assert await parked(consumer.database) == [(str(order), "quarantined", "unknown_version", 1)]


async def test_a_reserved_event_is_applied_by_the_release_that_takes_it_into_use(
    consumer: Consumer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = uuid4()
    released = log.released(order, 1)
    with monkeypatch.context() as before:
        before.setattr(incoming, "COMING", frozenset({ReservationReleased}))
        await consumer.settle([released, log.released(order, 2)])
        assert await trail_of(consumer.database, order) == ()

    async with consumer.database.unit() as unit:  # as a service does when it starts
        await parking.try_again(unit.session, [Cause.UNKNOWN_VERSION])
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2)
    assert await parked(consumer.database) == []


def _inbound(log: Log, one: Example) -> Record:
    headers = one.envelope.headers()
    return log.raw(
        trail.INBOUND, key=one.envelope.subject.encode(), value=one.body, headers=headers
    )
