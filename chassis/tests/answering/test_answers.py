"""Nothing that a region sends vanishes: each record has a receipt, or an answer with its reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.verdicts import OF_THIS_START
from kvitt_contracts.envelope import MAX_BYTES
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.answering.messages import (
    SOURCE,
    answers_of,
    keys_of,
    names_of,
    of_unknown_version,
    typed,
    without_header,
)
from chassis.tests.trail import Log, mood, table

REFUSED: dict[str, tuple[Callable[[Record], Record], str, str]] = {
    "an unknown noun": (typed("region.payr.stated.v1"), "UNKNOWN_TYPE", "ce_type"),
    "an unknown verb": (typed("region.payer.statd.v1"), "UNKNOWN_TYPE", "ce_type"),
    "another case": (typed("Region.Payer.Stated.v1"), "UNKNOWN_TYPE", "ce_type"),
    "no version": (typed("region.payer.stated"), "UNKNOWN_TYPE", "ce_type"),
    "no type": (lambda one: without_header(one, "ce_type"), "INVALID_FIELD", "ce_type"),
    "no time": (lambda one: without_header(one, "ce_time"), "INVALID_FIELD", "ce_time"),
    "no region": (lambda one: without_header(one, "ce_region"), "INVALID_FIELD", "ce_region"),
    "broken JSON": (lambda one: replace(one, value=b"{"), "UNREADABLE", "data"),
    "not UTF-8": (lambda one: replace(one, value=b'"\xff"'), "UNREADABLE", "data"),
    "no body": (lambda one: replace(one, value=None), "UNREADABLE", "data"),
    "too large": (lambda one: replace(one, value=b"x" * (MAX_BYTES + 1)), "TOO_LARGE", "data"),
    "a field twice": (
        lambda one: replace(one, value=one.value[:-1] + b',"name":"another"}'),
        "INVALID_FIELD",
        "name",
    ),
    "an attribute twice": (
        lambda one: replace(one, headers=[*one.headers, ("CE-Time", b"2026-05-01T00:00:00Z")]),
        "INVALID_FIELD",
        "ce_time",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_can_be_answered_is_refused_and_holds_nothing_up(
    consumer: Consumer, log: Log, name: str
) -> None:
    damage, reason, field = REFUSED[name]
    message_id = uuid4()

    await consumer.settle(
        [damage(log.stated("4711", 1, "first", id=message_id)), log.stated("4711", 2, "second")]
    )

    answer, receipt = await answers_of(consumer)
    assert (answer["message_id"], answer["reason"], answer["field"]) == (
        str(message_id),
        reason,
        field,
    )
    assert answer["message_subject"] == "4711"
    assert receipt["outcome"] == "applied"
    assert await names_of(consumer) == ["second"]
    assert await consumer.quarantine.entries() == []


async def test_a_message_without_an_id_is_found_by_its_place(consumer: Consumer, log: Log) -> None:
    log.stated("4710", 1, "not sent")
    await consumer.settle([without_header(log.stated("4711", 1, "first"), "ce_id")])

    await consumer.drain.tell()

    (told,) = await answers_of(consumer)
    assert told["outcome"] == "quarantined"
    assert (told["topic"], told["partition"], told["offset"]) == (trail.INBOUND, 0, 1)
    assert (told["reason"], told["field"], told["message_subject"]) == (
        "UNREADABLE",
        "ce_id",
        "4711",
    )
    assert "message_id" not in told


async def test_senders_are_told_once_of_the_quarantine_and_of_what_waits_behind(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([of_unknown_version(log, "4711"), log.stated("4711", 2, "second")])
    await consumer.drain.tell()
    await consumer.settle([log.stated("4711", 3, "third")])
    for _ in range(2):
        await consumer.drain.tell()

    assert [(one["outcome"], one["offset"]) for one in await answers_of(consumer)] == [
        ("quarantined", 0),
        ("waiting", 1),
        ("waiting", 2),
    ]


async def test_many_that_wait_are_told_of_page_by_page(
    consumer: Consumer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvitt_chassis.consuming.telling.PAGE", 2)
    bad = [of_unknown_version(log, f"47{n}") for n in range(3)]
    await consumer.settle([*bad, *(log.stated("470", n, "waits") for n in range(1, 6))])

    await consumer.drain.tell()

    told = [one["offset"] for one in await answers_of(consumer)]
    assert sorted(told) == list(range(8))


async def test_a_discarded_message_and_those_behind_it_are_told_how_they_ended(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle(
        [
            of_unknown_version(log, "4711"),
            log.stated("4711", 2, "second"),
            log.void("4711"),
            log.stated("4711", 1, "too old"),
        ]
    )
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.discard(entry.id, who="drift", why="sent by mistake")
    await trail.drain_now(consumer)

    assert [(one.get("outcome"), one.get("offset")) for one in await answers_of(consumer)][4:] == [
        ("discarded", 0),
        ("applied", 1),
        (None, None),  # the command is refused
        ("obsolete", 3),
    ]
    rows = "SELECT outcome, seq FROM refusals ORDER BY outcome"
    assert await table(consumer.database, rows) == [
        ("applied", 2),
        ("discarded", 2),
        ("obsolete", 2),
        ("refused", 2),
    ]


async def test_a_message_that_is_sent_again_while_it_waits_is_told_to_be_a_duplicate(
    consumer: Consumer, log: Log
) -> None:
    again = uuid4()
    await consumer.settle([of_unknown_version(log, "4711")])
    await consumer.settle([log.stated("4711", 2, "second", id=again) for _ in range(2)])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.discard(entry.id, who="drift", why="sent by mistake")
    await trail.drain_now(consumer)

    outcomes = [one["outcome"] for one in await answers_of(consumer)]
    assert outcomes == ["quarantined", "waiting", "waiting", "discarded", "applied", "duplicate"]


async def test_a_key_that_is_let_be_tried_and_fails_again_is_told_why_it_is_quarantined_now(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([of_unknown_version(log, "4711")])
    async with consumer.database.unit() as unit:  # its region is out of service
        await unit.session.execute(text("UPDATE parked_keys SET cause = 'region_out'"))
    await consumer.drain.tell()

    async with consumer.database.unit() as unit:  # and is in service again
        await parking.try_again(unit.session, OF_THIS_START)
    await trail.drain_now(consumer)
    await consumer.drain.tell()
    async with consumer.database.unit() as unit:  # a start that changes nothing for it
        await parking.try_again(unit.session, OF_THIS_START)
    await trail.drain_now(consumer)
    await consumer.drain.tell()

    reasons = [one["reason"] for one in await answers_of(consumer)]
    assert reasons == ["REGION_OUT", "UNKNOWN_VERSION"]


async def test_a_key_that_an_operator_lets_be_tried_is_told_of_again_when_the_reason_is_another(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([of_unknown_version(log, "4711")])
    async with consumer.database.unit() as unit:
        await unit.session.execute(text("UPDATE parked_keys SET cause = 'not_yet_known'"))
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    for _ in range(2):  # the second time nothing is new to its sender
        await consumer.quarantine.retry(entry.id, who="drift", why="it is known now")
        await trail.drain_now(consumer)
        await consumer.drain.tell()

    reasons = [one["reason"] for one in await answers_of(consumer)]
    assert reasons == ["NOT_YET_KNOWN", "UNKNOWN_VERSION"]


async def test_a_mended_message_is_told_to_be_applied_under_the_same_answer(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    await consumer.settle([without_header(log.stated("4711", 1, "first"), "ce_id")])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.edit(
        entry.id, who="drift", why="the id was lost", headers={"ce_id": str(message_id)}
    )
    await trail.drain_now(consumer)

    quarantined, applied = await answers_of(consumer)
    assert "message_id" not in quarantined
    assert (applied["outcome"], applied["message_id"]) == ("applied", str(message_id))
    assert await keys_of(consumer) == 1


async def test_a_message_that_is_mended_in_vain_is_told_again_why(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([without_header(of_unknown_version(log, "4711"), "ce_id")])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    changes = {"ce_id": str(uuid4())}
    await consumer.quarantine.edit(entry.id, who="drift", why="the id", headers=changes)
    await trail.drain_now(consumer)
    await consumer.drain.tell()

    reasons = [one["reason"] for one in await answers_of(consumer)]
    assert reasons == ["UNREADABLE", "UNKNOWN_VERSION"]


async def test_a_key_that_is_given_up_is_told_with_what_waits_behind_it(
    consumer: Consumer, log: Log
) -> None:
    mood.failing.add("first")
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 2, "second")])
    await consumer.drain.tell()
    assert await answers_of(consumer) == []  # it is tried again by itself

    for _ in range(8):
        await trail.drain_now(consumer)
    await consumer.drain.tell()
    mood.failing.clear()
    (entry,) = await consumer.quarantine.entries()
    await consumer.quarantine.retry(entry.id, who="drift", why="mended")
    await trail.drain_now(consumer)

    assert [(one["outcome"], one.get("reason")) for one in await answers_of(consumer)] == [
        ("quarantined", "FAULT"),
        ("waiting", "BEHIND"),
        ("applied", None),
        ("applied", None),
    ]


async def test_each_record_has_one_receipt_however_often_it_is_delivered(
    consumer: Consumer, log: Log
) -> None:
    newer = log.stated("4711", 5, "newer")
    await consumer.settle([newer, newer, log.stated("4711", 3, "older")])
    await consumer.settle([newer])  # as Kafka delivers it again after a crash

    applied, obsolete = await answers_of(consumer)
    assert (applied["outcome"], applied["offset"]) == ("applied", 0)
    assert "reason" not in applied
    assert (obsolete["outcome"], obsolete["reason"], obsolete["offset"]) == (
        "obsolete",
        "OLDER_VERSION",
        1,
    )


async def test_what_is_sent_again_is_told_to_be_a_duplicate_at_its_own_place(
    consumer: Consumer, log: Log
) -> None:
    first = log.stated("4711", 1, "first")
    again = replace(first, offset=4)
    await consumer.settle([first, again])
    await consumer.settle([replace(first, offset=5)])
    await consumer.settle([again])

    told = [(one["outcome"], one["offset"]) for one in await answers_of(consumer)]
    assert told == [("applied", 0), ("duplicate", 4), ("duplicate", 5)]


async def test_a_receipt_names_the_message_and_the_thing_that_it_began(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    await consumer.settle([log.stated("4711", 1, "first", id=message_id)])

    (receipt,) = await answers_of(consumer)
    ((payer,),) = await table(consumer.database, "SELECT id FROM payers")
    named = ("message_id", "message_source", "message_type", "message_subject")
    assert [receipt[name] for name in named] == [
        str(message_id),
        SOURCE,
        "region.payer.stated.v1",
        "4711",
    ]
    assert (receipt["thing"], receipt["thing_id"]) == ("payer", str(payer))
    rows = "SELECT DISTINCT causation_id FROM events"
    assert await table(consumer.database, rows) == [(str(message_id),)]


async def test_of_a_batch_each_receipt_is_of_its_own_messages_outcome(
    consumer: Consumer, log: Log
) -> None:
    mood.failing.add("fails")
    await consumer.settle(
        [
            log.stated("4711", 1, "first"),
            log.stated("4712", 1, "fails"),
            log.stated("4713", 1, "third"),
            log.void("4714"),  # the command is refused
        ]
    )
    mood.failing.clear()

    told = {one.get("message_subject"): one.get("outcome") for one in await answers_of(consumer)}
    assert told == {"4711": "applied", "4713": "applied", "4714": None}
    rows = "SELECT outcome, seq FROM refusals ORDER BY outcome"
    assert await table(consumer.database, rows) == [
        ("applied", 1),
        ("applied", 1),
        ("refused", 1),
    ]


async def test_an_event_of_another_service_is_told_to_nobody(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    await consumer.settle([replace(log.released(order, 1), value=b"{"), log.released(order, 2)])

    await consumer.drain.tell()

    assert await answers_of(consumer) == []
    assert await table(consumer.database, "SELECT untold FROM parked_keys") == [(False,)]


async def test_an_answer_repeats_no_number_of_a_person(consumer: Consumer, log: Log) -> None:
    number = "189001019802"
    changes: dict[str, Any] = {"source": f"urn:{number}", "type": f"region.x{number}.stated.v1"}
    await consumer.settle(
        [
            log.void(number, **changes),
            without_header(log.void(number, **changes), "ce_id"),
        ]
    )

    await consumer.drain.tell()

    assert len(await answers_of(consumer)) == 2
    for name in ("events", "refusals"):
        rows = await table(consumer.database, f"SELECT * FROM {name}")
        assert number not in str(rows)
