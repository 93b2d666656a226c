"""The consumer: a thin shell of one FastStream subscriber around consumer_machine and inbox. What to do is decided there."""

import asyncio
import logging
import random
import ssl
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import KafkaAckableMessage
from faststream.security import SASLScram512
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import Topic, consumed_by
from kvitt_contracts.types import RegionCode
from opentelemetry.trace import SpanKind

from kvitt_chassis import failpoints, lenient_records, metrics, parking
from kvitt_chassis.consumer_machine import (
    Action,
    Apply,
    Cause,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Finish,
    Input,
    Limits,
    Park,
    Partition,
    Pause,
    Received,
    Refuse,
    Verdict,
    Watchdog,
)
from kvitt_chassis.consumer_machine import Place as RecordPlace
from kvitt_chassis.database import Database
from kvitt_chassis.drain import Drain
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.faults import describe, failure_of
from kvitt_chassis.handlers import Handlers
from kvitt_chassis.history import History
from kvitt_chassis.inbox import Applied, Inbox
from kvitt_chassis.incoming import Incoming, Reader, Record
from kvitt_chassis.parking import Sealer
from kvitt_chassis.pauses import forget_pause, pauses_of, store_pause
from kvitt_chassis.quarantine import Quarantine
from kvitt_chassis.settings import Settings
from kvitt_chassis.telemetry import Telemetry
from kvitt_chassis.transaction import NotYetKnown

log = logging.getLogger(__name__)
# FastStream warns of topics that it does not create: on purpose.
logging.getLogger("kvitt_chassis.faststream").setLevel(logging.ERROR)

failpoints.declare("consumer.received", "a batch has come, nothing of it is begun")
failpoints.declare("consumer.before_offsets", "all of a batch is committed, its offsets are not")
failpoints.declare("consumer.after_offsets", "a batch's offsets are committed")

LAG = metrics.declare(
    "gauge",
    "consumer_lag_messages",
    "Messages on the consumed topics whose effects are not committed yet.",
    "Growing: look for pauses, database trouble, a slow handler; add a replica (at most 6).",
)
RESTARTS = metrics.declare(
    "counter",
    "consumer_restarts_total",
    "Times that the watchdog restarted a client that lagged and did not move.",
    "Again and again: look at the broker and at the network to it.",
)
PAUSES = metrics.declare(
    "counter",
    "consumer_pauses_total",
    "Times that a partition was paused since too many messages in a row failed.",
    "The log names the handler and the error: something that all of them need is broken.",
    ("topic",),
)
TROUBLES = metrics.declare(
    "counter",
    "consumer_lock_troubles_total",
    "Transactions that met a deadlock, a lock's timeout or a lost connection, and were tried again.",
    "Growing: look at the database, and at long transactions.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How the client reads. Seconds."""

    max_records: int = 500
    session_timeout: float = 10.0
    budget: float = 18.0  # one transaction, its commit included; the server ends it at 20
    commit_deadline: float = 5.0
    drain_deadline: float = 8.0  # what is in hand when partitions are taken away
    watch_every: float = 2.0
    stuck_after: float = 15.0
    limits: Limits = field(default_factory=Limits)


class Consumer:
    """Everything that one process of a service consumes. `start()`, later `stop()`; loops run between."""

    def __init__(
        self,
        *,
        database: Database,
        handlers: Handlers,
        topics: Sequence[Topic],
        kafka: Mapping[str, Any],
        sealer: Sealer,
        prefix: str = "",
        telemetry: Telemetry | None = None,
        history: History | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.database = database
        self.group = prefix + database.service
        self.tuning = tuning or Tuning()
        self.halted: str | None = None
        self._names = [prefix + topic.name for topic in topics]
        self._kafka = dict(kafka)
        self._reader = Reader(topics, handlers, prefix=prefix)
        self.inbox = Inbox(database, sealer=sealer)
        self.drain = Drain(database=database, inbox=self.inbox, reader=self._reader, sealer=sealer)
        self.quarantine = Quarantine(
            database=database, reader=self._reader, sealer=sealer, drain=self.drain
        )
        self._telemetry = telemetry or Telemetry(database.service)
        self._history = history or History(None, database.service)
        self._machine = ConsumerMachine(limits=self.tuning.limits)
        self._watchdog = Watchdog(patience=self.tuning.stuck_after)
        self._free = asyncio.Event()
        self._free.set()
        self._checked = asyncio.Event()
        self._is_revoking = False
        self._settled: dict[TopicPartition, int] = {}
        self._doubted: dict[TopicPartition, int] = {}
        self._pauses: dict[TopicPartition, float] = {}
        self._observer: AIOKafkaConsumer | None = None
        self._tasks: list[asyncio.Task[None]] = []
        lenient_records.install()
        self._broker = self._make_broker()
        self._subscriber = self._make_subscriber()
        self._hand: Sequence[Incoming] = ()
        self._error: Exception | None = None
        database.committed.append(self.drain.after_commit)

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        database: Database,
        handlers: Handlers,
        regions: Iterable[RegionCode],
        telemetry: Telemetry | None = None,
        history: History | None = None,
        tuning: Tuning | None = None,
    ) -> "Consumer":
        """The consumer of a service process, as its settings say. `database` has the worker's role."""
        return cls(
            database=database,
            handlers=handlers,
            topics=consumed_by(settings.service, list(regions)),
            kafka=settings.kafka,
            sealer=Sealer(settings.quarantine_key.get_secret_value()),
            prefix=settings.topic_prefix,
            telemetry=telemetry,
            history=history,
            tuning=tuning,
        )

    # -- life ------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Join the group and begin. Raises aiokafka's KafkaError when the broker cannot be reached."""
        async with self.database.unit() as unit:
            # a new release may know what the one before did not
            await parking.try_again(unit.session, Cause.UNKNOWN_VERSION)
        if self._names:
            self._observer = AIOKafkaConsumer(
                group_id=self.group, enable_auto_commit=False, **self._kafka
            )
            await self._observer.start()
            await self._broker.start()
        self._tasks = [asyncio.create_task(self.drain.run()), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """Take nothing new, commit what is in hand, leave the group."""
        self._machine.hand_back()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._names:
            await self._broker.stop()
        if self._observer is not None:
            await self._observer.stop()
            self._observer = None

    # -- what others ask -------------------------------------------------------------------------

    def assigned(self) -> frozenset[Partition]:
        """The partitions that this process reads."""
        client = self._subscriber.consumer
        found = client.assignment() if client is not None else set()
        return frozenset((one.topic, one.partition) for one in found)

    def is_ready(self) -> bool:
        """True when partitions are assigned, or there is nothing to consume, and nothing has halted it."""
        return self.halted is None and (not self._names or bool(self.assigned()))

    def idle(self) -> bool:
        """True while no message is in hand, neither from Kafka nor from the park."""
        return self._free.is_set() and self.drain.is_idle

    async def lag(self) -> int:
        """Messages of the assigned partitions whose effects are not committed yet. Asks the broker.

        Raises aiokafka's KafkaError when it does not answer.
        """
        client, observer = self._subscriber.consumer, self._observer
        if client is None or observer is None or not client.assignment():
            return 0
        partitions = list(client.assignment())
        # the observer fetches nothing, so its question does not stand behind a long poll
        ends = await asyncio.wait_for(observer.end_offsets(partitions), 5)
        return sum(max(0, end - self._settled.get(one, 0)) for one, end in ends.items())

    # -- one batch -------------------------------------------------------------------------------

    async def _on_batch(self, message: KafkaMessage) -> None:
        records: Sequence[Record] = message.raw_message
        if not self._may_read():
            return
        self._free.clear()
        try:
            await self._checked.wait()
            if self._may_read() and (wanted := self._without_held(records)):
                await self.settle(wanted)
        except Exception as error:
            # Not a handler's fault: those are settled. Nothing is lost: the batch is read again.
            log.error("a batch could not be settled: %s", describe(error))
            self._seek({_partition(one): one.offset for one in reversed(records)})
            await asyncio.sleep(1)
        finally:
            self._free.set()

    def _without_held(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records but those of partitions that are paused, or where the client left some out.

        Of these, what is missing is read again. aiokafka drops records that it has taken from its
        buffer when another partition's cannot be decoded. A gap that is there the second time as
        well is Kafka's own (a transaction's marks).
        """
        back: dict[TopicPartition, int] = {}
        first: dict[TopicPartition, int] = {}
        for record in records:
            first.setdefault(_partition(record), record.offset)
        for partition, offset in first.items():
            expected = self._settled.get(partition, offset)
            if partition in self._pauses:
                back[partition] = min(expected, offset)
            elif offset > expected and self._doubted.get(partition) != expected:
                self._doubted[partition] = back[partition] = expected
        if not back:
            return records
        self._seek(back)
        return [record for record in records if _partition(record) not in back]

    def _may_read(self) -> bool:
        return not self._is_revoking and self.halted is None

    async def settle(self, records: Sequence[Record]) -> Finish:
        """Settle a batch, each partition's records in order, as if the client had brought it."""
        failpoint("consumer.received")
        self._hand = [self._reader.read(record) for record in records]
        links = [one.envelope.traceparent for one in self._hand if one.envelope]
        with self._telemetry.span(
            "consume", kind=SpanKind.CONSUMER, links=links, messages=len(records)
        ):
            places = tuple(
                RecordPlace((record.topic, record.partition), record.offset) for record in records
            )
            action = self._machine.step(Received(places))
            while not isinstance(action, Finish):
                action = self._machine.step(await self._perform(action))
            await self._finish(action)
            return action

    async def _perform(self, action: Action) -> Input:
        """Do it in one transaction; say how it went."""
        single = self._hand[action.index] if isinstance(action, Refuse | Park) else None
        if isinstance(action, Apply) and len(action.indexes) == 1:
            single = self._hand[action.indexes[0]]
        try:
            async with asyncio.timeout(self.tuning.budget):
                applied = await self._do(action, single)
        except TimeoutError as error:
            self._error = error
            return Failed(Failure.FAULT)
        except Exception as error:
            return Failed(self._note(error, single))
        if applied is not None:
            self._tell(applied)
        return Done()

    async def _do(self, action: Action, single: Incoming | None) -> Applied | None:
        match action:
            case Apply(indexes, after):
                await _wait(after)
                return await self.inbox.apply([self._hand[index] for index in indexes])
            case Refuse(_, after) if single is not None and isinstance(self._error, Refused):
                await _wait(after)
                return await self.inbox.refuse(single, self._error)
            case Park(_, cause, after) if single is not None:
                await _wait(after)
                await self._park(single, cause)
            case Pause(place, seconds):
                await self._pause(place, seconds)
            case _:
                raise RuntimeError(f"nothing to do for {type(action).__name__}")
        return None

    async def _park(self, incoming: Incoming, cause: Cause) -> None:
        error = self._error
        reason = describe(error) if error else cause.value
        await self.inbox.park(incoming, cause, reason)
        if isinstance(error, NotYetKnown):
            self.drain.awaits(incoming, error)
        if cause is Cause.FAULT:
            log.error("a key of %s is parked: %s", incoming.topic, reason)
        self.drain.wake()

    def _note(self, error: Exception, single: Incoming | None) -> Failure:
        failure = failure_of(error, single)
        if failure is Failure.LOCK_TROUBLE:
            TROUBLES.labels(self.database.service).inc()
            log.warning("tried again: %s", describe(error))
        else:
            self._error = error
        return failure

    def _tell(self, applied: Applied) -> None:
        if applied.parked:
            self.drain.wake()
            for incoming, verdict in applied.verdicts:
                if verdict in {Verdict.GAP, Verdict.FORK, Verdict.QUARANTINE}:
                    log.error(
                        "a message of %s (partition %s, offset %s) is parked: %s",
                        incoming.topic,
                        incoming.record.partition,
                        incoming.record.offset,
                        incoming.unreadable.reason if incoming.unreadable else verdict,
                    )
        if self._history.is_written:
            self._history.applied(applied_lines(applied))

    async def _finish(self, finish: Finish) -> None:
        client = self._subscriber.consumer
        offsets = {TopicPartition(*one): offset for one, offset in finish.offsets.items()}
        self._settled.update(offsets)
        self._seek({TopicPartition(*one): offset for one, offset in finish.back_to.items()})
        if client is None:
            return
        mine = client.assignment()
        owned = {one: offset for one, offset in offsets.items() if one in mine}
        failpoint("consumer.before_offsets")
        try:
            if owned:
                await asyncio.wait_for(client.commit(owned), self.tuning.commit_deadline)
        except (KafkaError, TimeoutError) as error:
            # The marks know what is done: whoever reads it again passes it over.
            log.warning("offsets were not committed: %s", type(error).__name__)
        failpoint("consumer.after_offsets")

    def _seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        client = self._subscriber.consumer
        for partition, offset in offsets.items():
            if client is not None and partition in client.assignment():
                client.seek(partition, offset)

    # -- pauses ----------------------------------------------------------------------------------

    async def _pause(self, place: RecordPlace, seconds: float) -> None:
        partition = TopicPartition(*place.partition)
        reason = describe(self._error) if self._error else ""
        PAUSES.labels(self.database.service, partition.topic).inc()
        log.error(
            "%s is paused for %.0f s: too many failed in a row: %s", partition, seconds, reason
        )
        async with self.database.unit() as unit:
            await store_pause(unit.session, self.group, place.partition, seconds, reason)
        self._hold(partition, seconds)

    def _hold(self, partition: TopicPartition, seconds: float) -> None:
        client = self._subscriber.consumer
        if client is not None and partition in client.assignment():
            client.pause(partition)
            self._pauses[partition] = time.monotonic() + seconds

    async def _resume_due(self) -> None:
        client = self._subscriber.consumer
        over = [one for one, until in self._pauses.items() if until <= time.monotonic()]
        for partition in over:
            del self._pauses[partition]
            async with self.database.unit() as unit:
                await forget_pause(unit.session, self.group, (partition.topic, partition.partition))
            if client is not None and partition in client.assignment():
                client.resume(partition)

    # -- the group -------------------------------------------------------------------------------

    async def revoked(self, partitions: Iterable[TopicPartition]) -> None:
        """The group takes partitions away: finish the message in hand, begin no other."""
        self._is_revoking = True
        self._checked.set()
        self._machine.revoke([(one.topic, one.partition) for one in partitions])
        self._pauses.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._free.wait(), self.tuning.drain_deadline)

    async def assigned_now(self, partitions: Iterable[TopicPartition]) -> None:
        """The group gives partitions: see that what is to be read is still there, put pauses back."""
        self._checked.clear()
        self._is_revoking = False
        try:
            await self._check(sorted(partitions))
        finally:
            self._checked.set()

    async def _check(self, partitions: Sequence[TopicPartition]) -> None:
        observer = self._observer
        if observer is None or not partitions:
            return
        begins = await observer.beginning_offsets(list(partitions))
        ends = await observer.end_offsets(list(partitions))
        self._settled, self._doubted = {}, {}
        for one in partitions:
            committed = await observer.committed(one)
            self._settled[one] = begins[one] if committed is None else committed
            if committed is not None and not begins[one] <= committed <= ends[one]:
                self._halt(one, committed, begins[one], ends[one])
        async with self.database.reading() as session:
            stored = await pauses_of(session, self.group)
        for topic_and_number, seconds in stored.items():
            self._hold(TopicPartition(*topic_and_number), seconds)

    def _halt(self, partition: TopicPartition, offset: int, begin: int, end: int) -> None:
        self.halted = (
            f"{partition.topic} {partition.partition}: offset {offset} is out of range {begin}-{end};"
            " messages are lost, or the topic is another. Republish what is missing, then reset the"
            " group's offset by hand."
        )
        log.critical("the consumer has stopped: %s", self.halted)

    # -- watching --------------------------------------------------------------------------------

    async def _watch(self) -> None:
        forgotten_at = 0.0
        while True:
            await asyncio.sleep(self.tuning.watch_every)
            try:
                await self._resume_due()
                await self.drain.measure()
                await self._look()
                if time.monotonic() - forgotten_at > 3600:
                    forgotten_at = time.monotonic()
                    await self.inbox.forget()
            except Exception as error:
                log.warning("the consumer could not be watched: %s", describe(error))

    async def _look(self) -> None:
        lag = await self.lag()
        LAG.labels(self.database.service).set(lag)
        waiting = lag if self._names and self.halted is None else 0
        stuck = self._watchdog.is_stuck(
            now=time.monotonic(),
            lag=waiting,
            positions={(one.topic, one.partition): at for one, at in self._settled.items()},
            is_held_up=not self._free.is_set() or bool(self._pauses),
        )
        if stuck:
            await self.restart()

    async def restart(self) -> None:
        """Stop and start the client: it lags and does not move. Nothing is lost by it."""
        RESTARTS.labels(self.database.service).inc()
        log.warning("the Kafka client lags and does not move: it is stopped and started")
        await self._subscriber.stop()
        await self._subscriber.start()

    # -- FastStream ------------------------------------------------------------------------------

    def _make_broker(self) -> KafkaBroker:
        kafka = self._kafka
        security = None
        if kafka.get("sasl_mechanism"):
            is_tls = kafka.get("security_protocol") == "SASL_SSL"
            security = SASLScram512(
                username=str(kafka["sasl_plain_username"]),
                password=str(kafka["sasl_plain_password"]),
                use_ssl=is_tls,
                ssl_context=ssl.create_default_context() if is_tls else None,
            )
        return KafkaBroker(
            kafka["bootstrap_servers"],
            security=security,
            client_id=self.group,
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=20,
            apply_types=False,
            logger=logging.getLogger("kvitt_chassis.faststream"),
            log_level=logging.DEBUG,
        )

    def _make_subscriber(self) -> Any:
        async def parse(raw: tuple[Record, ...]) -> KafkaAckableMessage:
            return KafkaAckableMessage(
                raw_message=raw, body=b"", consumer=subscriber.consumer, correlation_id="-"
            )

        async def decode(message: KafkaMessage) -> KafkaMessage:
            return message

        tuning = self.tuning
        subscriber = self._broker.subscriber(
            *(self._names or ["-"]),
            batch=True,
            group_id=self.group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",
            partition_assignment_strategy=(RangePartitionAssignor,),
            isolation_level="read_committed",
            max_records=tuning.max_records,
            batch_timeout_ms=20,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=1024 * 1024,
            session_timeout_ms=int(tuning.session_timeout * 1000),
            heartbeat_interval_ms=int(tuning.session_timeout * 100),
            listener=_GroupListener(self),
            no_reply=True,
        )

        subscriber(self._on_batch, parser=parse, decoder=decode)
        return subscriber


class _GroupListener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(self, consumer: Consumer) -> None:
        self._consumer = consumer

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._consumer.revoked(revoked)

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        await self._consumer.assigned_now(assigned)


def applied_lines(applied: Applied) -> list[tuple[str, str, int, str]]:
    """What a checker wants to know of effects: topic, key, number, id."""
    return [
        (incoming.topic, incoming.key, incoming.envelope.sequence or 0, str(incoming.envelope.id))
        for incoming, verdict in applied.verdicts
        if verdict is Verdict.APPLY and incoming.envelope is not None
    ]


def _partition(record: Record) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


async def _wait(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
