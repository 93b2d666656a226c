"""Nothing that a region sends vanishes: an effect, a duplicate, or an answer with its reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.verdicts import OF_THIS_START
from kvitt_chassis.database import Database
from kvitt_contracts.envelope import MAX_BYTES, STRUCTURED, Envelope
from sqlalchemy import text

from chassis.tests import trail
from chassis.tests.trail import Log, mood, table

SOURCE = "urn:region:ac"


@pytest.fixture
def consumer(database: Database) -> Consumer:
    return trail.a_consumer(database, tuning=trail.quick())


def _without(record: Record, header: str) -> Record:
    return replace(record, headers=[one for one in record.headers if one[0] != header])


def _with(record: Record, header: str, value: bytes) -> Record:
    return replace(record, headers=[*_without(record, header).headers, (header, value)])


def _typed(wire_type: str) -> Callable[[Record], Record]:
    return lambda one: _with(one, "ce_type", wire_type.encode())


REFUSED: dict[str, tuple[Callable[[Record], Record], str, str]] = {
    "an unknown noun": (_typed("region.payr.stated.v1"), "UNKNOWN_TYPE", "ce_type"),
    "an unknown verb": (_typed("region.payer.statd.v1"), "UNKNOWN_TYPE", "ce_type"),
    "another case": (_typed("Region.Payer.Stated.v1"), "UNKNOWN_TYPE", "ce_type"),
    "no version": (_typed("region.payer.stated"), "UNKNOWN_TYPE", "ce_type"),
    "no type": (lambda one: _without(one, "ce_type"), "INVALID_FIELD", "ce_type"),
    "no time": (lambda one: _without(one, "ce_time"), "INVALID_FIELD", "ce_time"),
    "no region": (lambda one: _without(one, "ce_region"), "INVALID_FIELD", "ce_region"),
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

    (answer,) = await _answers(consumer)
    assert (answer["message_id"], answer["reason"], answer["field"]) == (
        str(message_id),
        reason,
        field,
    )
    assert answer["message_subject"] == "4711"
    assert await _names(consumer) == ["second"]
    assert await consumer.quarantine.entries() == []


async def test_a_message_without_an_id_is_found_by_its_place(consumer: Consumer, log: Log) -> None:
    log.stated("4710", 1, "not sent")
    await consumer.settle([_without(log.stated("4711", 1, "first"), "ce_id")])

    await consumer.drain.tell()

    (told,) = await _answers(consumer)
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
    await consumer.settle([_unknown_version(log, "4711"), log.stated("4711", 2, "second")])
    await consumer.drain.tell()
    await consumer.settle([log.stated("4711", 3, "third")])
    for _ in range(2):
        await consumer.drain.tell()

    assert [(one["outcome"], one["offset"]) for one in await _answers(consumer)] == [
        ("quarantined", 0),
        ("waiting", 1),
        ("waiting", 2),
    ]


async def test_many_that_wait_are_told_of_page_by_page(
    consumer: Consumer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kvitt_chassis.consuming.telling.PAGE", 2)
    bad = [_unknown_version(log, f"47{n}") for n in range(3)]
    await consumer.settle([*bad, *(log.stated("470", n, "waits") for n in range(1, 6))])

    await consumer.drain.tell()

    told = [one["offset"] for one in await _answers(consumer)]
    assert sorted(told) == list(range(8))


async def test_a_discarded_message_and_those_behind_it_are_told_how_they_ended(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle(
        [
            _unknown_version(log, "4711"),
            log.stated("4711", 2, "second"),
            log.void("4711"),
            log.stated("4711", 1, "too old"),
        ]
    )
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.discard(entry.id, who="drift", why="sent by mistake")
    await trail.drain_now(consumer)

    assert [(one.get("outcome"), one.get("offset")) for one in await _answers(consumer)][4:] == [
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
    await consumer.settle([_unknown_version(log, "4711")])
    await consumer.settle([log.stated("4711", 2, "second", id=again) for _ in range(2)])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.discard(entry.id, who="drift", why="sent by mistake")
    await trail.drain_now(consumer)

    outcomes = [one["outcome"] for one in await _answers(consumer)]
    assert outcomes == ["quarantined", "waiting", "waiting", "discarded", "applied", "duplicate"]


async def test_a_key_that_is_let_be_tried_and_fails_again_is_told_why_it_is_quarantined_now(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([_unknown_version(log, "4711")])
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

    reasons = [one["reason"] for one in await _answers(consumer)]
    assert reasons == ["REGION_OUT", "UNKNOWN_VERSION"]


async def test_a_key_that_an_operator_lets_be_tried_is_told_of_again_when_the_reason_is_another(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([_unknown_version(log, "4711")])
    async with consumer.database.unit() as unit:
        await unit.session.execute(text("UPDATE parked_keys SET cause = 'not_yet_known'"))
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    for _ in range(2):  # the second time nothing is new to its sender
        await consumer.quarantine.retry(entry.id, who="drift", why="it is known now")
        await trail.drain_now(consumer)
        await consumer.drain.tell()

    reasons = [one["reason"] for one in await _answers(consumer)]
    assert reasons == ["NOT_YET_KNOWN", "UNKNOWN_VERSION"]


async def test_a_mended_message_is_told_to_be_applied_under_the_same_answer(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    await consumer.settle([_without(log.stated("4711", 1, "first"), "ce_id")])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    await consumer.quarantine.edit(
        entry.id, who="drift", why="the id was lost", headers={"ce_id": str(message_id)}
    )
    await trail.drain_now(consumer)

    quarantined, applied = await _answers(consumer)
    assert "message_id" not in quarantined
    assert (applied["outcome"], applied["message_id"]) == ("applied", str(message_id))
    assert await _keys(consumer) == 1


async def test_a_message_that_is_mended_in_vain_is_told_again_why(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([_without(_unknown_version(log, "4711"), "ce_id")])
    await consumer.drain.tell()
    (entry,) = await consumer.quarantine.entries()

    changes = {"ce_id": str(uuid4())}
    await consumer.quarantine.edit(entry.id, who="drift", why="the id", headers=changes)
    await trail.drain_now(consumer)
    await consumer.drain.tell()

    reasons = [one["reason"] for one in await _answers(consumer)]
    assert reasons == ["UNREADABLE", "UNKNOWN_VERSION"]


async def test_a_key_that_is_given_up_is_told_with_what_waits_behind_it(
    consumer: Consumer, log: Log
) -> None:
    mood.failing.add("first")
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 2, "second")])
    await consumer.drain.tell()
    assert await _answers(consumer) == []  # it is tried again by itself

    for _ in range(8):
        await trail.drain_now(consumer)
    await consumer.drain.tell()
    mood.failing.clear()
    (entry,) = await consumer.quarantine.entries()
    await consumer.quarantine.retry(entry.id, who="drift", why="mended")
    await trail.drain_now(consumer)

    assert [(one["outcome"], one.get("reason")) for one in await _answers(consumer)] == [
        ("quarantined", "FAULT"),
        ("waiting", "BEHIND"),
        ("applied", None),
        ("applied", None),
    ]


async def test_an_older_version_is_told_to_be_obsolete_and_a_duplicate_is_not(
    consumer: Consumer, log: Log
) -> None:
    newer = log.stated("4711", 5, "newer")
    await consumer.settle([newer, newer, log.stated("4711", 3, "older")])

    (told,) = await _answers(consumer)
    assert (told["outcome"], told["reason"], told["offset"]) == ("obsolete", "OLDER_VERSION", 1)


async def test_an_event_of_another_service_is_told_to_nobody(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    await consumer.settle([replace(log.released(order, 1), value=b"{"), log.released(order, 2)])

    await consumer.drain.tell()

    assert await _answers(consumer) == []
    assert await table(consumer.database, "SELECT untold FROM parked_keys") == [(False,)]


async def test_an_answer_repeats_no_number_of_a_person(consumer: Consumer, log: Log) -> None:
    number = "189001019802"
    changes: dict[str, Any] = {"source": f"urn:{number}", "type": f"region.x{number}.stated.v1"}
    await consumer.settle(
        [
            log.void(number, **changes),
            _without(log.void(number, **changes), "ce_id"),
        ]
    )

    await consumer.drain.tell()

    assert len(await _answers(consumer)) == 2
    for name in ("events", "refusals"):
        rows = await table(consumer.database, f"SELECT * FROM {name}")
        assert number not in str(rows)


# -- versions and ids with other content -----------------------------------------------------------


async def test_a_version_that_comes_with_other_content_is_refused_and_is_a_duplicate_with_the_same(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 1, "first")])
    await consumer.settle([log.stated("4711", 1, "first"), log.stated("4711", 1, "second")])

    (answer,) = await _answers(consumer)
    assert (answer["reason"], answer["field"]) == ("VERSION_TAKEN", "version")
    assert await _names(consumer) == ["first"]


async def test_the_same_statement_is_the_same_in_either_mode_and_with_its_defaults(
    consumer: Consumer, log: Log
) -> None:
    fact = log.stated("4711", 1, "first")
    body = json.loads(fact.value)
    again = _structured(log, log.stated("4711", 1, "first"), data=dict(reversed(body.items())))

    await consumer.settle([fact, replace(fact, offset=7, value=again, headers=[])])

    assert await _answers(consumer) == []


async def test_a_version_of_which_no_content_is_known_is_obsolete_and_told(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([log.stated("4711", 4, "first")])
    async with consumer.database.unit() as unit:  # as an earlier release has stored it
        await unit.session.execute(text("UPDATE inbound_facts SET statement = NULL"))

    await consumer.settle([log.stated("4711", 4, "second"), log.stated("4711", 5, "third")])

    assert [one["outcome"] for one in await _answers(consumer)] == ["obsolete"]
    assert await _names(consumer) == ["third"]


async def test_an_id_that_comes_with_other_content_is_refused_once(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    first = log.stated("4711", 1, "first", id=message_id)
    other = log.stated("4711", 2, "second", id=message_id)

    await consumer.settle([first, first, other])
    await consumer.settle([other])  # as Kafka delivers it again after a crash

    (answer,) = await _answers(consumer)
    assert (answer["reason"], answer["message_id"]) == ("ID_REUSED", str(message_id))
    assert await _names(consumer) == ["first"]


async def test_a_refused_message_that_is_mended_under_the_same_id_is_told_to_need_a_new_one(
    consumer: Consumer, log: Log
) -> None:
    message_id = uuid4()
    good = log.stated("4711", 1, "first", id=message_id)
    bad = replace(good, value=good.value.replace(b'"first"', b"7"))

    await consumer.settle([bad])
    await consumer.settle([replace(good, offset=9)])

    reasons = [one["reason"] for one in await _answers(consumer)]
    assert reasons == ["INVALID_FIELD", "ID_REUSED"]


# -- structured mode, and headers as clients write them --------------------------------------------


def _structured(log: Log, record: Record, **changes: Any) -> bytes:
    """The same message as one JSON document; without what `changes` sets to None."""
    envelope = Envelope.from_headers(record.headers)
    document = {
        "specversion": "1.0",
        "id": str(envelope.id),
        "source": envelope.source,
        "type": envelope.type,
        "time": envelope.time.isoformat(),
        "subject": envelope.subject,
        "region": envelope.region,
        "data": json.loads(record.value),
    } | changes
    present = {name: value for name, value in document.items() if value is not None}
    return json.dumps(present, ensure_ascii=False).encode()


MEDIA_TYPES: dict[str, list[tuple[str, bytes]]] = {
    "with a parameter": [("content-type", f"{STRUCTURED}; charset=utf-8".encode())],
    "with a capital": [("Content-Type", b"Application/CloudEvents+JSON;charset=UTF-8")],
    "with an underscore": [("content_type", STRUCTURED.encode())],
    "absent": [],
}


@pytest.mark.parametrize("name", MEDIA_TYPES)
async def test_structured_mode_is_seen_by_a_media_type_as_clients_write_it(
    consumer: Consumer, log: Log, name: str
) -> None:
    fact = log.stated("4711", 1, "first")
    value = _structured(log, fact, datacontenttype="application/json; charset=utf-8")

    await consumer.settle([replace(fact, value=value, headers=MEDIA_TYPES[name])])

    assert await _names(consumer) == ["first"]


@pytest.mark.parametrize("write", [str.upper, lambda name: name.replace("_", "-"), str.title])
async def test_headers_are_read_as_clients_write_their_names(
    consumer: Consumer, log: Log, write: Callable[[str], str]
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [(write(name), value) for name, value in fact.headers]

    await consumer.settle([replace(fact, headers=headers)])

    assert await _names(consumer) == ["first"]


BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda one: one[:-5],
    "no id": lambda one: one.replace(b'"id"', b'"idd"'),
    "two ids": lambda one: one.replace(b'"id"', b'"id": "1", "id"'),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_message_in_structured_mode_holds_its_own_subject_up(
    consumer: Consumer, log: Log, name: str
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [("content-type", STRUCTURED.encode())]
    broken = BROKEN[name](_structured(log, fact, id="not a uuid" if name == "cut off" else None))
    if name != "cut off":
        broken = BROKEN[name](_structured(log, fact))

    await consumer.settle(
        [replace(fact, value=broken, headers=headers, key=None), log.stated("4711", 2, "second")]
    )

    (entry,) = await consumer.quarantine.entries()
    assert (entry.key, entry.messages) == (f"{SOURCE} 4711", 2)
    assert await _names(consumer) == []


async def test_a_record_without_a_subject_stands_where_its_key_says(
    consumer: Consumer, log: Log
) -> None:
    fact = _without(log.stated("4711", 1, "first"), "ce_subject")

    await consumer.settle([fact, log.stated("4711", 2, "second")])

    (entry,) = await consumer.quarantine.entries()
    assert (entry.key, entry.messages) == (f"{SOURCE} 4711", 2)


@pytest.mark.parametrize(
    "media_type", ["application/cloudevents-batch+json", "application/cloudevents+avro"]
)
async def test_a_format_that_is_not_read_is_told_with_its_place(
    consumer: Consumer, log: Log, media_type: str
) -> None:
    fact = log.stated("4711", 1, "first")
    headers = [("content-type", media_type.encode())]
    batch = b"[" + _structured(log, fact) + b"]"

    await consumer.settle([replace(fact, value=batch, headers=headers)])
    await consumer.drain.tell()

    (told,) = await _answers(consumer)
    assert (told["outcome"], told["field"]) == ("quarantined", "content-type")


async def test_a_field_twice_within_structured_mode_is_refused(
    consumer: Consumer, log: Log
) -> None:
    fact = log.stated("4711", 1, "first")
    value = _structured(log, fact).replace(b'"name"', b'"name": "another", "name"')

    await consumer.settle([replace(fact, value=value, headers=[])])

    (answer,) = await _answers(consumer)
    assert (answer["reason"], answer["field"]) == ("INVALID_FIELD", "name")


def _unknown_version(log: Log, subject: str) -> Record:
    return _with(log.stated(subject, 1, "first"), "ce_type", b"region.payer.stated.v9")


async def _answers(consumer: Consumer) -> list[dict[str, Any]]:
    async with consumer.database.reading() as session:
        query = text("SELECT payload FROM events WHERE topic = 'orders.refusals' ORDER BY id")
        return [json.loads(one) for one in (await session.scalars(query)).all()]


async def _keys(consumer: Consumer) -> int:
    query = "SELECT count(DISTINCT key) FROM events WHERE topic = 'orders.refusals'"
    ((found,),) = await table(consumer.database, query)
    return int(found)


async def _names(consumer: Consumer) -> list[str]:
    return [name for (name,) in await table(consumer.database, "SELECT name FROM payers")]
