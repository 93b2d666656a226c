"""The consumer's Kafka client: one FastStream batch subscriber, and a second client that only
queries offsets. Decides nothing.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import KafkaAckableMessage
from faststream.security import SASLScram512

from kvitt_chassis.consuming import lenient_records
from kvitt_chassis.consuming.incoming import Record
from kvitt_chassis.consuming.reading_order import ReadingOrder
from kvitt_chassis.consuming.turns import Partition

log = logging.getLogger(__name__)
_framework_log = logging.getLogger("kvitt_chassis.faststream")
_framework_log.setLevel(logging.ERROR)  # it warns of topics that it does not create: on purpose

_ANSWER_WITHIN = 5.0
_STOP_WITHIN = 22.0
_LONG_POLL_MS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The client's batch size and timeouts (seconds)."""

    max_records: int = 500
    turn_seconds: float = 0.04  # of one region, where regions take turns
    session_timeout: float = 10.0
    commit_deadline: float = 5.0


# decision 0009: the Kafka client is watched, and not believed
class KafkaClient:
    """Reads topics as a member of a consumer group and delivers batches one at a time to
    `on_batch`.

    `kafka` holds aiokafka's connection settings. `on_revoked` is awaited before partitions are
    given up. With an `order` each batch is one region's turn while several have records.
    """

    def __init__(
        self,
        *,
        topics: Sequence[str],
        group: str,
        kafka: Mapping[str, Any],
        reading: Reading,
        on_batch: Callable[[Sequence[Record]], Awaitable[None]],
        on_revoked: Callable[[Sequence[TopicPartition]], Awaitable[None]],
        on_assigned: Callable[[Sequence[TopicPartition]], Awaitable[None]],
        order: ReadingOrder | None = None,
    ) -> None:
        lenient_records.install()
        self._order = order
        self._handed_on_at: float | None = None
        self._topics = list(topics)
        self._group = group
        self._kafka = dict(kafka)
        self._reading = reading
        self._on_batch = on_batch
        self._observer: AIOKafkaConsumer | None = None
        self._answered_at = float("-inf")
        self._committing = asyncio.Lock()
        self._is_restarting = False
        self._broker = self._make_broker()
        self.subscriber = self._make_subscriber(_Listener(on_revoked, on_assigned))

    async def start(self) -> None:
        """Join the group. Raises KafkaError when the broker cannot be reached."""
        if not self._topics:
            return
        observer = AIOKafkaConsumer(group_id=self._group, enable_auto_commit=False, **self._kafka)
        try:
            await observer.start()
        except BaseException:
            await observer.stop()
            raise
        self._observer = observer
        self._answered_at = monotonic()
        await self._broker.start()
        self._poll_patiently()

    async def stop(self) -> None:
        """Fetch no more, wait for the batch that is being handled, leave the group."""
        if self._topics:
            await self._broker.stop()
        if self._observer is not None:
            await self._observer.stop()
            self._observer = None

    async def restart(self) -> None:
        """Stop a client that delivers nothing, and start another. Raises KafkaError.

        A commit under way is waited for: it would fail in the client that stops. Until the other
        has started none begins.
        """
        self._is_restarting = True
        try:
            async with self._committing:
                pass
            try:
                async with asyncio.timeout(_STOP_WITHIN):
                    await self.subscriber.stop()
            except (KafkaError, TimeoutError) as error:
                log.warning("the silent Kafka client did not stop: %s", type(error).__name__)
            await self.subscriber.start()
            self._poll_patiently()
        finally:
            self._is_restarting = False

    @property
    def is_running(self) -> bool:
        """False when a restart has failed: nothing is read."""
        return self.subscriber.consumer is not None

    # decision 0226: aiokafka shows its last assignment for as long as it cannot join anew
    @property
    def has_session(self) -> bool:
        """True when Kafka and the group's coordinator have answered `check_session` (or the start)
        within the session timeout.
        """
        return monotonic() - self._answered_at < self._reading.session_timeout

    async def check_session(self) -> None:
        """Ask Kafka and the group's coordinator about a partition that is assigned to this process.
        Raises KafkaError, TimeoutError.
        """
        mine = sorted(self.assignment())[:1]
        if not mine or self._observer is None:
            return
        await self.ends(mine)
        await self.committed(mine[0])
        self._answered_at = monotonic()

    def assignment(self) -> frozenset[TopicPartition]:
        """The partitions that are assigned to this process."""
        client = self.subscriber.consumer
        return frozenset(client.assignment()) if client is not None else frozenset()

    def seek(self, offsets: Mapping[TopicPartition, int]) -> None:
        """Read on from these offsets, in partitions that are assigned to this process."""
        mine = self.assignment()
        for partition, offset in offsets.items():
            if partition in mine:
                self.subscriber.consumer.seek(partition, offset)

    def pause(self, partition: TopicPartition) -> bool:
        """Stop reading a partition; False when it is not assigned to this process."""
        if partition not in self.assignment():
            return False
        self.subscriber.consumer.pause(partition)
        return True

    def resume(self, partition: TopicPartition) -> None:
        """Read a paused partition again."""
        if partition in self.assignment():
            self.subscriber.consumer.resume(partition)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> bool:
        """Commit offsets (the next to read) of assigned partitions, within the deadline. Answers
        whether it succeeded.

        A failure is logged. It loses nothing: what is read again is a duplicate by its mark.
        """
        if self._is_restarting:
            return False
        mine = self.assignment()
        owned = {one: offset for one, offset in offsets.items() if one in mine}
        if not owned:
            return True
        try:
            async with self._committing, asyncio.timeout(self._reading.commit_deadline):
                await self.subscriber.consumer.commit(owned)
        except (KafkaError, TimeoutError) as error:
            log.warning("offsets were not committed: %s", type(error).__name__)
            return False
        return True

    async def ends(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The end offset of each partition. Raises KafkaError, TimeoutError."""
        return await self._ask("end_offsets", partitions)

    async def begins(self, partitions: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        """The first offset that each partition still has. Raises KafkaError, TimeoutError."""
        return await self._ask("beginning_offsets", partitions)

    async def committed(self, partition: TopicPartition) -> int | None:
        """The group's committed offset, None for a new group. Raises KafkaError, TimeoutError."""
        if self._observer is None:
            return None
        async with asyncio.timeout(_ANSWER_WITHIN):
            found = await self._observer.committed(partition)
        return None if found is None else int(found)

    def _poll_patiently(self) -> None:
        """Poll until something comes. FastStream sleeps after an empty poll, while messages arrive
        and wait.
        """
        consumer = self.subscriber.consumer
        getmany = consumer.getmany

        async def until_some(*, timeout_ms: int, max_records: int) -> Any:
            found = None
            while not found:
                found = await getmany(timeout_ms=_LONG_POLL_MS, max_records=max_records)
            return found

        async def until_a_turn(*, timeout_ms: int, max_records: int) -> Any:
            assert self._order is not None
            return await self._next_turn(self._order, getmany)

        consumer.getmany = until_some if self._order is None else until_a_turn

    async def _next_turn(
        self, order: ReadingOrder, getmany: Any
    ) -> dict[TopicPartition, list[Record]]:
        """The records of the next turn, as soon as there are some. What else was fetched is left in
        the client's buffer, so that it need not be fetched again.
        """
        if self._handed_on_at is not None:
            order.ended(monotonic() - self._handed_on_at)
        found: dict[TopicPartition, list[Record]] = {}
        while not found:
            for region, partitions in order.turns(self.assignment()):
                found = await self._fetched(partitions, order.limit([region]), getmany)
                if found:
                    break
            else:
                regions = [region for region, _ in order.turns(self.assignment())]
                limit = order.limit(regions)
                found = await getmany(timeout_ms=_LONG_POLL_MS, max_records=limit)
        order.took(found)
        self._handed_on_at = monotonic()
        return found

    async def _fetched(
        self, partitions: Sequence[Partition], limit: int, getmany: Any
    ) -> dict[TopicPartition, list[Record]]:
        """So many records of these partitions as were fetched already, without a wait."""
        found: dict[TopicPartition, list[Record]] = {}
        for partition in partitions:
            left = limit - sum(len(records) for records in found.values())
            if left and partition in self.assignment():
                found |= await getmany(TopicPartition(*partition), timeout_ms=0, max_records=left)
        return found

    async def _ask(
        self, question: str, partitions: Iterable[TopicPartition]
    ) -> dict[TopicPartition, int]:
        # The observer fetches nothing, so its request does not wait behind a long poll.
        if self._observer is None:
            return {}
        async with asyncio.timeout(_ANSWER_WITHIN):
            asking = getattr(self._observer, question)(list(partitions))
            found: dict[TopicPartition, int] = await asking
        return found

    def _make_broker(self) -> KafkaBroker:
        kafka = self._kafka
        security = None
        if kafka.get("sasl_mechanism"):
            is_tls = kafka.get("security_protocol") == "SASL_SSL"
            security = SASLScram512(
                username=str(kafka["sasl_plain_username"]),
                password=kafka["sasl_plain_password"],  # as it is now: see kafka_passwords
                use_ssl=is_tls,
                ssl_context=ssl.create_default_context() if is_tls else None,
            )
        return KafkaBroker(
            kafka["bootstrap_servers"],
            security=security,
            client_id=self._group,
            consumer_only=True,
            allow_auto_create_topics=False,
            graceful_timeout=20,
            apply_types=False,
            logger=_framework_log,
            log_level=logging.DEBUG,
        )

    def _make_subscriber(self, listener: ConsumerRebalanceListener) -> Any:
        async def parse(raw: tuple[Record, ...]) -> KafkaAckableMessage:
            return KafkaAckableMessage(
                raw_message=raw, body=b"", consumer=subscriber.consumer, correlation_id="-"
            )

        async def decode(message: KafkaMessage) -> KafkaMessage:
            return message

        async def hand_on(message: KafkaMessage) -> None:
            await self._on_batch(message.raw_message)

        session = self._reading.session_timeout
        subscriber = self._broker.subscriber(
            *(self._topics or ["-"]),
            batch=True,
            group_id=self._group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="earliest",  # the consumer decides where to read on
            partition_assignment_strategy=(RangePartitionAssignor,),
            isolation_level="read_committed",  # a region's client may use transactions
            max_records=self._reading.max_records,
            batch_timeout_ms=20,
            fetch_max_wait_ms=500,
            max_partition_fetch_bytes=1024 * 1024,
            session_timeout_ms=int(session * 1000),
            heartbeat_interval_ms=int(session * 100),
            listener=listener,
            no_reply=True,
        )
        subscriber(hand_on, parser=parse, decoder=decode)
        return subscriber


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka is untyped
    def __init__(
        self,
        on_revoked: Callable[[Sequence[TopicPartition]], Awaitable[None]],
        on_assigned: Callable[[Sequence[TopicPartition]], Awaitable[None]],
    ) -> None:
        self._on_revoked = on_revoked
        self._on_assigned = on_assigned

    async def on_partitions_revoked(self, revoked: Iterable[TopicPartition]) -> None:
        await self._on_revoked(sorted(revoked))

    async def on_partitions_assigned(self, assigned: Iterable[TopicPartition]) -> None:
        await self._on_assigned(sorted(assigned))
