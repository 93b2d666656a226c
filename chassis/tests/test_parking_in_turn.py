"""The drain between regions: turns, time, and what a key costs that waits for a row."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from aiokafka import ConsumerRecord
from kvitt_chassis.consuming import drain as drains
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.caps import Cap, Share, is_over
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.parking import TopicKey
from kvitt_chassis.database import Database
from kvitt_contracts.inventory import ReleaseRefused
from kvitt_contracts.orders import PayerRegistered
from kvitt_contracts.types import OrderId, PayerId, RegionCode, identify
from kvitt_testkit.sent import transactions
from sqlalchemy import event, text

from chassis.tests import trail

MANY = 120


@pytest.fixture
def consumer(database: Database) -> Consumer:
    return trail.a_consumer(database, tuning=trail.quick())


def waits(log: trail.Log, region: str, payer: str, order: UUID | None = None) -> ConsumerRecord:
    """An event of a region that waits for a payer, or fails with that word."""
    key = order or uuid4()
    reason = f"payer {payer}" if payer.isdigit() else payer
    message = ReleaseRefused(order_id=OrderId(key), reason=reason)
    envelope = trail.an_envelope(message, subject=str(key), sequence=1, region=region)
    return log.record(trail.RESERVATIONS, envelope, message)


async def become_due(database: Database) -> None:
    """Let the time of every waiting key come."""
    async with database.unit() as unit:
        await unit.session.execute(text("UPDATE parked_keys SET next_at = clock_timestamp()"))


def noted(consumer: Consumer, monkeypatch: pytest.MonkeyPatch) -> list[TopicKey]:
    """The keys that the drain tries from now on, in order."""
    tried: list[TopicKey] = []
    settle = consumer.drain._settle_key

    async def note(place: TopicKey) -> bool:
        tried.append(place)
        return await settle(place)

    monkeypatch.setattr(consumer.drain, "_settle_key", note)
    return tried


async def test_a_regions_due_key_is_among_the_first_however_many_another_has(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, order = trail.Log(), uuid4()
    trail.mood.failing = {"for now"}
    await consumer.settle([waits(log, "ac", "for now") for _ in range(MANY)])
    await consumer.settle([waits(log, "bd", "for now", order)])
    await become_due(consumer.database)
    tried = noted(consumer, monkeypatch)

    await consumer.drain.settle_due()

    assert str(order) in [key for _, key in tried[:2]]


async def test_a_region_whose_tries_take_long_leaves_the_page_to_the_others(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, order = trail.Log(), uuid4()
    trail.mood.failing = {"for now"}
    await consumer.settle([waits(log, "ac", "for now") for _ in range(5)])
    await consumer.settle([waits(log, "bd", "for now", order)])
    await become_due(consumer.database)
    tried = noted(consumer, monkeypatch)
    consumer.drain.region_seconds = 0.0

    await consumer.drain.settle_due()

    assert tried == []  # no region has any time: each is left for its next turn

    consumer.drain.region_seconds = 1e-9
    await consumer.drain.settle_due()

    assert len(tried) == 2
    assert str(order) in [key for _, key in tried]


async def test_a_page_of_due_keys_has_each_region_in_turn(consumer: Consumer) -> None:
    log = trail.Log()
    await consumer.settle([waits(log, "ac", "4711") for _ in range(MANY)])
    await consumer.settle([waits(log, "bd", "4711") for _ in range(3)])
    await become_due(consumer.database)

    async with consumer.database.reading() as session:
        found = await parking.due(session, limit=10)

    assert sorted(one.region for one in found[:6]) == ["ac", "ac", "ac", "bd", "bd", "bd"]
    assert [one.region for one in found[6:]] == ["ac"] * 4


async def test_keys_that_wait_for_a_row_are_not_tried_before_it_is_there(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = trail.Log()
    await consumer.settle([waits(log, "ac", "4711") for _ in range(MANY)])
    await consumer.drain._round()  # looks whether the row has come while they were parked
    await become_due(consumer.database)
    calls, statements = trail.mood.calls, _statements(consumer.database)

    for _ in range(MANY // drains._PAGE + 1):
        await consumer.drain.settle_due()

    assert trail.mood.calls == calls
    assert len(statements) < MANY / 4  # pages, not keys
    query = "SELECT count(*) FROM parked_keys WHERE next_at > clock_timestamp() + interval '20 s'"
    assert await trail.table(consumer.database, query) == [(MANY,)]


async def test_they_are_tried_when_their_deadline_is_over(consumer: Consumer) -> None:
    log = trail.Log()
    await consumer.settle([waits(log, "ac", "4711")])
    await consumer.drain._round()
    async with consumer.database.unit() as unit:
        await unit.session.execute(
            text("UPDATE parked_keys SET parked_at = parked_at - interval '16 minutes'")
        )
    await become_due(consumer.database)

    await consumer.drain.settle_due()

    found = await trail.table(consumer.database, "SELECT state FROM parked_keys")
    assert found == [("quarantined",)]


async def test_a_row_that_another_process_has_stored_is_found(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, order = trail.Log(), uuid4()
    await consumer.settle([waits(log, "ac", "4711", order)])
    await consumer.drain._round()
    consumer.database.committed.clear()  # this process hears nothing of it
    async with consumer.database.unit() as unit:
        known = PayerRegistered(payer_id=PayerId("4711"), name="Umeå")
        unit.begin(region=trail.AC).start(trail.PayerRow, identify("ac", "payer", "4711"), known)
    consumer.drain._awaited._looked_at = 0.0  # its time to look has come

    await consumer.drain._round()

    assert await trail.trail_of(consumer.database, order) == (1,)


async def test_what_waits_for_a_value_is_tried_when_its_row_gets_it(consumer: Consumer) -> None:
    log, order = trail.Log(), uuid4()
    await consumer.settle([log.stated("4711", 1, "Skellefteå")])
    await consumer.settle([waits(log, "ac", "called 4711 Umeå", order)])
    await consumer.drain._round()  # tried in vain: the row is there, and is called otherwise
    assert await trail.trails(consumer.database) == {}

    await consumer.settle([log.stated("4711", 2, "Umeå")])
    await consumer.drain._round()

    assert await trail.trail_of(consumer.database, order) == (1,)


async def test_keys_that_waited_for_one_row_are_settled_together(consumer: Consumer) -> None:
    log, orders = trail.Log(), [uuid4() for _ in range(60)]
    await consumer.settle([waits(log, "ac", "4711", order) for order in orders])
    await consumer.settle([log.stated("4711", 1, "Umeå")])

    with transactions() as ended:
        tried = await consumer.drain.settle_due()

    assert (tried, ended["committed"]) == (50, 2)
    assert await consumer.drain.settle_due() == 10
    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1,))
    for table in ("parked_keys", "parked_messages"):
        assert await trail.table(consumer.database, f"SELECT count(*) FROM {table}") == [(0,)]


async def test_each_region_has_a_turn_however_many_keys_of_others_are_settled_together(
    consumer: Consumer,
) -> None:
    log, order = trail.Log(), uuid4()
    many = [waits(log, region, "4711") for region in ("ac", "bd") for _ in range(MANY)]
    await consumer.settle([*many, waits(log, "w", "4711", order)])
    key = identify("ac", "payer", "4711")
    for region in ("ac", "bd", "w"):
        async with consumer.database.unit() as unit:
            known = trail.PayerRow(region=region, id=key, seq=1, name="Umeå", changes=0)
            unit.begin(region=RegionCode(region)).put(known)

    await consumer.drain.settle_due()

    assert order in await trail.trails(consumer.database)


async def test_what_stands_behind_a_key_that_is_settled_together_comes_after_it(
    consumer: Consumer,
) -> None:
    log, orders = trail.Log(), [uuid4(), uuid4()]
    await consumer.settle([waits(log, "ac", "4711", order) for order in orders])
    await consumer.settle([log.released(order, number) for order in orders for number in (2, 3)])
    await consumer.settle([log.stated("4711", 1, "Umeå")])

    await consumer.drain.settle_due()
    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1,))
    await consumer.drain.settle_due()
    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1, 2, 3))


async def test_one_that_fails_among_those_that_waited_holds_up_no_other(
    consumer: Consumer,
) -> None:
    log, orders, bad = trail.Log(), [uuid4() for _ in range(5)], uuid4()
    await consumer.settle([waits(log, "ac", "4711", order) for order in orders])
    await consumer.settle([waits(log, "ac", "4712", bad)])
    await consumer.settle([log.stated(payer, 1, "Umeå") for payer in ("4711", "4712")])
    trail.mood.failing = {"payer 4712"}

    await consumer.drain.settle_due()
    assert await trail.trails(consumer.database) == {}  # nothing of it is done

    await consumer.drain.settle_due()
    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1,))
    found = await trail.table(consumer.database, "SELECT key, cause FROM parked_keys")
    assert found == [(str(bad), "fault")]


async def test_keys_that_take_long_together_are_tried_one_by_one(
    consumer: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, orders = trail.Log(), [uuid4() for _ in range(3)]
    await consumer.settle([waits(log, "ac", "4711", order) for order in orders])
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    monkeypatch.setattr(drains, "_TOGETHER_SECONDS", 0.0)
    tried = noted(consumer, monkeypatch)

    await consumer.drain.settle_due()
    assert (tried, await trail.trails(consumer.database)) == ([], {})

    await consumer.drain.settle_due()
    assert len(tried) == 3
    assert await trail.trails(consumer.database) == dict.fromkeys(orders, (1,))


async def test_keys_that_wait_on_for_another_row_stay_parked(consumer: Consumer) -> None:
    log, order, other = trail.Log(), uuid4(), uuid4()
    await consumer.settle([waits(log, "ac", "4711", order), waits(log, "ac", "4711", other)])
    await consumer.settle([log.stated("4711", 1, "Umeå")])
    async with consumer.database.unit() as unit:
        await unit.session.execute(text("DELETE FROM payers"))

    await consumer.drain.settle_due()

    found = await trail.table(consumer.database, "SELECT state, cause, tries FROM parked_keys")
    assert found == [("waiting", "not_yet_known", 1)] * 2


def test_a_region_is_over_its_cap_until_a_quarter_has_left() -> None:
    cap = Cap(keys=100, bytes=1000)

    def over(keys: int, size: int, *, was_over: bool) -> bool:
        return is_over(Share(keys, size), cap, was_over=was_over)

    assert not over(99, 999, was_over=False)
    assert over(100, 0, was_over=False)
    assert over(0, 1000, was_over=False)
    assert over(75, 0, was_over=True)
    assert not over(74, 749, was_over=True)


async def test_a_regions_share_is_what_came_on_its_own_topics(consumer: Consumer) -> None:
    log = trail.Log()
    raw = [log.raw(trail.INBOUND, key=str(number).encode(), value=b"{") for number in range(3)]
    await consumer.settle([*raw, waits(log, "ac", "4711")])

    await consumer.shared.caps.measure()

    ((size,),) = await trail.table(
        consumer.database,
        f"SELECT sum(length(sealed)) FROM parked_messages WHERE topic = '{trail.INBOUND}'",
    )
    assert consumer.shared.caps.shares == {"ac": Share(3, size)}
    assert not consumer.shared.caps.over


def _statements(database: Database) -> list[str]:
    """Collects the statements that are sent from now on."""
    sent: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *others: Any) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    return sent
