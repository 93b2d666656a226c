"""Other people's ways to do the same, each set up as its own documentation advises."""

import asyncio
import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.security import SASLScram512
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from tests.bench import counted
from tests.bench.contest import Place, Watch
from tests.bench.relaying import disorder

_KEYS = 100
_WRITERS = 8


async def faststream_outbox(place: Place) -> dict[str, Any]:
    """faststream-outbox as relay to Kafka: its quickstart, with the message's key and headers."""
    from faststream.kafka import KafkaResponse
    from faststream_outbox import OutboxBroker, make_outbox_table

    metadata = sa.MetaData()
    table = make_outbox_table(metadata, table_name="outbox")
    counters = sa.Table(
        "counters",
        metadata,
        sa.Column("key", sa.Integer, primary_key=True),
        sa.Column("n", sa.Integer),
    )
    engine = create_async_engine(_admin_url(place), pool_size=_WRITERS + 4)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(counters.insert(), [{"key": k, "n": 0} for k in range(_KEYS)])
    outbox = OutboxBroker(engine, outbox_table=table)
    kafka = _broker(place)
    published = kafka.publisher(place.prefix + counted.EMITTED.name)
    done = asyncio.Event()
    relayed = 0

    @published
    @outbox.subscriber("events")
    async def relay(body: dict[str, Any]) -> KafkaResponse:
        nonlocal relayed
        relayed += 1
        if relayed >= place.events:
            done.set()
        headers = {"ce_sequence": str(body["seq"])}
        return KafkaResponse(json.dumps(body), key=str(body["key"]).encode(), headers=headers)

    sessions = async_sessionmaker(engine, expire_on_commit=False)
    numbers = iter(range(place.events))

    async def write() -> None:
        for number in numbers:
            key = number * 7 % _KEYS
            async with sessions() as session, session.begin():
                update = (
                    counters.update()
                    .where(counters.c.key == key)
                    .values(n=counters.c.n + 1)
                    .returning(counters.c.n)
                )
                seq = await session.scalar(update)
                body = {"key": key, "seq": seq, "filler": "x" * 600}
                await outbox.publish(body, queue="events", session=session)

    await asyncio.gather(*(write() for _ in range(_WRITERS)))
    await kafka.start()
    watch = Watch(place)
    watch.begin()
    await outbox.start()
    await done.wait()
    result = watch.end(place.events)
    await outbox.stop()
    await kafka.stop()
    result["more"]["disorder"] = await disorder(place)
    return result


async def plain_faststream(place: Place) -> dict[str, Any]:
    """A FastStream subscriber that acknowledges after its handler, one ORM transaction an event."""
    engine = create_async_engine(place.worker_url, pool_size=5)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    broker = _broker(place)
    watch, done, applied = Watch(place), asyncio.Event(), 0

    @broker.subscriber(
        place.prefix + counted.CONSUMED.name,
        group_id=place.prefix + "plain",
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
    )
    async def count_one(event: ReservationReleased, message: KafkaMessage) -> None:
        nonlocal applied
        if applied == 0:
            watch.begin()
        headers = message.headers
        async with sessions() as session, session.begin():
            marked = await session.execute(
                _MARK,
                {"key": headers["ce_subject"], "seq": int(headers["ce_sequence"])},
            )
            if marked.first() is not None:
                await _apply(session, event.order_id)
        applied += 1
        if applied >= place.events:
            done.set()

    await broker.start()
    await done.wait()
    result = watch.end(place.events)
    await broker.stop()
    return result


async def _apply(session: Any, order_id: UUID) -> None:
    row = await session.get(counted.CountedRow, (counted.AC, order_id), with_for_update=True)
    if row is None:
        row = counted.CountedRow(region=counted.AC, id=order_id, seq=0, changes=0)
        session.add(row)
    row.seq += 1
    row.changes += 1
    said = OrderVoided(order_id=OrderId(order_id), prescriber=counted._PRESCRIBER)
    await session.execute(
        _SAY, {"key": str(order_id), "seq": row.seq, "payload": said.model_dump_json()}
    )


def _broker(place: Place) -> KafkaBroker:
    kafka = place.kafka
    security = SASLScram512(
        username=kafka["sasl_plain_username"], password=kafka["sasl_plain_password"], use_ssl=False
    )
    return KafkaBroker(kafka["bootstrap_servers"], security=security, logger=None)


def _admin_url(place: Place) -> str:
    return place.admin_url.replace("postgresql://", "postgresql+asyncpg://", 1)


_MARK = sa.text(
    """
    INSERT INTO marks (topic, key, seq) VALUES ('plain', :key, :seq)
    ON CONFLICT (topic, key) DO UPDATE SET seq = excluded.seq WHERE marks.seq < excluded.seq
    RETURNING seq
    """
)
_SAY = sa.text(
    """
    INSERT INTO events (event_id, region, topic, key, seq, type, time, payload)
    VALUES (gen_random_uuid(), 'ac', 'orders.customer-orders', :key, :seq,
            'orders.order.voided.v1', now(), :payload)
    """
)
