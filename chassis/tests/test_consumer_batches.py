"""A batch in one transaction means the same as its messages one by one."""

import asyncio
from collections import Counter
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from kvitt_chassis.consuming import positions
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.positions import Reached
from kvitt_chassis.database import Database
from kvitt_contracts.policy import Policies
from kvitt_contracts.types import NAMESPACE
from kvitt_testkit.world import ServiceUrls
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession

from chassis.tests import trail
from chassis.tests.trail import Log

ORDERS = [uuid5(NAMESPACE, name) for name in "abc"]


what = st.sampled_from(
    ["fine", "fine", "fine", "fails", "payer 4711", "payer late", "garbage", "future"]
)
names = st.sampled_from([None, None, "refused", "refused late"])
domain = st.tuples(st.just("event"), st.integers(0, 2), st.integers(1, 4), what)
facts = st.tuples(st.just("fact"), st.integers(1, 4), st.sampled_from(["4711", "4712"]), names)
commands = st.tuples(st.just("command"), st.integers(1, 3), st.none(), st.none())
messages = st.lists(st.one_of(domain, domain, facts, commands), min_size=1, max_size=14)


@example(
    sent=[
        ("fact", 1, "4711", None),
        ("event", 0, 1, "payer 4711"),
        ("fact", 1, "4712", "refused late"),
    ],
    cuts=set(),
)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(sent=messages, cuts=st.sets(st.integers(1, 13), max_size=3))
def test_any_cut_into_batches_ends_in_the_same_rows(
    urls: ServiceUrls, policies: Policies, sent: list[Any], cuts: set[int]
) -> None:
    records = [a_record(Log({(t, 0): n for t in trail.NAMES}), *one) for n, one in enumerate(sent)]
    edges = [0, *sorted(cut for cut in cuts if cut < len(records)), len(records)]
    batches = [records[begin:end] for begin, end in pairwise(edges)]

    as_batches = asyncio.run(outcome(urls, policies, batches))
    one_by_one = asyncio.run(outcome(urls, policies, [[record] for record in records]))

    assert as_batches == one_by_one


def a_record(log: Log, kind: str, number: Any, other: Any, what: str | None) -> Record:
    """The same description gives the same record, id and all."""
    message_id = uuid5(NAMESPACE, f"{kind} {number} {other} {what}")
    match kind:
        case "fact":
            return log.stated(other, number, what or f"v{number}", id=message_id)
        case "command":
            return log.void(f"order-{number}", id=message_id)
    order: UUID = ORDERS[number]
    if what == "fine":
        return log.released(order, other, id=message_id)
    record = log.refused(order, other, str(what), id=message_id)
    if what == "garbage":
        return replace(record, value=b"{")
    if what == "future":
        future = ("ce_type", b"inventory.reservation.released.v9")
        headers = [one for one in record.headers if one[0] != "ce_type"]
        return replace(record, headers=[*headers, future])
    return record


async def outcome(
    urls: ServiceUrls, policies: Policies, batches: list[list[Record]]
) -> dict[str, list[tuple[Any, ...]]]:
    """Every row that the service has in the end, but for times, tries and what they were minted
    from. Between topics there is no order: what came before its row waits for it in the park.
    """
    async with trail.emptied(urls, policies) as database:
        consumer = trail.a_consumer(database, tuning=trail.quick())
        for batch in batches:
            await consumer.settle(batch)
        for _ in range(3):  # what waited for a row of another topic, and what waited for that
            await trail.drain_now(consumer)
        return {name: await trail.table(database, query) for name, query in _ROWS.items()}


_ROWS = {
    "trails": "SELECT order_id, numbers::text FROM trails ORDER BY order_id",
    "payers": "SELECT id, seq, name, changes FROM payers ORDER BY id",
    "marks": "SELECT topic, key, seq, event_ids FROM marks ORDER BY topic, key",
    "seen": "SELECT source, id FROM inbound_seen ORDER BY source, id",
    "versions": "SELECT subject, version FROM inbound_facts ORDER BY subject",
    "keys": "SELECT topic, key, state, cause, field FROM parked_keys ORDER BY topic, key",
    "messages": "SELECT topic, key, seq, position FROM parked_messages ORDER BY topic, position",
    "refusals": "SELECT id, message_id, reason, rule, field FROM refusals ORDER BY id",
    "events": "SELECT topic, key, seq, type, payload FROM events ORDER BY topic, key, seq",
}


async def test_a_failing_batch_leaves_nothing_half_done(database: Database) -> None:
    log = Log()
    records = [log.stated("4711", 1, "Umeå"), log.void("order-1")]

    await trail.a_consumer(database).settle(records)

    assert await trail.table(database, "SELECT topic, seq FROM events ORDER BY topic") == [
        ("orders.refusals", 1),  # the receipt
        ("orders.refusals", 1),  # the refusal
        ("orders.units", 1),
    ]


async def test_so_many_faults_of_so_many_cost_two_transactions_each(database: Database) -> None:
    log = Log()
    consumer = trail.a_consumer(database, tuning=trail.quick())
    left = [log.refused(uuid4(), 1, "fails") for _ in range(100)]
    ended: Counter[str] = Counter()
    for name in ("commit", "rollback"):
        event.listen(database.engine.sync_engine, name, lambda _: ended.update(["transactions"]))
    trail.mood.calls = 0

    while left:  # what is handed back is read again
        finish = await consumer.settle(left)
        at = finish.offsets[left[0].topic, left[0].partition]
        left = [record for record in left if record.offset >= at]

    assert await trail.table(database, "SELECT count(*) FROM parked_keys") == [(100,)]
    assert ended["transactions"] <= 210
    assert trail.mood.calls <= 105


async def test_what_is_settled_while_the_database_is_asked_is_not_taken_for_lost(
    consumer: Consumer, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    read = positions.read

    async def read_and_settle(session: AsyncSession) -> Reached:
        known = await read(session)
        await consumer.settle([log.stated("4712", 1, "Umeå")])
        return known

    monkeypatch.setattr(positions, "read", read_and_settle)
    await consumer.progress.check_database()

    assert not consumer.progress.is_behind
