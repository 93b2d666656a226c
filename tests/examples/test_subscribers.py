"""The examples of subscribers as somebody runs them: their own user, a real broker, events that the
services emit. Each takes an event once, also where it comes again and where it was killed.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from aiokafka import AIOKafkaProducer
from cryptography.fernet import Fernet
from kvitt.local import subscribers as local
from kvitt.local.databases import DatabaseUrls
from kvitt_contracts.envelope import Event
from kvitt_contracts.subscribers import Subscriber, SubscriberName
from kvitt_contracts.topics import INVENTORY_DEVICES
from kvitt_testkit.platform import Platform
from kvitt_testkit.wire import client_settings
from kvitt_testkit.world import an_envelope, wait_for

from contracts.tests.builders.inventory import (
    a_custody_changed_by_order,
    a_custody_changed_by_return,
    a_device_registered,
)

pytestmark = pytest.mark.long(seconds=30)

EXAMPLES = Path(__file__).parents[2] / "examples" / "subscribers"
Device = tuple[str, str | None, str, int]


class Board:
    """One example with its arguments, and what stands in its database."""

    def __init__(
        self, arguments: list[str], environment: dict[str, str], read: Callable[[], list[Device]]
    ) -> None:
        self.arguments, self.environment, self.read = arguments, environment, read

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, *self.arguments, env={**os.environ, **self.environment}
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    def has(self, wanted: list[Device]) -> bool:
        return self.read() == wanted


@pytest.fixture
def prefix(platform: Platform) -> Iterator[str]:
    """Of a topic of its own: each board is to have one device."""
    prefix = f"boards{uuid4().hex[:6]}-"
    platform.create_topics(prefix, topics=[INVENTORY_DEVICES])
    yield prefix
    platform.delete_topics(prefix)


@pytest.fixture(params=["board", "board_with_inbox"])
def board(request: pytest.FixtureRequest, platform: Platform, prefix: str, tmp_path: Path) -> Board:
    if platform.admin is None:
        pytest.skip("the broker asks nobody who they are")
    one = Subscriber(name=SubscriberName(f"board{uuid4().hex[:6]}"), reads=("inventory.devices",))
    connection = local.Subscriptions(
        bootstrap=platform.bootstrap, admin=platform.admin, folder=tmp_path, prefix=prefix
    ).grant(one)
    program = str(EXAMPLES / f"{request.param}.py")
    if request.param == "board":
        file = tmp_path / "board.sqlite"
        return Board([program, str(connection), str(file)], {}, partial(_in_sqlite, file))
    urls = platform.database("board", prefix, migrate=False)
    environment = {
        "KVITT_SUBSCRIBER_CONNECTION": str(connection),
        "KVITT_SUBSCRIBER_DATABASE_URL": urls.owner,
        "KVITT_SUBSCRIBER_QUARANTINE_KEY": Fernet.generate_key().decode(),
    }
    return Board([program], environment, partial(_in_postgres, DatabaseUrls.libpq(urls.owner)))


async def test_an_event_counts_once_though_it_comes_again_and_the_reader_was_killed(
    platform: Platform, prefix: str, board: Board
) -> None:
    number = f"R{uuid4().hex[:5]}"
    registered, lent, back = _events(
        a_device_registered(number),
        a_custody_changed_by_order(number),
        a_custody_changed_by_return(number),
    )
    await _publish(platform, prefix, registered, lent, registered, lent)
    async with board.running() as process:
        await wait_for(lambda: board.has([_lent(lent)]), within=60)
        process.kill()
        assert await process.wait() == -signal.SIGKILL

    await _publish(platform, prefix, registered, lent, back)
    async with board.running() as process:
        await wait_for(lambda: board.has([("store", None, "2026-03-09", 3)]), within=60)

    assert process.returncode == 0


Sent = tuple[Event, list[tuple[str, bytes]]]


def _events(*events: Any) -> list[Sent]:
    """The events of one device, numbered, as inventory sends them."""
    return [
        (
            event,
            an_envelope(event, subject=str(event.device_id), sequence=sequence).headers(),
        )
        for sequence, event in enumerate(events, 1)
    ]


def _lent(sent: Sent) -> Device:
    custody = json.loads(sent[0].model_dump_json())["custody"]
    return (custody["holder"]["kind"], custody["payer_id"], custody["since"], 2)


async def _publish(platform: Platform, prefix: str, *several: Sent) -> None:
    async with AIOKafkaProducer(**client_settings(platform, "inventory")) as producer:
        for event, headers in several:
            key = dict(headers)["ce_subject"]
            body = event.model_dump_json().encode()
            topic = prefix + INVENTORY_DEVICES.name
            await producer.send_and_wait(topic, body, key=key, headers=headers)


def _in_sqlite(file: Path) -> list[Device]:
    database = sqlite3.connect(file)
    try:
        return database.execute("SELECT holder, payer_id, since, changes FROM devices").fetchall()
    except sqlite3.OperationalError:  # not made yet
        return []
    finally:
        database.close()


def _in_postgres(url: str) -> list[Device]:
    with psycopg.connect(url) as database:
        if database.execute("SELECT to_regclass('devices')").fetchone() == (None,):
            return []
        found = database.execute("SELECT holder, payer_id, since::text, changes FROM devices")
        return [(one[0], one[1], one[2], one[3]) for one in found]
