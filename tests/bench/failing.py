"""What a batch costs of which every message is refused, waits or fails, beside one of good
messages. Handed to the consumer as it reads them, on a real database, without a broker.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cryptography.fernet import Fernet
from kvitt_chassis.consuming.consumer import Consumer, Tuning
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.machine import Limits
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.sealing import Sealer, record_of
from kvitt_chassis.transaction import Transaction
from kvitt_contracts.envelope import Envelope, Message
from kvitt_contracts.inventory import ReleaseRefused
from kvitt_contracts.orders import OrderVoided, VoidOrder
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import REGION_ORDERS, for_region
from kvitt_contracts.types import OrderId, UserId, identify
from sqlalchemy import event

from tests.bench import counted
from tests.bench.contest import Arena, Found, Place, Watch, run_alone
from tests.bench.machine import spread
from tests.bench.report import Table

EVENTS = 500
INBOUND = for_region(REGION_ORDERS, "ac")
_BY = UserId("f101")
_CONTENDERS = {
    "good": "failing:good",
    "refused before any effect": "failing:refused",
    "waiting for what is not known": "failing:waiting",
    "failing in the handler": "failing:failing",
}
messages = Handlers()


@messages.command(VoidOrder, loads=lambda command, tx: [(counted.CountedRow, tx.target("order"))])
async def void_order(command: VoidOrder, tx: Transaction) -> None:
    """Counts, or does as `by` says."""
    if command.by == "refused":
        raise Refused("NOT_ALLOWED", rule="contract", way_on="-")
    if command.by == "failing":
        raise RuntimeError("as the bench wants it")
    key = tx.target("order")
    said = OrderVoided(order_id=OrderId(key), prescriber=_BY)
    tx.record_at(counted.CountedRow, key, said)


@messages.on(ReleaseRefused, loads=lambda event, _: [(counted.CountedRow, event.order_id)])
async def on_release_refused(event: ReleaseRefused, tx: Transaction) -> None:
    """Waits for an order that nobody knows."""
    await tx.lock(counted.CountedRow, event.order_id)


async def measure(arena: Arena, rounds: int) -> Table:
    """Rounds of all kinds; each line's time beside that of the good ones."""
    found = {name: Found(name) for name in _CONTENDERS}
    for _ in range(rounds):
        for name, contender in _CONTENDERS.items():
            place = arena.place(EVENTS)
            try:
                said = await asyncio.to_thread(run_alone, contender, place)
                found[name].rates.append(EVENTS / said["rate"] * 1_000)
                found[name].more.append(said["more"])
            except RuntimeError as error:
                found[name].failed = str(error)[:120]
            finally:
                arena.leave(place)
    return Table(
        f"{EVENTS} messages of {EVENTS}: refused, waiting, failing; {rounds} rounds (goals: "
        "refused ≤ 2 × good; failing ≤ 1,100 transactions and ≤ 2,000 messages loaded)",
        ["", "ms: median (lowest–highest)", "ratio", "transactions", "messages loaded"],
        [_row(one, found["good"]) for one in found.values()],
    )


def _row(one: Found, good: Found) -> list[str]:
    if not one.rates:
        return [one.name, f"failed: {one.failed}", "", "", ""]
    ratio = min(one.rates) / min(good.rates) if good.rates else 0.0
    more = one.more[-1]
    counts = [f"{more['transactions']:,.0f}", f"{more['loaded']:,.0f}"]
    return [one.name, spread(one.rates), f"{ratio:.2f}", *counts]


# -- contenders, each in its own process -----------------------------------------------------------


async def good(place: Place) -> dict[str, Any]:
    """Each has its effect."""
    return await _settle(place, [_void(number, "f101") for number in range(EVENTS)])


async def refused(place: Place) -> dict[str, Any]:
    """Each is refused by a rule."""
    return await _settle(place, [_void(number, "refused") for number in range(EVENTS)])


async def failing(place: Place) -> dict[str, Any]:
    """Each fails in its handler, and is parked."""
    return await _settle(place, [_void(number, "failing") for number in range(EVENTS)])


async def waiting(place: Place) -> dict[str, Any]:
    """Each names what is not known."""
    return await _settle(place, [_release_refused(number) for number in range(EVENTS)])


async def _settle(place: Place, records: list[Record]) -> dict[str, Any]:
    """Handles the records until all are settled, what is handed back again."""
    database = place.database()
    topics = [counted.CONSUMED, INBOUND]
    shared = Shared(
        database=database,
        handlers=messages,
        topics=topics,
        sealer=Sealer(Fernet.generate_key().decode()),
    )
    consumer = Consumer(
        shared=shared,
        topics=topics,
        group=database.service,
        kafka=place.kafka,
        tuning=Tuning(limits=Limits(faults_in_a_row=2 * EVENTS)),
    )
    transactions = loaded = 0

    def ended(_: object) -> None:
        nonlocal transactions
        transactions += 1

    apply, park = consumer.inbox.apply, consumer.inbox.park

    async def applies(arrived: Any, **how: Any) -> Any:
        nonlocal loaded
        loaded += len(arrived)
        return await apply(arrived, **how)

    async def parks(*what: Any, **how: Any) -> Any:
        nonlocal loaded
        loaded += 1
        return await park(*what, **how)

    consumer.inbox.apply = applies  # type: ignore[method-assign]
    consumer.inbox.park = parks  # type: ignore[method-assign]
    async with database.reading():  # the pool's first connection is not measured
        pass
    for name in ("commit", "rollback"):
        event.listen(database.engine.sync_engine, name, ended)
    watch = Watch(place)
    watch.begin()
    left = records
    while left:
        finish = await consumer.settle(left)
        at = {
            (one.topic, one.partition): finish.offsets.get((one.topic, one.partition), 0)
            for one in left
        }
        left = [one for one in left if one.offset >= at[one.topic, one.partition]]
    result = watch.end(EVENTS, transactions=transactions, loaded=loaded)
    await database.dispose()
    return result


def _void(number: int, by: str) -> Record:
    return _record(INBOUND.name, number, VoidOrder(by=UserId(by)), f"order-{number}", None)


def _release_refused(number: int) -> Record:
    order = OrderId(identify("ac", "order", f"order-{number}"))
    message = ReleaseRefused(order_id=order, reason="PICKING_BEGUN")
    return _record(counted.CONSUMED.name, number, message, str(order), 1)


def _record(
    topic: str, offset: int, message: Message, subject: str, sequence: int | None
) -> Record:
    envelope = Envelope(
        id=uuid4(),
        source="urn:kvitt:inventory" if sequence else "urn:region:ac",
        type=message.wire_type,
        time=datetime.now(UTC),
        subject=subject,
        region=counted.AC,
        sequence=sequence,
    )
    return record_of(
        topic=topic,
        partition=0,
        offset=offset,
        key=subject.encode(),
        value=message.model_dump_json().encode(),
        headers=envelope.headers(),
    )
