"""The relay's shell: does what its machine says, on the database and Kafka. It decides nothing
itself.
"""

import asyncio
import logging
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import uuid4

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from kvitt_chassis import outbox
from kvitt_chassis.database import Database
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.faults import describe
from kvitt_chassis.history import History
from kvitt_chassis.metrics import declare
from kvitt_chassis.outbox import OutboxRow
from kvitt_chassis.outbox_reader import OutboxReader
from kvitt_chassis.publisher import Publisher
from kvitt_chassis.relay_machine import (
    LEASE_SECONDS,
    PAGE,
    Action,
    Cursor,
    DatabaseFailed,
    Happened,
    InRecovery,
    Keep,
    Kept,
    LeaseBusy,
    LeaseLost,
    LeaseTaken,
    Leave,
    Left,
    PageRead,
    Pause,
    Place,
    Publish,
    Published,
    PublishFailed,
    Read,
    RelayMachine,
    SnapshotTaken,
    Survey,
    Surveyed,
    TakeLease,
    TakeSnapshot,
    Waited,
)
from kvitt_chassis.telemetry import Telemetry

STATEMENT_SECONDS = 10.0

_log = logging.getLogger(__name__)


class Relay:
    """Sends a service's committed events to Kafka, each key's in order, none left out.

    `database` is the worker's; one connection of its pool is kept. `kafka`: aiokafka's connection
    settings (`Settings.kafka`). Several may run for one service: one holds the lease, the others
    stand by.
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
        self._machine = RelayMachine(page=page)
        self._reader = OutboxReader(page=page)
        self._holder = str(uuid4())
        self._connection: AsyncConnection | None = None
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
        """Send until `drain` or cancellation. Outages of the database and Kafka are outlasted."""
        action: Action | None = self._machine.begin(monotonic())
        try:
            while action is not None:
                happened = await self._do(action)
                action = self._machine.next(happened, monotonic())
        finally:
            _HOLDER.labels(self.service).set(0)
            await self._publisher.close()
            await self._drop_connection()
            self._ended.set()

    async def drain(self, seconds: float = 5.0) -> bool:
        """Let `run` send what is committed now, give the lease back and return. False: not in time;
        what was not sent stays in the log for the next relay, and `run` is to be cancelled.
        """
        self._machine.drain()
        self.wake()
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return False
        return True

    async def republish(self, topic: str, key: str, from_seq: int = 1) -> int:
        """Send one key's events again, as they were, from a number on. Answers how many.

        Readers skip by their marks what they have seen. Raises KafkaError, DBAPIError,
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
            async with asyncio.timeout(STATEMENT_SECONDS):
                return await self._ask_database(action)
        except Exception as error:
            return await self._database_failed(error)

    async def _ask_database(
        self, action: TakeLease | Keep | TakeSnapshot | Read | Leave
    ) -> Happened:
        match action:
            case TakeLease():
                return await self._take_lease()
            case Keep():
                failpoint("relay.before_store")
                kept = await self._store(action.epoch, action.cursor, action.place)
                failpoint("relay.after_store")
                return Kept() if kept else LeaseLost()
            case TakeSnapshot():
                return SnapshotTaken(await self._scalar(_SNAPSHOT))
            case Read():
                return await self._reader.read(await self._connected(), action.cursor)
            case Leave():
                if action.epoch is not None and action.cursor is not None:
                    await self._store(action.epoch, action.cursor, None)
                return Left()

    async def _take_lease(self) -> Happened:
        if await self._scalar(_IN_RECOVERY):
            return InRecovery()
        epoch = await self._scalar(_TAKE_LEASE, {"holder": self._holder, "seconds": LEASE_SECONDS})
        _HOLDER.labels(self.service).set(0 if epoch is None else 1)
        if epoch is None:
            self.refusal = None
            return LeaseBusy()
        _log.info("%s: the relay holds the lease, epoch %s", self.service, epoch)
        return LeaseTaken(epoch)

    async def _survey(self) -> Happened:
        try:
            cluster_id = await self._publisher.cluster_id()
        except Exception as error:
            return self._kafka_failed(error)
        try:
            async with asyncio.timeout(STATEMENT_SECONDS):
                connection = await self._connected()
                row = (await connection.execute(_SURVEY)).one()
        except Exception as error:
            return await self._database_failed(error)
        self.refusal = None
        known = (row.system_identifier, row.timeline, row.cluster_id)
        return Surveyed(
            cursor=Cursor(
                s1=row.s1,
                s2=row.s2,
                last_id=row.last_id,
                base_id=row.base_id,
                resent_id=row.resent_id,
            ),
            known=None if None in known else Place(*known),
            found=Place(row.here_system, row.here_timeline, cluster_id),
            cursor_xmax=int(row.cursor_xmax),
            xmax=int(row.xmax),
        )

    async def _store(self, epoch: int, cursor: Cursor, place: Place | None) -> bool:
        """Store the cursor and renew the lease; without a place: give it back. False: it is not
        ours.
        """
        stored = await self._scalar(
            _STORE,
            {
                "holder": self._holder,
                "epoch": epoch,
                "seconds": LEASE_SECONDS if place else 0.0,
                "s1": cursor.s1,
                "s2": cursor.s2,
                "last_id": cursor.last_id,
                "base_id": cursor.base_id,
                "resent_id": cursor.resent_id,
                "system_identifier": place and place.system_identifier,
                "timeline": place and place.timeline,
                "cluster_id": place and place.cluster_id,
            },
        )
        return stored is not None

    async def _publish(self, action: Publish) -> Happened:
        rows: list[OutboxRow] = list(action.page.rows)
        ahead = asyncio.create_task(self._read_ahead(action.ahead))
        try:
            failpoint("relay.before_send")
            with self._span(rows):
                await self._publisher.publish(rows)
            failpoint("relay.after_send")
        except Exception as error:
            await self._publisher.close()  # final for this producer, wherever it failed
            await ahead
            _OLDEST.labels(self.service).set(_age(rows[0]))
            return self._kafka_failed(error)
        except BaseException:
            ahead.cancel()
            raise
        self._tell(rows)
        return Published(await ahead)

    async def _read_ahead(self, read: Read | None) -> PageRead | None:
        if read is None:
            return None
        happened = await self._do(read)
        return happened if isinstance(happened, PageRead) else None  # asked for again, then

    def _span(self, rows: list[OutboxRow]) -> Any:
        if self._telemetry is None:
            return nullcontext()
        traces = {row.traceparent for row in rows if row.traceparent}
        return self._telemetry.span("relay page", links=traces, events=len(rows))

    def _tell(self, rows: list[OutboxRow]) -> None:
        _OLDEST.labels(self.service).set(_age(rows[0]))
        _SENT.labels(self.service).inc(len(rows))
        _DELAY.labels(self.service).observe(_age(rows[0]))
        if self._history.is_written:
            self._history.emitted([(r.topic, r.key, r.seq, str(r.event_id)) for r in rows])

    async def _pause(self, action: Pause) -> Waited:
        if action.refusal != self.refusal and action.refusal is not None:
            _log.error("%s: the relay sends nothing: %s", self.service, action.refusal)
        self.refusal = action.refusal
        _REFUSED.labels(self.service).set(0 if action.refusal is None else 1)
        if action.refusal is None and self.is_holder:
            _OLDEST.labels(self.service).set(0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._woken.wait(), action.seconds)
        self._woken.clear()
        return Waited()

    def _kafka_failed(self, error: Exception) -> PublishFailed:
        _FAILURES.labels(self.service, "kafka").inc()
        _log.warning("%s: the relay could not send: %s", self.service, describe(error))
        return PublishFailed()

    async def _database_failed(self, error: Exception) -> DatabaseFailed:
        _FAILURES.labels(self.service, "database").inc()
        _log.warning("%s: the relay lost its database: %s", self.service, describe(error))
        self._reader.forget()
        await self._drop_connection()
        return DatabaseFailed()

    async def _scalar(self, statement: Any, parameters: Mapping[str, Any] | None = None) -> Any:
        connection = await self._connected()
        return (await connection.execute(statement, parameters)).scalar_one_or_none()

    async def _connected(self) -> AsyncConnection:
        if self._connection is None:
            connection = await self._database.engine.connect()
            self._connection = await connection.execution_options(isolation_level="AUTOCOMMIT")
            # A window's bounds differ by orders of magnitude: a plan made for one suits no other.
            await self._connection.execute(text("SET plan_cache_mode = force_custom_plan"))
        return self._connection

    async def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                await asyncio.wait_for(connection.invalidate(), 2.0)
            with suppress(Exception):
                await asyncio.wait_for(connection.close(), 2.0)


def _age(row: OutboxRow) -> float:
    return max((datetime.now(UTC) - row.recorded_at).total_seconds(), 0.0)


_SENT = declare(
    "counter",
    "outbox_sent_events",
    "Events that Kafka has acknowledged.",
    "None needed; when it stands still while outbox_oldest_unsent_seconds grows, look there.",
)
_DELAY = declare(
    "histogram",
    "outbox_delay_seconds",
    "From an event's insert to Kafka's acknowledgement, of each page's first event.",
    "Look at relay_failures; else Kafka or the database is slow.",
)
_OLDEST = declare(
    "gauge",
    "outbox_oldest_unsent_seconds",
    "Age of the oldest event that is in hand or could not be sent; 0 when all is sent.",
    "Look at relay_failures and relay_refused, then at Kafka.",
)
_HOLDER = declare(
    "gauge",
    "relay_holder",
    "1 in the one process of the service whose relay sends.",
    'None in any process for more than 3 s: look at relay_failures{part="database"}.',
)
_REFUSED = declare(
    "gauge",
    "relay_refused",
    "1 while the relay refuses to send, since the database or Kafka is not the one it knew.",
    "Read the log, decide what may be missing, then `kvitt outbox rebase`.",
)
_FAILURES = declare(
    "counter",
    "relay_failures",
    "How often a page or a statement of the relay failed. All are tried again.",
    "Look at the part that is named: kafka or database.",
    ["part"],
)

_SNAPSHOT = text("SELECT CAST(pg_current_snapshot() AS text)")
_IN_RECOVERY = text("SELECT pg_is_in_recovery()")
# No lease lies so far ahead but where the database's clock has gone back since; its holder, if it
# lives, finds another epoch and stops.
_TAKE_LEASE = text(
    """
    UPDATE relay SET epoch = epoch + 1, holder = :holder,
        leased_until = clock_timestamp() + make_interval(secs => :seconds)
    WHERE leased_until < clock_timestamp() OR holder = :holder
        OR leased_until > clock_timestamp() + make_interval(secs => 3 * :seconds)
            AND leased_until < 'infinity'
    RETURNING epoch
    """
)
_SURVEY = text(
    """
    SELECT CAST(s1 AS text) AS s1, CAST(s2 AS text) AS s2, last_id, base_id, resent_id,
        relay.system_identifier, timeline, cluster_id,
        CAST(control.system_identifier AS text) AS here_system,
        substring(pg_walfile_name(pg_current_wal_lsn()) FOR 8) AS here_timeline,
        CAST(CAST(greatest(pg_snapshot_xmax(s1), pg_snapshot_xmax(s2)) AS text) AS bigint)
            AS cursor_xmax,
        CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS text) AS bigint) AS xmax
    FROM relay, pg_control_system() AS control
    """
)
_STORE = text(
    """
    UPDATE relay SET leased_until = clock_timestamp() + make_interval(secs => :seconds),
        s1 = CAST(CAST(:s1 AS text) AS pg_snapshot), s2 = CAST(CAST(:s2 AS text) AS pg_snapshot),
        last_id = :last_id, base_id = :base_id, resent_id = :resent_id,
        system_identifier = coalesce(:system_identifier, system_identifier),
        timeline = coalesce(:timeline, timeline), cluster_id = coalesce(:cluster_id, cluster_id)
    WHERE epoch = :epoch AND holder = :holder
    RETURNING 1
    """
)
