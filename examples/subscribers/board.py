"""Who has which device, without Kvitt's chassis: aiokafka, SQLite, and each event once.

python board.py .kvitt/subscribers/board.json board.sqlite
"""

import asyncio
import contextlib
import json
import signal
import sqlite3
import sys
from pathlib import Path

from aiokafka import AIOKafkaConsumer, TopicPartition
from kvitt_contracts.envelope import Envelope
from kvitt_contracts.inventory import CustodyChanged, DeviceRegistered, DeviceStatedOnLoan

TABLES = """
CREATE TABLE IF NOT EXISTS last_read (topic, subject, sequence, PRIMARY KEY (topic, subject));
CREATE TABLE IF NOT EXISTS devices (device_id PRIMARY KEY, holder, payer_id, since, changes);
"""
TYPES = {one.wire_type: one for one in (DeviceRegistered, DeviceStatedOnLoan, CustodyChanged)}


def apply(database: sqlite3.Connection, topic: str, envelope: Envelope, body: bytes) -> None:
    """The number and the effect of an event, in the caller's transaction; none where it came."""
    new = database.execute(
        "INSERT INTO last_read VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
        " SET sequence = excluded.sequence WHERE excluded.sequence > last_read.sequence",
        (topic, envelope.subject, envelope.sequence),
    )
    if new.rowcount == 0 or envelope.type not in TYPES:  # read before, or nothing for us
        return
    event = TYPES[envelope.type].model_validate_json(body)
    if isinstance(event, DeviceRegistered):
        holder, payer, since = "store", None, event.registered_on
    else:
        holder, payer, since = (
            event.custody.holder.kind,
            event.custody.payer_id,
            event.custody.since,
        )
    database.execute(
        "INSERT INTO devices VALUES (?, ?, ?, ?, 1) ON CONFLICT DO UPDATE SET holder = ?2,"
        " payer_id = ?3, since = ?4, changes = changes + 1",
        (str(event.device_id), holder, payer, str(since)),
    )


async def main(connection: dict, file: str) -> None:
    """Read until SIGTERM; an offset is committed when its effect is."""
    database = sqlite3.connect(file)
    database.executescript(TABLES)
    consumer = AIOKafkaConsumer(
        *(connection["prefix"] + topic for topic in connection["topics"]),
        bootstrap_servers=connection["bootstrap"],
        security_protocol=connection["security"],
        sasl_mechanism=connection["mechanism"],
        sasl_plain_username=connection["username"],
        sasl_plain_password=connection["password"],
        group_id=connection["prefix"] + connection["group"],
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    task = asyncio.current_task()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    async with consumer:
        async for one in consumer:
            with database:  # one transaction
                apply(database, one.topic, Envelope.from_headers(one.headers), one.value)
            await consumer.commit({TopicPartition(one.topic, one.partition): one.offset + 1})


if __name__ == "__main__":
    with contextlib.suppress(asyncio.CancelledError):  # SIGTERM
        asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), sys.argv[2]))
