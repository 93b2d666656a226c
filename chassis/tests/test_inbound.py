"""What regions send: seen ids, versions and refusals; and the rows of one region."""

from dataclasses import replace
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database
from kvitt_contracts.topics import REGION_ORDERS, for_region
from kvitt_contracts.types import OrderId, RegionCode, identify
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.tables import parked, payers, refusals
from chassis.tests.trail import Log, table
from contracts.tests.builders.orders import a_payer_registered
from contracts.tests.builders.regions import a_payer_stated
from contracts.tests.builders.reservations import (
    a_reservation_released,
)


async def test_a_message_from_outside_is_remembered_by_source_and_id(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()

    await consumer.settle([log.stated("4711", 1, "Umeå", id=message_id)])
    await consumer.settle([log.stated("4711", 2, "Umeå lasarett", id=message_id)])

    assert await payers(consumer.database) == [("Umeå", 1)]


async def test_the_same_id_from_another_source_is_another_message(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()

    await consumer.settle([log.stated("4711", 1, "Umeå", id=message_id)])
    await consumer.settle([log.stated("4711", 2, "Lycksele", id=message_id, source="urn:other")])

    assert await payers(consumer.database) == [("Lycksele", 2)]


async def test_what_one_region_sent_silences_no_other_region_that_names_its_source_alike(
    database: Database, log: Log
) -> None:
    topics = (*trail.TOPICS, for_region(REGION_ORDERS, "bd"))
    consumer = trail.a_consumer(database, topics=topics)
    fact = a_payer_stated("4711", name="Umeå")
    first = trail.an_envelope(fact, subject="4711")
    alike = replace(first, region=RegionCode("bd"))

    await consumer.settle([log.record(trail.INBOUND, first, fact)])
    await consumer.settle([log.record("region.bd.orders", alike, fact)])

    assert await payers(database) == [("Umeå", 1), ("Umeå", 1)]


async def test_a_fact_that_is_older_than_what_is_known_is_obsolete(
    consumer: Consumer, log: Log
) -> None:
    before = _settled("obsolete")

    await consumer.settle([log.stated("4711", 5, "Umeå")])
    await consumer.settle([log.stated("4711", 4, "older"), log.stated("4711", 3, "oldest")])
    await consumer.settle([log.stated("4711", 6, "newer")])

    assert await payers(consumer.database) == [("newer", 2)]
    assert _settled("obsolete") - before == 2


async def test_versions_within_one_batch_are_compared_too(consumer: Consumer, log: Log) -> None:
    await consumer.settle(
        [log.stated("4711", 2, "second"), log.stated("4711", 1, "first"), log.stated("11", 1, "x")]
    )

    assert await payers(consumer.database) == [("second", 1), ("x", 1)]


async def test_structured_mode_means_the_same_as_binary(consumer: Consumer, log: Log) -> None:
    document = (
        b'{"specversion": "1.0", "id": "6d8f6a3e-6d4c-4c39-8a2e-3c7d3a1f0001",'
        b' "source": "urn:region:ac", "type": "region.payer.stated.v1", "subject": "4711",'
        b' "time": "2026-03-01T12:00:00Z", "region": "ac", "datacontenttype": "application/json",'
        b' "data": {"version": 1, "payer_id": "4711", "name": "Ume\\u00e5"}}'
    )
    headers = [("content-type", b"application/cloudevents+json; charset=UTF-8")]

    await consumer.settle([log.raw(trail.INBOUND, key=b"4711", value=document, headers=headers)])

    assert await payers(consumer.database) == [("Umeå", 1)]


async def test_what_a_service_refuses_is_answered_by_rule_reason_and_way_on(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()

    await consumer.settle([log.void("order-1", id=message_id)])

    ((payload,),) = await table(consumer.database, "SELECT payload FROM events")
    assert '"reason":"NOT_ALLOWED"' in payload
    assert '"rule":"ORD-14"' in payload
    assert '"way_on":"Ring kundtjänst."' in payload
    assert f'"message_id":"{message_id}"' in payload
    assert await refusals(consumer.database) == [("NOT_ALLOWED", "ORD-14", "by")]


async def test_a_refused_message_is_refused_once(consumer: Consumer, log: Log) -> None:
    record = log.void("order-1")

    await consumer.settle([record])
    await consumer.settle([record, log.void("order-2")])

    assert len(await refusals(consumer.database)) == 2
    assert await parked(consumer.database) == []


async def test_a_body_that_breaks_the_contract_is_refused_and_repeats_no_value(
    consumer: Consumer, log: Log
) -> None:
    good = log.stated("4711", 1, "Umeå")
    bad = replace(good, value=b'{"version": 1, "payer_id": "4711", "name": {"x": "189001019802"}}')

    await consumer.settle([bad, log.stated("4711", 2, "next")])

    assert await refusals(consumer.database) == [("INVALID_FIELD", "contract", "name")]
    ((payload,),) = await table(
        consumer.database, "SELECT payload FROM events WHERE type = 'orders.refusal.recorded.v1'"
    )
    assert "189001019802" not in payload
    assert await payers(consumer.database) == [("next", 1)]


async def test_a_message_that_names_another_region_is_refused_to_the_topics_region(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå", region=RegionCode("bd"))])

    assert await table(consumer.database, "SELECT region, reason, field FROM refusals") == [
        ("ac", "FOREIGN_REGION", "ce_region")
    ]
    assert await payers(consumer.database) == []


async def test_a_handler_finds_no_row_of_another_region(consumer: Consumer, log: Log) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    key = identify("ac", "payer", "4711")

    async with consumer.database.unit() as unit:
        assert await unit.begin(region=RegionCode("bd")).find(trail.PayerRow, key) is None
        assert await unit.begin(region=trail.AC).find(trail.PayerRow, key) is not None


async def test_a_row_that_was_read_before_it_was_locked_is_read_anew(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    key = identify("ac", "payer", "4711")

    async with consumer.database.unit() as unit:
        tx = unit.begin(region=trail.AC)
        read = await tx.get(trail.PayerRow, key)
        await consumer.settle([log.stated("4711", 2, "Umeå lasarett")])
        assert read.name == "Umeå"
        assert (await tx.lock(trail.PayerRow, key)).name == "Umeå lasarett"


async def test_a_message_has_no_effect_on_another_regions_row(consumer: Consumer, log: Log) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    key = identify("ac", "payer", "4711")

    async with consumer.database.unit() as unit:
        row = await unit.begin(region=trail.AC).lock(trail.PayerRow, key)
        foreign = unit.begin(region=RegionCode("bd"))
        with pytest.raises(PermissionError, match="a row of ac by a message of bd"):
            foreign.record(row, a_payer_registered("4711", name="Luleå"))

    assert await payers(consumer.database) == [("Umeå", 1)]


async def test_an_event_says_what_it_was_caused_by(consumer: Consumer, log: Log) -> None:
    cause = uuid4()

    await consumer.settle([log.stated("4711", 1, "Umeå", id=cause, correlation_id="a-case")])

    told = await table(
        consumer.database, "SELECT DISTINCT causation_id, correlation_id FROM events"
    )
    assert told == [(str(cause), "a-case")]


async def test_a_message_for_another_service_is_refused(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    event = a_reservation_released(OrderId(order))
    envelope = trail.an_envelope(event, subject=str(order))

    await consumer.settle([log.record(trail.INBOUND, envelope, event)])

    assert await refusals(consumer.database) == [("WRONG_TOPIC", "contract", "ce_type")]


async def test_a_persons_number_as_subject_is_refused_and_kept_nowhere(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.void("189001019802")])

    assert await refusals(consumer.database) == [("INVALID_FIELD", "contract", "ce_subject")]
    for name in ("marks", "events", "refusals", "inbound_seen", "parked_messages"):
        for row in await table(consumer.database, f"SELECT * FROM {name}"):
            assert "9001019802" not in repr(row)


async def test_ids_from_outside_are_forgotten_after_their_topics_have(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("11", 1, "old"), log.stated("12", 1, "new")])
    async with consumer.database.unit() as unit:
        await unit.session.execute(
            text(
                "UPDATE inbound_seen SET seen_at = seen_at - interval '31 days' WHERE id ="
                " (SELECT id FROM inbound_seen LIMIT 1)"
            )
        )

    assert await consumer.inbox.forget() == 1

    assert await table(consumer.database, "SELECT count(*) FROM inbound_seen") == [(1,)]


def _settled(verdict: str) -> float:
    labels = {"service": trail.SERVICE, "topic": trail.INBOUND, "verdict": verdict}
    return trail.sample("inbox_messages_total", **labels)
