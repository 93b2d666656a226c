"""Debezium's PostgreSQL connector with its outbox event router as relay, on our own event log, set
up as its documentation advises. How Kafka Connect is run stands in connect.py.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from kvitt_testkit.world import wait_for
from psycopg.conninfo import conninfo_to_dict

from tests.bench.backlog import fill
from tests.bench.connect import Connectors
from tests.bench.contest import LONGEST, Place, Watch, execute
from tests.bench.emitted import Emitted

# decision 0122: warm, and on our own log
_WARM = 5_000


async def backlog(place: Place) -> dict[str, Any]:
    """A backlog, by a worker and a connector that have run before.

    Not counted: their start, and the first third, of which much is read ahead before any is sent.
    """
    connectors = Connectors(place.connect_url)
    async with _running(place, connectors) as emitted:
        warm = min(_WARM, place.events)
        fill(place, warm)
        await _reach(emitted, warm)
        await asyncio.to_thread(connectors.pause, place.prefix)
        fill(place, place.events, behind=warm)
        connectors.resume(place.prefix)
        await _reach(emitted, warm + place.events // 3)
        watch, before = Watch(place), await emitted.count()
        watch.begin()
        await _reach(emitted, warm + place.events)
        return watch.end(place.events + warm - before, disorder=await emitted.disorder())


@asynccontextmanager
async def running(place: Place, *, poll_ms: int | None = None) -> AsyncIterator[None]:
    """Within: the connector relays what is committed. `poll_ms`: its setting of that name."""
    more = {} if poll_ms is None else {"poll.interval.ms": str(poll_ms)}
    async with _running(place, Connectors(place.connect_url), **more) as emitted:
        fill(place, 200)
        await _reach(emitted, 200)
        yield


@asynccontextmanager
async def _running(place: Place, connectors: Connectors, **more: str) -> AsyncIterator[Emitted]:
    emitted = await Emitted.of(place)
    await asyncio.to_thread(connectors.add, place.prefix, {**_settings(place), **more})
    try:
        yield emitted
    finally:
        await asyncio.to_thread(connectors.remove, place.prefix)
        await emitted.close()
        execute(place, _DROP, _slot(place))


async def _reach(emitted: Emitted, count: int) -> None:
    async def is_reached() -> bool:
        return await emitted.count() >= count

    await wait_for(is_reached, within=LONGEST, every=0.005)


def _settings(place: Place) -> dict[str, str]:
    """The connector's defaults, and what the outbox router must know of the table."""
    address = conninfo_to_dict(place.admin_url)
    router = {
        "type": "io.debezium.transforms.outbox.EventRouter",
        "table.field.event.id": "event_id",
        "table.field.event.key": "key",
        "table.field.event.payload": "payload",
        "route.by.field": "topic",
        "route.topic.replacement": place.prefix + "${routedByValue}",
        "table.fields.additional.placement": ",".join(
            f"{column}:header:{header}" for column, header in _HEADERS.items()
        ),
    }
    return {
        "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
        "tasks.max": "1",
        "database.hostname": str(address["host"]),
        "database.port": str(address["port"]),
        "database.user": str(address["user"]),
        "database.password": str(address["password"]),
        "database.dbname": str(address["dbname"]),
        "topic.prefix": place.prefix,
        "plugin.name": "pgoutput",
        "slot.name": _slot(place),
        "publication.name": f"{place.prefix}publication",
        "publication.autocreate.mode": "filtered",
        "snapshot.mode": "no_data",
        "table.include.list": "public.events",
        "tombstones.on.delete": "false",
        "transforms": "outbox",
        **{f"transforms.outbox.{name}": value for name, value in router.items()},
    }


def _slot(place: Place) -> str:
    return f"{place.prefix}slot"


_HEADERS = {
    "type": "ce_type",
    "region": "ce_region",
    "seq": "ce_sequence",
    "correlation_id": "ce_correlationid",
}
_DROP = "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE slot_name = %s"
