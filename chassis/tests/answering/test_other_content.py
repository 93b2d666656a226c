"""A version or an id that comes again with other content."""

import json
from dataclasses import replace
from uuid import uuid4

from kvitt_chassis.consuming.consumer import Consumer
from sqlalchemy import text

from chassis.tests.answering.messages import (
    answers_of,
    names_of,
    structured,
)
from chassis.tests.trail import Log


async def test_a_version_that_comes_with_other_content_is_refused_and_is_a_duplicate_with_the_same(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 1, "first")])
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 1, "second")])

    *receipts, answer = await answers_of(consumer)
    assert [one["outcome"] for one in receipts] == ["applied", "duplicate", "duplicate"]
    assert (answer["reason"], answer["field"]) == ("VERSION_TAKEN", "version")
    assert await names_of(consumer) == ["first"]


async def test_the_same_statement_is_the_same_in_either_mode_and_with_its_defaults(
    consumer: Consumer, log: Log
) -> None:
    fact = log.stated("4711", 1, "first")
    body = json.loads(fact.value)
    again = structured(log, log.stated("4711", 1, "first"), data=dict(reversed(body.items())))

    await consumer.settle([fact, replace(fact, offset=7, value=again, headers=[])])

    outcomes = [one["outcome"] for one in await answers_of(consumer)]
    assert outcomes == ["applied", "duplicate"]


async def test_a_version_of_which_no_content_is_known_is_obsolete_and_told(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 4, "first")])
    async with consumer.database.unit() as unit:  # as an earlier release has stored it
        await unit.session.execute(text("UPDATE inbound_facts SET statement = NULL"))

    await consumer.settle([log.stated("4711", 4, "second"), log.stated("4711", 5, "third")])

    outcomes = [one["outcome"] for one in await answers_of(consumer)]
    assert outcomes == ["applied", "obsolete", "applied"]
    assert await names_of(consumer) == ["third"]


async def test_an_id_that_comes_with_other_content_is_refused_once(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    first = log.stated("4711", 1, "first", id=message_id)
    other = log.stated("4711", 2, "second", id=message_id)

    await consumer.settle([first, first, other])
    await consumer.settle([other])  # as Kafka delivers it again after a crash

    receipt, answer = await answers_of(consumer)
    assert receipt["outcome"] == "applied"
    assert (answer["reason"], answer["message_id"]) == ("ID_REUSED", str(message_id))
    assert await names_of(consumer) == ["first"]


async def test_a_refused_message_that_is_mended_under_the_same_id_is_told_to_need_a_new_one(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    good = log.stated("4711", 1, "first", id=message_id)
    bad = replace(good, value=good.value.replace(b'"first"', b"7"))

    await consumer.settle([bad])
    await consumer.settle([replace(good, offset=9)])

    reasons = [one["reason"] for one in await answers_of(consumer)]
    assert reasons == ["INVALID_FIELD", "ID_REUSED"]
