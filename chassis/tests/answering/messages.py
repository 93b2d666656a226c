"""A region's messages in every shape, and what the service answers."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kvitt_chassis.consuming.consumer import Consumer
from kvitt_chassis.consuming.incoming import Record
from kvitt_contracts.envelope import Envelope
from sqlalchemy import text

from chassis.tests.trail import Log, table

SOURCE = "urn:region:ac"


def without_header(record: Record, header: str) -> Record:
    """The record less one header."""
    return replace(record, headers=[one for one in record.headers if one[0] != header])


def with_header(record: Record, header: str, value: bytes) -> Record:
    """The record with this header alone of its name."""
    return replace(record, headers=[*without_header(record, header).headers, (header, value)])


def typed(wire_type: str) -> Callable[[Record], Record]:
    """What gives a record this type."""
    return lambda one: with_header(one, "ce_type", wire_type.encode())


def of_unknown_version(log: Log, subject: str) -> Record:
    """A fact in a version that nobody knows."""
    return with_header(log.stated(subject, 1, "first"), "ce_type", b"region.payer.stated.v9")


def structured(log: Log, record: Record, **changes: Any) -> bytes:
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


async def answers_of(consumer: Consumer) -> list[dict[str, Any]]:
    async with consumer.database.reading() as session:
        query = text("SELECT payload FROM events WHERE topic = 'orders.refusals' ORDER BY id")
        return [json.loads(one) for one in (await session.scalars(query)).all()]


async def keys_of(consumer: Consumer) -> int:
    query = "SELECT count(DISTINCT key) FROM events WHERE topic = 'orders.refusals'"
    ((found,),) = await table(consumer.database, query)
    return int(found)


async def names_of(consumer: Consumer) -> list[str]:
    return [name for (name,) in await table(consumer.database, "SELECT name FROM payers")]
