"""The relay (message relay, polling publisher): does what its machine decides, on the database and
Kafka. Decides nothing itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any

from kvitt_chassis.consuming.faults import describe
from kvitt_chassis.database import Database
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.operating.history import History
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.relaying import outbox
from kvitt_chassis.relaying.dedicated_connection import DedicatedConnection
from kvitt_chassis.relaying.lease import RelayLease
from kvitt_chassis.relaying.machine import LEASE_SECONDS, RelayMachine
from kvitt_chassis.relaying.metrics import RelayMetrics
from kvitt_chassis.relaying.outbox import OutboxRow
from kvitt_chassis.relaying.outbox_reader import SETUP, OutboxReader
from kvitt_chassis.relaying.publisher import Publisher
from kvitt_chassis.relaying.steps import (
    PAGE,
    Action,
    DatabaseFailed,
    Happened,
    InRecovery,
    LeaseBusy,
    LeaseLost,
    LeaseRenewed,
    LeaseTaken,
    Leave,
    Left,
    Look,
    PageRead,
    Pause,
    Publish,
    Published,
    PublishFailed,
    Read,
    RenewLease,
    Survey,
    TakeLease,
    Waited,
)

STATEMENT_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Relay:
    """Publishes a service's committed events to Kafka, each key's in order, none left out.

    `database` has the worker role; one connection of its pool is held. `kafka`: aiokafka's
    connection settings (`Settings.kafka`). Several may run for one service: one holds the lease,
    the others stand by.
    """

    def __init__(
        self,
        database: Database,
        *,
        kafka: Mapping[str, Any],
        topic_prefix: str = "",
        history: History | None = None,
        telemetry: Telemetry | None = None,
        page: int = PAGE,
    ) -> None:
        self.service = database.service
        self.refusal: str | None = None
        self._database = database
        self._publisher = Publisher(kafka, service=self.service, topic_prefix=topic_prefix)
        self._kafka = kafka
        self._topic_prefix = topic_prefix
        self._history = history or History(None, self.service)
        self._telemetry = telemetry
        self._metrics = RelayMetrics(self.service)
        self._machine = RelayMachine(page=page)
        self._connection = DedicatedConnection(database, setup=SETUP, seconds=STATEMENT_SECONDS)
        self._lease = RelayLease(self._connection)
        self._reader = OutboxReader(self._connection, page=page)
        self._woken = asyncio.Event()
        self._ended = asyncio.Event()
        database.committed.append(lambda unit: self.wake() if unit.wrote_events else None)

    @property
    def is_holder(self) -> bool:
        """True while this relay holds the lease, as far as it knows."""
        return self._machine.is_holder

    def wake(self) -> None:
        """Look for new events at once."""
        self._woken.set()

    async def run(self) -> None:
        """Publish until `drain` or cancellation. While the database or Kafka is unavailable, tries
        again.
        """
        action: Action | None = self._machine.begin(monotonic())
        try:
            while action is not None:
                happened = await self._do(action)
                action = self._machine.next(happened, monotonic())
        finally:
            self._metrics.holder.set(0)
            await self._publisher.close()
            await self._connection.drop()
            self._ended.set()

    async def drain(self, seconds: float = 5.0) -> bool:
        """Let `run` publish what is committed now, release the lease and return. Answers False when
        that took too long; what was not published remains in the log for the next relay, and
        `run` is to be cancelled.
        """
        self._machine.drain()
        self.wake()
        try:
            async with asyncio.timeout(seconds):
                await self._ended.wait()
        except TimeoutError:
            return False
        return True

    async def republish(self, topic: str, key: str, from_seq: int = 1) -> int:
        """Publish one key's events again, unchanged, from a sequence on. Answers how many.

        Readers recognise by their marks what they have seen. Raises KafkaError, DBAPIError,
        TimeoutError.
        """
        publisher = Publisher(self._kafka, service=self.service, topic_prefix=self._topic_prefix)
        sent = 0
        try:
            while True:
                async with self._database.reading() as session:
                    rows = await outbox.of_key(session, topic, key, from_seq=from_seq, limit=PAGE)
                if not rows:
                    return sent
                await publisher.publish(rows)
                sent += len(rows)
                from_seq = rows[-1].seq + 1
        finally:
            await publisher.close()

    async def _do(self, action: Action) -> Happened:
        match action:
            case Pause():
                return await self._pause(action)
            case Publish():
                return await self._publish(action)
            case Survey():
                return await self._survey()
        try:
            return await self._ask_database(action)
        except Exception as error:
            return await self._database_failed(error)

    async def _ask_database(self, action: TakeLease | RenewLease | Look | Read | Leave) -> Happened:
        match action:
            case Look():
                return await self._reader.look(action.cursor)
            case Read():
                return await self._reader.read(action.cursor)
            case RenewLease(epoch, cursor, place):
                failpoint("relay.before_store")
                kept = await self._lease.store(epoch, cursor, place, seconds=LEASE_SECONDS)
                failpoint("relay.after_store")
                return LeaseRenewed() if kept else LeaseLost()
            case TakeLease():
                return await self._take_lease()
            case Leave():
                if action.epoch is not None and action.cursor is not None:
                    await self._lease.store(action.epoch, action.cursor, None, seconds=0.0)
                return Left()

    async def _take_lease(self) -> Happened:
        taken = await self._lease.take(seconds=LEASE_SECONDS)
        if isinstance(taken, LeaseTaken):
            _log.info("%s: the relay holds the lease, epoch %s", self.service, taken.epoch)
        if not isinstance(taken, InRecovery):
            self._metrics.holder.set(isinstance(taken, LeaseTaken))
        if isinstance(taken, LeaseBusy):
            self._refuse(None)
        return taken

    async def _survey(self) -> Happened:
        try:
            cluster_id = await self._publisher.cluster_id()
        except Exception as error:
            return self._kafka_failed(error)
        try:
            found = await self._lease.survey(cluster_id)
        except Exception as error:
            return await self._database_failed(error)
        self._refuse(None)
        return found

    async def _publish(self, action: Publish) -> Happened:
        rows: list[OutboxRow] = list(action.page.rows)
        ahead = asyncio.create_task(self._read_ahead(action.ahead)) if action.ahead else None
        try:
            failpoint("relay.before_send")
            with self._span(rows):
                await self._publisher.publish(rows)
            failpoint("relay.after_send")
        except Exception as error:
            await self._publisher.close()  # final for this producer, wherever it failed
            if ahead is not None:
                await ahead
            self._metrics.oldest.set(_age(rows[0]))
            return self._kafka_failed(error)
        except BaseException:
            if ahead is not None:
                ahead.cancel()
            raise
        self._tell(rows)
        return Published(None if ahead is None else await ahead)

    async def _read_ahead(self, read: Read) -> PageRead | None:
        happened = await self._do(read)
        return happened if isinstance(happened, PageRead) else None  # asked for again, then

    def _span(self, rows: list[OutboxRow]) -> Any:
        if self._telemetry is None or not self._telemetry.is_recording:
            return nullcontext()
        traces = {row.traceparent for row in rows if row.traceparent}
        return self._telemetry.span("relay page", links=traces, events=len(rows))

    def _tell(self, rows: list[OutboxRow]) -> None:
        age = _age(rows[0])
        self._metrics.oldest.set(age)
        self._metrics.sent.inc(len(rows))
        self._metrics.delay.observe(age)
        if self._history.is_written:
            self._history.emitted([(r.topic, r.key, r.seq, str(r.event_id)) for r in rows])

    async def _pause(self, action: Pause) -> Waited:
        self._refuse(action.refusal)
        if action.refusal is None and self.is_holder:
            self._metrics.oldest.set(0)
        with suppress(TimeoutError):
            async with asyncio.timeout(action.seconds):
                await self._woken.wait()
        self._woken.clear()
        return Waited()

    def _refuse(self, why: str | None) -> None:
        if why == self.refusal:
            return
        if why is not None:
            _log.error("%s: the relay sends nothing: %s", self.service, why)
        self.refusal = why
        self._metrics.refused.set(why is not None)

    def _kafka_failed(self, error: Exception) -> PublishFailed:
        self._metrics.kafka_failures.inc()
        _log.warning("%s: the relay could not send: %s", self.service, describe(error))
        return PublishFailed()

    async def _database_failed(self, error: Exception) -> DatabaseFailed:
        self._metrics.database_failures.inc()
        _log.warning("%s: the relay lost its database: %s", self.service, describe(error))
        self._reader.forget()
        await self._connection.drop()
        return DatabaseFailed()


def _age(row: OutboxRow) -> float:
    return max((datetime.now(UTC) - row.recorded_at).total_seconds(), 0.0)
