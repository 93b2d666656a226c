"""What cannot be read rests in quarantine; a person looks, retries, mends or discards, in order."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.machine import State
from kvitt_chassis.consuming.mending import NotEditable
from kvitt_chassis.consuming.quarantine import Entry, NoSuchEntry
from kvitt_chassis.consuming.verdicts import Cause
from kvitt_chassis.database import Database
from kvitt_contracts.envelope import MAX_BYTES
from kvitt_contracts.types import OrderId, RegionCode

from chassis.tests import trail
from chassis.tests.trail import Log, table, trail_of
from contracts.tests.builders.reservations import (
    a_reservation_released,
)


def _without(record: Record, header: str) -> Record:
    return replace(record, headers=[one for one in record.headers if one[0] != header])


def _with(record: Record, header: str, value: bytes) -> Record:
    return replace(record, headers=[*_without(record, header).headers, (header, value)])


BAD_EVENTS: dict[str, tuple[Callable[[Record], Record], Cause, str]] = {
    "broken JSON": (lambda one: replace(one, value=b'{"order'), Cause.UNREADABLE, "data"),
    "not JSON's UTF-8": (lambda one: replace(one, value=b'"\xff"'), Cause.UNREADABLE, "data"),
    "no body": (lambda one: replace(one, value=None), Cause.UNREADABLE, "data"),
    "a body that breaks the contract": (
        lambda one: replace(one, value=b"{}"),
        Cause.INVALID,
        "order_id",
    ),
    "too large": (
        lambda one: replace(one, value=b'"' + b"x" * MAX_BYTES + b'"'),
        Cause.TOO_LARGE,
        "data",
    ),
    "no subject": (lambda one: _without(one, "ce_subject"), Cause.UNREADABLE, "ce_subject"),
    "no sequence": (lambda one: _without(one, "ce_sequence"), Cause.UNREADABLE, "ce_sequence"),
    "another key than the subject": (
        lambda one: _with(one, "ce_subject", b"other"),
        Cause.UNREADABLE,
        "key",
    ),
    "a header that is not UTF-8": (
        lambda one: _with(one, "ce_actor", b"\xff\xfe"),
        Cause.UNREADABLE,
        "ce_actor",
    ),
    "no time zone": (
        lambda one: _with(one, "ce_time", b"2026-03-01T12:00:00"),
        Cause.UNREADABLE,
        "ce_time",
    ),
    "an unknown version of a known noun": (
        lambda one: _with(one, "ce_type", b"inventory.reservation.released.v99"),
        Cause.UNKNOWN_VERSION,
        "ce_type",
    ),
}


@pytest.mark.parametrize("name", BAD_EVENTS)
async def test_an_event_that_cannot_be_read_is_quarantined_with_its_field_and_its_key_waits(
    consumer: Consumer, log: Log, name: str
) -> None:
    damage, cause, field = BAD_EVENTS[name]
    order, other = uuid4(), uuid4()

    await consumer.settle(
        [damage(log.released(order, 1)), log.released(order, 2), log.released(other, 1)]
    )

    (entry,) = await consumer.quarantine.entries()
    assert (entry.state, entry.cause, entry.field) == (State.QUARANTINED, cause, field)
    assert (entry.key, entry.messages, entry.offset) == (str(order), 2, 0)
    assert await trail.trails(consumer.database) == {other: (1,)}


BAD_INBOUND: dict[str, Callable[[Record], Record]] = {
    "no id": lambda one: _without(one, "ce_id"),
    "an id that is none": lambda one: _with(one, "ce_id", b"7"),
}


@pytest.mark.parametrize("name", BAD_INBOUND)
async def test_what_a_region_sends_waits_behind_what_cannot_be_read_by_source_and_subject(
    consumer: Consumer, log: Log, name: str
) -> None:
    damaged = BAD_INBOUND[name](log.stated("4711", 1, "first"))

    await consumer.settle([damaged, log.stated("4711", 2, "second"), log.stated("4712", 1, "x")])

    (entry,) = await consumer.quarantine.entries()
    assert (entry.key, entry.messages) == ("urn:region:ac 4711", 2)
    assert await _payers(consumer.database) == ["x"]


async def test_a_record_without_a_subject_stands_alone_and_the_others_flow(
    consumer: Consumer, log: Log
) -> None:
    blank = log.raw(trail.INBOUND, key=None, value=b"\x00\xff", headers=[("ce_id", b"\xff")])
    nothing = log.raw(trail.INBOUND, key=None, value=None)

    await consumer.settle([blank, nothing, log.stated("4711", 1, "Umeå")])

    entries = await consumer.quarantine.entries()
    assert [entry.key for entry in entries] == ["@0:0", "@0:1"]
    assert await _payers(consumer.database) == ["Umeå"]


async def test_discard_moves_the_mark_past_it_and_lets_what_stands_behind_go_on(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    bad = replace(log.released(order, 1), value=b"{")
    await consumer.settle([bad, log.released(order, 2)])

    await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why="skadad")
    await trail.drain_now(consumer)
    await consumer.settle([bad, log.released(order, 3)])

    assert await trail_of(consumer.database, order) == (2, 3)
    assert await consumer.quarantine.entries() == []


async def test_discard_of_what_has_no_number_takes_the_place_that_is_missing(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    bad = _without(log.released(order, 2), "ce_sequence")
    await consumer.settle([log.released(order, 1), bad, log.released(order, 3)])

    await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why="skadad")
    await trail.drain_now(consumer)
    await consumer.settle([bad])

    assert await trail_of(consumer.database, order) == (1, 3)
    assert await consumer.quarantine.entries() == []


async def test_discard_of_what_was_never_in_line_loses_nothing(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    stray = _without(log.released(order, 9), "ce_sequence")
    await consumer.settle([log.released(order, 1), stray, log.released(order, 2)])

    await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why="främmande")
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2)


async def test_discard_at_a_gap_gives_the_missing_numbers_up(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    await consumer.settle([log.released(order, 1), log.released(order, 4), log.released(order, 5)])

    await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why="finns inte")
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 5)


async def test_a_discarded_inbound_message_is_a_duplicate_when_it_comes_again(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"Umeå"}
    record = log.stated("4711", 1, "Umeå")
    await consumer.settle([record])

    await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why="fel")
    trail.mood.failing.clear()
    await consumer.settle([record])

    assert await _payers(consumer.database) == []
    assert await consumer.quarantine.entries() == []


async def test_retry_tries_at_once_what_stood_in_quarantine(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    trail.mood.failing = {"for now"}
    await consumer.settle([log.refused(order, 1, "for now"), log.released(order, 2)])
    for _ in range(10):
        await trail.drain_now(consumer)
    entry = await _only(consumer)
    assert entry.state is State.QUARANTINED

    trail.mood.failing.clear()
    await consumer.quarantine.retry(entry.id, who="anna", why="rättat")
    await consumer.drain.settle_due()

    assert await trail_of(consumer.database, order) == (1, 2)


async def test_an_edited_body_is_applied_in_its_place(consumer: Consumer, log: Log) -> None:
    order = uuid4()
    bad = replace(log.released(order, 1), value=b"{")
    await consumer.settle([bad, log.released(order, 2)])
    good = a_reservation_released(OrderId(order)).model_dump_json().encode()

    await consumer.quarantine.edit((await _only(consumer)).id, who="anna", why="brus", body=good)
    await consumer.drain.settle_due()

    assert await trail_of(consumer.database, order) == (1, 2)


async def test_an_edit_that_says_the_subject_again_moves_a_misplaced_message_to_its_key(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    misplaced = replace(log.released(order, 2), key=b"elsewhere")
    await consumer.settle([log.released(order, 1), misplaced, log.released(order, 3)])
    entry = next(one for one in await consumer.quarantine.entries() if one.key == "elsewhere")

    await consumer.quarantine.edit(entry.id, who="a", why="b", headers={"ce_subject": str(order)})
    await trail.drain_now(consumer)

    assert await trail_of(consumer.database, order) == (1, 2, 3)
    assert await consumer.quarantine.entries() == []


async def test_an_edit_that_would_make_another_message_changes_nothing(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"Umeå"}
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    entry = await _only(consumer)

    with pytest.raises(NotEditable) as refused:
        await consumer.quarantine.edit(entry.id, who="a", why="b", headers={"ce_actor": "k1"})

    assert refused.value.field == "ce_actor"
    assert await _only(consumer) == entry
    assert await table(consumer.database, "SELECT * FROM audit") == []


@pytest.mark.rule("REF-18h")
async def test_who_operates_another_region_finds_nothing_of_this_one(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"Umeå"}
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    quarantine, entry, other = consumer.quarantine, await _only(consumer), RegionCode("bd")
    act: dict[str, Any] = {"who": "anna", "why": "prova", "region": other}

    assert await quarantine.entries(region=other) == []
    assert await quarantine.counts(region=other) == {}
    with pytest.raises(NoSuchEntry):
        await quarantine.show(entry.id, region=other)
    for attempt in (quarantine.retry, quarantine.edit, quarantine.discard):
        with pytest.raises(NoSuchEntry):
            await attempt(entry.id, **act)

    assert await quarantine.entries(region=trail.AC) == [entry]
    assert (await quarantine.show(entry.id, region=trail.AC)).entry == entry
    assert await quarantine.counts(region=trail.AC) == {(entry.state, entry.cause): 1}
    assert await table(consumer.database, "SELECT * FROM audit") == []


@pytest.mark.rule("REF-18h")
async def test_what_belongs_to_no_region_is_shown_to_who_operates_all(
    consumer: Consumer, log: Log
) -> None:
    await consumer.settle([_without(log.released(uuid4(), 1), "ce_region")])

    assert await consumer.quarantine.entries(region=trail.AC) == []
    assert (await _only(consumer)).region is None


async def test_an_unknown_version_is_tried_again_when_the_service_starts_anew(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    record = _with(log.released(order, 1), "ce_type", b"inventory.reservation.released.v99")
    await consumer.settle([record])
    assert (await _only(consumer)).state is State.QUARANTINED

    async with consumer.database.unit() as unit:
        await parking.try_again(unit.session, [Cause.UNKNOWN_VERSION])

    assert (await _only(consumer)).state is State.WAITING


async def test_every_act_is_audited_with_who_when_and_why_and_no_value(
    consumer: Consumer, log: Log
) -> None:
    trail.mood.failing = {"Umeå"}
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    entry = await _only(consumer)

    await consumer.quarantine.retry(entry.id, who="anna", why="prova")
    await consumer.quarantine.edit(
        entry.id, who="bo", why="stavfel", body=b'{"secret": 1}', headers={"ce_dataschema": "x1"}
    )
    await consumer.quarantine.discard(entry.id, who="cy", why="dubblett")

    acts = await table(consumer.database, "SELECT who, what, why, about::text FROM audit")
    assert [(who, what, why) for who, what, why, _ in acts] == [
        ("anna", "quarantine.retry", "prova"),
        ("bo", "quarantine.edit", "stavfel"),
        ("cy", "quarantine.discard", "dubblett"),
    ]
    assert json.loads(acts[1][3])["headers"] == ["ce_dataschema"]
    assert "secret" not in acts[1][3]


async def test_an_act_without_a_reason_is_not_done(consumer: Consumer, log: Log) -> None:
    await consumer.settle([replace(log.released(uuid4(), 1), value=b"{")])

    with pytest.raises(ValueError, match="reason"):
        await consumer.quarantine.discard((await _only(consumer)).id, who="anna", why=" ")

    assert len(await consumer.quarantine.entries()) == 1


async def test_an_entry_that_is_gone_is_told_apart(consumer: Consumer) -> None:
    with pytest.raises(NoSuchEntry):
        await consumer.quarantine.show(4711)


async def test_what_is_shown_is_masked(consumer: Consumer, log: Log) -> None:
    record = replace(
        log.stated("4711", 1, "Umeå"),
        value=b'{"version": 1, "payer_id": "Hemlig", "number": 189001019802, "name": [true, "X"],'
        b' "Anna Svensson": 3}',
    )
    record = _with(_with(record, "ce_actor", b"189001019802"), "x-own", b"Hemlig")
    trail.mood.failing = {"Umeå"}
    await consumer.settle([replace(record, headers=[*_without(record, "ce_id").headers])])

    shown = await consumer.quarantine.show((await _only(consumer)).id)

    assert shown.body == {
        "version": 1,
        "payer_id": "•••",
        "number": "•••",
        "name": [True, "•••"],
        "•••": 3,
    }
    assert shown.headers["ce_type"] == "region.payer.stated.v1"
    for secret in ("Hemlig", "9001019802", "Anna"):
        assert secret not in repr(shown)


async def test_entries_are_listed_by_cause_and_counted(consumer: Consumer, log: Log) -> None:
    bad = uuid4()
    await consumer.settle([log.released(uuid4(), 2), replace(log.released(bad, 1), value=b"{")])

    (unreadable,) = await consumer.quarantine.entries(cause=Cause.UNREADABLE)
    (gap,) = await consumer.quarantine.entries(state=State.WAITING)

    assert unreadable.key == str(bad)
    assert gap.cause is Cause.GAP
    assert await consumer.quarantine.counts() == {
        (State.WAITING, Cause.GAP): 1,
        (State.QUARANTINED, Cause.UNREADABLE): 1,
    }


async def _only(consumer: Consumer) -> Entry:
    (entry,) = await consumer.quarantine.entries()
    return entry


async def _payers(database: Database) -> list[str]:
    return [name for (name,) in await table(database, "SELECT name FROM payers ORDER BY name")]
