"""A message that is refused, or waits, before it has had any effect: settled in the transaction of
its batch, which goes on.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.database import Database
from kvitt_chassis.handlers import Timer
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.orders import PayerRegistered
from kvitt_contracts.types import PayerId, identify
from kvitt_testkit.sent import transactions

from chassis.tests import trail
from chassis.tests.trail import AC, Log, PayerRow, TrailRow, table, trail_of

REASONS = "SELECT reason FROM refusals WHERE outcome = 'refused'"
KEYS = "SELECT key, state, cause FROM parked_keys ORDER BY key"
PAYERS = "SELECT name, changes FROM payers ORDER BY name"


@pytest.fixture
def consumer(database: Database) -> Consumer:
    return trail.a_consumer(database, tuning=trail.quick())


@pytest.fixture
def ended() -> Iterator[Counter[str]]:
    """How many transactions were committed and rolled back."""
    with transactions() as counted:
        yield counted


# -- refused ---------------------------------------------------------------------------------------


async def test_what_is_refused_before_any_effect_costs_no_transaction_of_its_own(
    consumer: Consumer, log: Log, ended: Counter[str]
) -> None:
    refused = [log.void(f"order-{number}") for number in range(500)]
    await consumer.settle(
        [log.stated("4711", 1, "Umeå"), *refused, log.stated("4712", 1, "Vännäs")]
    )

    assert ended == {"committed": 1}
    assert await table(consumer.database, REASONS) == [("NOT_ALLOWED",)] * 500
    assert await table(consumer.database, PAYERS) == [("Umeå", 1), ("Vännäs", 1)]


async def test_what_is_refused_after_an_effect_leaves_nothing_of_it(
    consumer: Consumer, log: Log, ended: Counter[str]
) -> None:
    await consumer.settle([log.stated("4711", 1, "Umeå"), log.stated("4712", 1, "refused late")])

    assert ended["rolled back"] == 2  # together with the other, and alone
    assert await table(consumer.database, REASONS) == [("NAME_TAKEN",)]
    assert await table(consumer.database, PAYERS) == [("Umeå", 1)]


async def test_a_fact_that_is_refused_leaves_no_version_behind(
    consumer: Consumer, log: Log, ended: Counter[str]
) -> None:
    await consumer.settle([log.stated("4711", 2, "refused"), log.stated("4711", 1, "Umeå")])

    assert ended == {"committed": 1}
    assert await table(consumer.database, PAYERS) == [("Umeå", 1)]
    assert await table(consumer.database, "SELECT version FROM inbound_facts") == [(1,)]


async def test_a_refused_message_that_comes_twice_in_a_batch_has_one_answer(
    consumer: Consumer, log: Log
) -> None:
    record = log.void("order-1")

    await consumer.settle([record, record, log.void("order-1")])

    assert await table(consumer.database, REASONS) == [("NOT_ALLOWED",)] * 2


async def test_an_event_of_another_service_that_a_rule_refuses_is_a_fault(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()

    await consumer.settle([log.refused(order, 1, "refuses")])

    assert await table(consumer.database, REASONS) == []
    assert await table(consumer.database, KEYS) == [(str(order), "waiting", "fault")]


# -- waits -----------------------------------------------------------------------------------------


async def test_what_waits_for_something_unknown_costs_no_transaction_of_its_own(
    consumer: Consumer, log: Log, ended: Counter[str]
) -> None:
    orders, other = [uuid4() for _ in range(500)], uuid4()
    early = [log.refused(order, 1, "payer 4711") for order in orders]

    await consumer.settle([*early, log.released(orders[0], 2), log.released(other, 1)])

    assert ended == {"committed": 1}
    assert await trail_of(consumer.database, other) == (1,)
    parked = await table(consumer.database, KEYS)
    assert parked == [(str(order), "waiting", "not_yet_known") for order in sorted(orders, key=str)]
    assert await table(consumer.database, "SELECT count(*) FROM parked_messages") == [(501,)]


async def test_what_waited_is_applied_in_order_once_that_is_known(
    consumer: Consumer, log: Log
) -> None:
    order = uuid4()
    await consumer.settle([log.refused(order, 1, "payer 4711"), log.released(order, 2)])

    await consumer.settle([log.stated("4711", 1, "Umeå")])
    assert await consumer.drain.settle_due() >= 1  # at once, before its wait is over

    assert await trail_of(consumer.database, order) == (1, 2)
    assert await table(consumer.database, KEYS) == []


async def test_a_parked_message_that_waits_on_is_tried_in_one_transaction(
    consumer: Consumer, log: Log, ended: Counter[str]
) -> None:
    await consumer.settle([log.refused(uuid4(), 1, "payer 4711")])
    ended.clear()

    await trail.drain_now(consumer)

    assert ended["committed"] == 2  # one of them makes the key due
    assert await table(consumer.database, "SELECT tries, cause FROM parked_keys") == [
        (1, "not_yet_known")
    ]


async def test_what_waits_after_an_effect_leaves_nothing_of_it(
    consumer: Consumer, log: Log
) -> None:
    order, other = uuid4(), uuid4()

    await consumer.settle([log.released(other, 1), log.refused(order, 1, "payer late")])

    assert await trail_of(consumer.database, order) == ()
    assert await trail_of(consumer.database, other) == (1,)
    assert await table(consumer.database, KEYS) == [(str(order), "waiting", "not_yet_known")]


# -- what counts as an effect ----------------------------------------------------------------------

Act = Callable[[Transaction], Awaitable[object]]
PAYER = identify(AC, "payer", "4711")
ORDER = identify(AC, "order", "1")
TIMER = Timer("toy_timer", PayerRow)
REGISTERED = PayerRegistered(payer_id=PayerId("4711"), name="Umeå")


async def _record(tx: Transaction) -> None:
    tx.record(await tx.lock(PayerRow, PAYER), REGISTERED)


async def _start(tx: Transaction) -> None:
    event_of_another = PayerRegistered(payer_id=PayerId("4712"), name="Vännäs")
    tx.start(PayerRow, identify(AC, "payer", "4712"), event_of_another)


async def _put(tx: Transaction) -> None:
    tx.put(TrailRow(region=AC, order_id=uuid4(), numbers=()))


async def _schedule(tx: Transaction) -> None:
    tx.schedule(TIMER, key=PAYER, due=datetime(2026, 5, 1, tzinfo=UTC))


async def _cancel(tx: Transaction) -> None:
    tx.cancel_timer(TIMER, key=PAYER)


async def _count(tx: Transaction) -> None:
    tx.after_commit(lambda: None)


async def _ask(tx: Transaction) -> None:
    await tx.session.get(PayerRow, (AC, PAYER))


async def _change(tx: Transaction) -> None:
    (await tx.get(TrailRow, ORDER)).numbers = (1, 2)


async def _change_what_is_found(tx: Transaction) -> None:
    (row,) = await tx.look_up_all(TrailRow, [ORDER])
    row.numbers = (1, 2)


async def _change_what_is_searched(tx: Transaction) -> None:
    row = await tx.search(PayerRow, PayerRow.name, "Umeå")
    assert row is not None
    row.changes = 7


@pytest.mark.parametrize(
    "act",
    [
        _record,
        _start,
        _put,
        _schedule,
        _cancel,
        _count,
        _ask,
        _change,
        _change_what_is_found,
        _change_what_is_searched,
    ],
)
@pytest.mark.parametrize("is_changed_before", [False, True])
async def test_whatever_a_handler_may_leave_behind_is_an_effect(
    database: Database, act: Act, is_changed_before: bool
) -> None:
    async with database.unit() as unit:
        await _known(unit.begin(region=AC))
        if is_changed_before:  # by another message of the batch: the row is to be written already
            earlier = unit.begin(region=AC)
            (await earlier.get(TrailRow, ORDER)).numbers = (1, 1)
            (await earlier.lock(PayerRow, PAYER)).changes = 5
        tx = unit.begin(region=AC)
        tx.watch()

        await act(tx)

        assert tx.may_have_acted


async def test_what_is_only_looked_at_is_no_effect(database: Database) -> None:
    async with database.unit() as unit:
        await _known(unit.begin(region=AC))
        tx = unit.begin(region=AC)
        tx.watch()

        row = await tx.lock(PayerRow, PAYER)
        await tx.get(TrailRow, ORDER)
        await tx.search(PayerRow, PayerRow.name, "Umeå")
        await tx.look_up(PayerRow, uuid4())
        tx.fetched(PayerRow, PAYER)
        tx.record(row)
        tx.mint()

        assert not tx.may_have_acted


async def _known(tx: Transaction) -> None:
    tx.start(PayerRow, PAYER, REGISTERED)
    tx.put(TrailRow(region=AC, order_id=ORDER, numbers=(1,)))
