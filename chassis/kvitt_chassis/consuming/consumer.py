"""A consumer: the shell around the machine (machine.py) and the inbox. Takes batches from Kafka,
does what the machine decides, in one transaction each, and reports the outcome to it.
"""

import asyncio
import logging
import random
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from aiokafka import TopicPartition
from kvitt_contracts.refusals import Refused
from kvitt_contracts.topics import Topic
from opentelemetry.trace import SpanKind

from kvitt_chassis import failpoints
from kvitt_chassis.consuming import parking
from kvitt_chassis.consuming.back_pressure import BackPressure
from kvitt_chassis.consuming.faults import describe, failure_of
from kvitt_chassis.consuming.inbox import Applied, Turn
from kvitt_chassis.consuming.incoming import Incoming, Record
from kvitt_chassis.consuming.kafka_client import KafkaClient, Reading
from kvitt_chassis.consuming.lag import LagGauges
from kvitt_chassis.consuming.machine import (
    Action,
    Apply,
    ConsumerMachine,
    Done,
    Failed,
    Failure,
    Fairness,
    Finish,
    Input,
    Limits,
    Park,
    Partition,
    Pause,
    Received,
    RecordPosition,
    Refuse,
    Watchdog,
)
from kvitt_chassis.consuming.metrics import PAUSES, RESTARTS, TROUBLES
from kvitt_chassis.consuming.offsets import Offsets
from kvitt_chassis.consuming.pauses import Pauses
from kvitt_chassis.consuming.positions import DatabaseBehind, Reached
from kvitt_chassis.consuming.progress import Progress
from kvitt_chassis.consuming.reading_order import ReadingOrder
from kvitt_chassis.consuming.shared import Shared
from kvitt_chassis.consuming.verdicts import OF_THIS_START, Cause
from kvitt_chassis.ending import end_tasks
from kvitt_chassis.failpoints import failpoint
from kvitt_chassis.operating.telemetry import Telemetry
from kvitt_chassis.transaction import NotYetKnown

log = logging.getLogger(__name__)

failpoints.declare("consumer.received", "a batch has come, nothing of it is begun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """The consumer's limits and timeouts, in seconds."""

    handler_budget: float = 10.0  # one handler; longer than it may wait for one lock
    budget: float = 25.0  # one transaction; the server ends it at 20, if the server is there
    drain_deadline: float = 8.0  # what is in hand when partitions are taken away
    watch_every: float = 2.0
    stuck_after: float = 15.0
    limits: Limits = field(default_factory=Limits)
    fairness: Fairness = field(default_factory=Fairness)  # the lanes are the consumer's
    reading: Reading = field(default_factory=Reading)


_CHECK_AGAIN = 0.5
_MEASURE_EVERY = 10.0


class Consumer:
    """What one process of a service consumes of some topics, as a member of one group. Between
    `start()` and `stop()` its loops run.

    `group` is named without the prefix. Regions' topics are read in turns of `max_records`.
    """

    def __init__(
        self,
        *,
        shared: Shared,
        topics: Sequence[Topic],
        group: str,
        kafka: Mapping[str, Any],
        telemetry: Telemetry | None = None,
        tuning: Tuning | None = None,
    ) -> None:
        self.database = shared.database
        self.shared = shared
        self.inbox, self.drain, self.quarantine = shared.inbox, shared.drain, shared.quarantine
        self.group = shared.prefix + group
        self.tuning = tuning or Tuning()
        self._labels = (shared.database.service, group)
        self._lag = LagGauges(*self._labels, topics, prefix=shared.prefix)
        self._names = [shared.prefix + topic.name for topic in topics]
        self._telemetry = telemetry or Telemetry(self.database.service)
        lanes = {shared.prefix + topic.name: _lane(topic) for topic in topics}
        fairness = replace(self.tuning.fairness, lane_of=lambda one: lanes.get(one[0], one[0]))
        self._machine = ConsumerMachine(self.tuning.limits, fairness)
        self._watchdog = Watchdog(patience=self.tuning.stuck_after)
        self._free = asyncio.Event()
        self._free.set()
        self._checked = asyncio.Event()
        self._checking: asyncio.Task[None] | None = None
        self._is_revoking = False
        self._tasks: list[asyncio.Task[None]] = []
        regions = {
            shared.prefix + topic.name: topic.region for topic in topics if topic.region is not None
        }
        self.client = KafkaClient(
            topics=self._names,
            group=self.group,
            kafka=kafka,
            reading=self.tuning.reading,
            on_batch=self._on_batch,
            on_revoked=self._on_revoked,
            on_assigned=self._on_assigned,
            order=self._order_of(regions) if regions else None,
        )
        self.progress = Progress(self.database, self.client, of_regions=regions)
        self._offsets = Offsets(self.client.commit)
        self._pauses = Pauses(self.database, self.client, self.group)
        self._pressure = BackPressure(self.client, shared.caps, regions)
        self._hand: Sequence[Incoming] = ()
        self._reached: dict[TopicPartition, int] = {}
        self._has_parked = False
        self._error: Exception | None = None

    def _order_of(self, regions: Mapping[str, str]) -> ReadingOrder:
        reading = self.tuning.reading
        return ReadingOrder(
            lambda one: regions.get(one[0], ""),
            records=reading.max_records,
            seconds=reading.turn_seconds,
        )

    # -- start and stop --------------------------------------------------------------------------

    async def start(self) -> None:
        """Join the consumer group and begin to read. Raises KafkaError when the broker cannot be
        reached.
        """
        await self.client.start()
        loops = (self._offsets.run(), self._watch())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """Fetch no more, finish and commit the batch that is being handled, leave the group."""
        self._machine.hand_back()
        self._is_revoking = True  # what is brought, or waits for the check, is not begun any more
        self._checked.set()
        if self._checking is not None and not self._checking.done():
            self._tasks.append(self._checking)
        await end_tasks(self._tasks)
        self._tasks = []
        await self._release_partitions()
        await self.client.stop()

    # -- state -----------------------------------------------------------------------------------

    @property
    def halted(self) -> str | None:
        """Why nothing is read until an operator has decided; None while all is well."""
        return self.progress.halted

    def assigned(self) -> frozenset[Partition]:
        """The partitions that are assigned to this process."""
        return frozenset((one.topic, one.partition) for one in self.client.assignment())

    @property
    def has_session(self) -> bool:
        """True while Kafka and the group's coordinator answer, or nothing is consumed."""
        return not self._names or self.client.has_session

    def is_ready(self) -> bool:
        """True when partitions are assigned and checked and Kafka answers (or nothing is consumed),
        and reading is not halted.
        """
        reads = bool(self.assigned()) and self._checked.is_set() and self.has_session
        return self.halted is None and (not self._names or reads)

    def idle(self) -> bool:
        """True while no message is being handled, from Kafka or from the park, and the group is not
        rebalancing.
        """
        is_at_rest = not self._names or bool(self.assigned())
        return is_at_rest and self._free.is_set() and self.drain.is_idle

    async def lag(self, *, topics: Collection[str] | None = None) -> int:
        """How many messages of the assigned partitions have no committed effect yet: of all topics,
        or of those named as at the broker. Asks the broker.

        Raises aiokafka's KafkaError when it does not answer.
        """
        return await self.progress.lag(topics=topics)

    # -- one batch -------------------------------------------------------------------------------

    async def _on_batch(self, records: Sequence[Record]) -> None:
        if not self._may_read():
            return
        self._free.clear()
        assignment = self.progress.assignment
        try:
            await self._checked.wait()
            if self._may_read() and (wanted := self._without_paused(records)):
                await self.settle(wanted)
                await self._note_parked()
        except Exception as error:
            # Not a handler's fault: those are settled. Nothing is lost: the batch is read again.
            log.error("a batch could not be settled: %s", describe(error))
            if assignment == self.progress.assignment:
                self.client.seek({_partition(one): one.offset for one in reversed(records)})
            await asyncio.sleep(1)
        finally:
            self._free.set()

    def _without_paused(self, records: Sequence[Record]) -> Sequence[Record]:
        """The records without those that are settled, those of paused partitions, and those of
        partitions of which the client left some out: these two are read again.
        """
        at, held = self.progress.settled, self._not_read()
        new = [
            (partition, record)
            for record in records
            if record.offset >= at.get(partition := _partition(record), 0)
        ]
        back = self.progress.left_out([one for partition, one in new if partition not in held])
        for partition, record in reversed(new):
            if partition in held:
                back[partition] = min(at.get(partition, record.offset), record.offset)
        if back:
            self.client.seek(back)
        return [record for partition, record in new if partition not in back]

    def _not_read(self) -> set[TopicPartition]:
        return {*self._pauses.paused, *self._pressure.held, *self.progress.gone}

    async def _note_parked(self) -> None:
        """After a batch of which something was parked: its region may be at its cap now."""
        if self._has_parked:
            self._has_parked = False
            await self._press()

    def _may_read(self) -> bool:
        return not self._is_revoking and self.halted is None

    async def settle(self, records: Sequence[Record]) -> Finish:
        """Handle a batch, each partition's records in order, as if the client had delivered it.
        Answers the offsets that are committed.
        """
        failpoint("consumer.received")
        assignment = self.progress.assignment
        self._hand = [self.shared.reader.read(record) for record in records]
        # as it was believed when the batch came, however long it is tried
        self._reached = dict(self.progress.settled)
        links = [one.envelope.traceparent for one in self._hand if one.envelope]
        with self._telemetry.span(
            "consume", kind=SpanKind.CONSUMER, links=links, messages=len(records)
        ):
            places = tuple(
                RecordPosition((record.topic, record.partition), record.offset)
                for record in records
            )
            action = self._machine.step(Received(places))
            while not isinstance(action, Finish):
                action = self._machine.step(await self._perform(action))
            if (
                assignment == self.progress.assignment
            ):  # else where to read on is decided anew already
                self._finish(action)
            return action

    async def _perform(self, action: Action) -> Input:
        """Do the action in one transaction; answer its outcome."""
        began = time.monotonic()
        single = self._hand[action.index] if isinstance(action, Refuse | Park) else None
        if isinstance(action, Apply) and len(action.indexes) == 1:
            single = self._hand[action.indexes[0]]
        if not isinstance(action, Pause | Finish):
            await _wait(action.after)
        turn = Turn()
        try:
            async with asyncio.timeout(self.tuning.budget):
                applied = await self._do(action, single, turn)
        except Exception as error:
            failure = self._note(error, single)
            return Failed(failure, _at(action, turn), time.monotonic() - began)
        if applied is not None and applied.parked:
            self._wait_for(applied)
        self._reached.update(self._after(action))
        return Done(time.monotonic() - began)

    def _wait_for(self, applied: Applied) -> None:
        for incoming, error in applied.waiting:
            if isinstance(error, NotYetKnown):
                self.drain.awaits(incoming, error)
        self._has_parked = True
        self.drain.wake()

    def _after(self, action: Action) -> Reached:
        """The next offsets to read once an action is committed."""
        match action:
            case Apply(indexes):
                done = indexes
            case Refuse(index) | Park(index):
                done = (index,)
            case _:
                done = ()
        records = (self._hand[index].record for index in done)
        return {_partition(record): record.offset + 1 for record in records}

    async def _do(self, action: Action, single: Incoming | None, turn: Turn) -> Applied | None:
        match action:
            case Apply(indexes):
                hand = [self._hand[index] for index in indexes]
                return await self.inbox.apply(hand, turn=turn, reached=self._reached)
            case Refuse() if single is not None and isinstance(self._error, Refused):
                return await self.inbox.refuse(single, self._error, reached=self._reached)
            case Park(_, cause) if single is not None:
                await self._park(single, cause)
            case Pause(place, seconds):
                await self._pause(place, seconds)
            case _:
                raise RuntimeError(f"nothing to do for {type(action).__name__}")
        return None

    async def _park(self, incoming: Incoming, cause: Cause) -> None:
        error = self._error
        reason = describe(error) if error else cause.value
        await self.inbox.park(incoming, cause, reason, reached=self._reached)
        if isinstance(error, NotYetKnown):
            self.drain.awaits(incoming, error)
        if cause is Cause.FAULT:
            log.error("a key of %s is parked: %s", incoming.topic, reason)
        self._has_parked = True
        self.drain.wake()

    def _note(self, error: Exception, single: Incoming | None) -> Failure:
        failure = failure_of(error, single)
        self.progress.is_behind |= isinstance(error, DatabaseBehind)
        if failure is Failure.LOCK_TROUBLE:
            TROUBLES.labels(self.database.service).inc()
            log.warning("tried again: %s", describe(error))
        else:
            self._error = error
        return failure

    def _finish(self, finish: Finish) -> None:
        offsets = {TopicPartition(*one): offset for one, offset in finish.offsets.items()}
        self.progress.settled.update(offsets)
        self.client.seek({TopicPartition(*one): at for one, at in finish.back_to.items()})
        self._offsets.note(offsets)

    # -- pauses ----------------------------------------------------------------------------------

    async def _pause(self, place: RecordPosition, seconds: float) -> None:
        reason = describe(self._error) if self._error else ""
        PAUSES.labels(self.database.service, place.partition[0]).inc()
        log.error(
            "%s %s is paused for %.0f s: too many failed in a row: %s",
            *place.partition,
            seconds,
            reason,
        )
        await self._pauses.begin(TopicPartition(*place.partition), seconds, reason)

    # -- the group -------------------------------------------------------------------------------

    async def _on_revoked(self, partitions: Sequence[TopicPartition]) -> None:
        """The group revokes partitions: finish the message that is being handled, begin
        no other.
        """
        self._is_revoking = True
        if self._checking is not None:
            self._checking.cancel()
        self._checked.set()
        self._machine.revoke([(one.topic, one.partition) for one in partitions])
        self._pauses.paused.clear()
        self._pressure.held.clear()
        await self._release_partitions()

    async def _release_partitions(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.tuning.drain_deadline):
                await self._free.wait()
        await self._offsets.flush()
        self._offsets.drop()

    # decision 0134: nothing is settled before an assignment is checked
    async def _on_assigned(self, partitions: Sequence[TopicPartition]) -> None:
        """The group assigns partitions: check that what is to be read is still there, and resume
        pauses.
        """
        self._checked.clear()
        self.progress.assignment += 1
        self._is_revoking = False
        if not await self._is_checked(partitions):
            # The group need not wait for the check; nothing is settled before it is done.
            self._checking = asyncio.create_task(self._check_until_done(partitions))

    async def _check_until_done(self, partitions: Sequence[TopicPartition]) -> None:
        while True:
            await asyncio.sleep(_CHECK_AGAIN)
            if self._is_revoking or await self._is_checked(partitions):
                return

    async def _is_checked(self, partitions: Sequence[TopicPartition]) -> bool:
        try:
            await self._check(partitions)
        except Exception as error:
            log.warning("what was assigned could not be checked yet: %s", describe(error))
            return False
        self._checked.set()
        return True

    async def _check(self, partitions: Sequence[TopicPartition]) -> None:
        await self.progress.check(partitions)
        await self._pauses.put_back()
        await self._press()
        async with self.database.unit() as unit:
            # This release may know what another did not: the one before, or an older replica that
            # was ending while this one began, and has left the group now (decision 0170).
            out = self.database.policies.out
            await parking.try_again(unit.session, OF_THIS_START, except_for=out)
        self.drain.wake()

    # -- watching --------------------------------------------------------------------------------

    async def _watch(self) -> None:
        measured_at = 0.0
        while True:
            await asyncio.sleep(self.tuning.watch_every)
            now = time.monotonic()
            try:
                await self._pauses.end_due()
                is_due = now - measured_at > _MEASURE_EVERY
                if is_due or self.shared.caps.is_any_over:
                    await self._press()
                if self._names:
                    await self._look()
                if is_due:
                    measured_at = now
                    await self.progress.check_database()
            except Exception as error:
                log.warning("the consumer could not be watched: %s", describe(error))

    async def _press(self) -> None:
        """Pause what regions over their cap send; resume that of others."""
        if self._pressure.is_needed:
            await self.shared.caps.measure()
            self._pressure.apply({*self._pauses.paused, *self.progress.gone})

    async def _look(self) -> None:
        await self.client.check_session()
        ends, held, now = await self.progress.ends(), self._not_read(), time.monotonic()
        self._lag.show(ends, self.progress.late(), paused=self._pauses.paused)
        waiting = self.progress.unsettled({one: at for one, at in ends.items() if one not in held})
        stuck = self._watchdog.is_stuck(
            now=now,
            lag=waiting if self.halted is None else 0,
            positions={(one.topic, one.partition): at for one, at in self.progress.settled.items()},
            is_held_up=not self._free.is_set(),
        )
        if stuck or self.progress.is_behind or not self.client.is_running:
            RESTARTS.labels(*self._labels).inc()
            why = "silent" if stuck else "behind" if self.progress.is_behind else "not started"
            log.warning("the Kafka client of %s is stopped and started: %s", self.group, why)
            self.progress.is_behind = False
            await self.client.restart()


def _lane(topic: Topic) -> str:
    """What shares one turn: all that one region sends; each topic of ours for itself."""
    return topic.region or topic.name


def _at(action: Action, turn: Turn) -> int | None:
    if turn.index is None or not isinstance(action, Apply):
        return None
    return action.indexes[turn.index]


def _partition(record: Record) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


async def _wait(seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds * random.uniform(0.5, 1.5))
