"""Other people's ways to do the same, each set up as its own documentation advises."""

import asyncio
import json
import os
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage, KafkaResponse
from faststream.security import SASLScram512
from faststream_outbox import OutboxBroker, make_outbox_table
from kvitt_contracts.inventory import ReservationReleased
from kvitt_contracts.orders import OrderVoided
from kvitt_contracts.types import OrderId
from kvitt_testkit.world import wait_for
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from tests.bench import counted
from tests.bench.contest import LONGEST, Place, Watch
from tests.bench.emitted import disorder

_KEYS = 100
_WRITERS = 8


class OutboxRelay:
    """faststream-outbox as relay to Kafka: its quickstart, with the message's key and headers.

    Who commits takes a key's number under the key's row lock, in the message's transaction.
    """

    def __init__(self, place: Place) -> None:
        metadata = sa.MetaData()
        table = make_outbox_table(metadata, table_name="outbox")
        self._counters = sa.Table(
            "counters",
            metadata,
            sa.Column("key", sa.Integer, primary_key=True),
            sa.Column("n", sa.Integer),
        )
        self._metadata = metadata
        self._engine = create_async_engine(_admin_url(place), pool_size=_WRITERS + 4)
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._outbox = OutboxBroker(self._engine, outbox_table=table)
        self._kafka = _broker(place)
        self.relayed = 0
        published = self._kafka.publisher(place.prefix + counted.EMITTED.name)

        @published
        @self._outbox.subscriber("events")
        async def relay(body: dict[str, Any]) -> KafkaResponse:
            self.relayed += 1
            headers = {"ce_sequence": str(body["seq"]), "ce_id": body["id"]}
            return KafkaResponse(json.dumps(body), key=str(body["key"]).encode(), headers=headers)

    @classmethod
    async def of(cls, place: Place) -> "OutboxRelay":
        """With its tables, not started."""
        made = cls(place)
        async with made._engine.begin() as connection:
            await connection.run_sync(made._metadata.create_all)
            counters = [{"key": key, "n": 0} for key in range(_KEYS)]
            await connection.execute(made._counters.insert(), counters)
        return made

    async def start(self) -> None:
        """Relay from now on."""
        await self._kafka.start()
        await self._outbox.start()

    async def stop(self) -> None:
        """Relay no more."""
        await self._outbox.stop()
        await self._kafka.stop()

    async def commit(self, number: int) -> str:
        """Commit an event of 700 B; answers its id."""
        key, event_id = number * 7 % _KEYS, str(uuid4())
        async with self._sessions() as session, session.begin():
            update = (
                self._counters.update()
                .where(self._counters.c.key == key)
                .values(n=self._counters.c.n + 1)
                .returning(self._counters.c.n)
            )
            seq = await session.scalar(update)
            body = {"id": event_id, "key": key, "seq": seq, "filler": os.urandom(300).hex()}
            await self._outbox.publish(body, queue="events", session=session)
        return event_id


async def faststream_outbox(place: Place) -> dict[str, Any]:
    """A backlog that 8 writers have committed."""
    outbox = await OutboxRelay.of(place)
    numbers = iter(range(place.events))

    async def write() -> None:
        for number in numbers:
            await outbox.commit(number)

    await asyncio.gather(*(write() for _ in range(_WRITERS)))
    watch = Watch(place)
    watch.begin()
    await outbox.start()
    await wait_for(lambda: outbox.relayed >= place.events, within=LONGEST, every=0.003)
    result = watch.end(place.events)
    await outbox.stop()
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
    ON CONFLICT (key_digest(topic, key))
    DO UPDATE SET seq = excluded.seq WHERE marks.seq < excluded.seq
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
