"""The consumer's shell in the simulation: does what the real machine says on the models, as
`consumer.py` and `drain.py` do on the real servers.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from kvitt_chassis.consuming.incoming import Incoming
from kvitt_chassis.consuming.machine import (
    FROM_PARK,
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
    Pause,
    Received,
    RecordPosition,
    Refuse,
    State,
)
from kvitt_chassis.consuming.offsets import PACE
from kvitt_chassis.consuming.parking import HeadGone
from kvitt_chassis.consuming.positions import DatabaseBehind
from kvitt_chassis.consuming.verdicts import PARKS, Cause

from tests.simulation.database import DatabaseLost
from tests.simulation.fair import Fair
from tests.simulation.inbox import HandlerFailed, Inbox
from tests.simulation.kafka import BrokerLost, Group, Member, answer
from tests.simulation.messages import Temper, read
from tests.simulation.park import Head
from tests.simulation.record import Record
from tests.simulation.world import Process, Steps, Task

LIMITS = Limits(
    tries=2,
    faults_in_a_row=1,
    troubles_in_hand=4,
    first_pause=0.5,
    longest_pause=2.0,
    longest_wait=0.5,
)
FAIRNESS = Fairness(
    lane_of=lambda partition: partition[0].removeprefix("region.")[:2],
    together=6,
    turns=3,
    seconds=0.5,
)
BATCH = 12
DRAIN_DEADLINE = 1.5
HEARTBEAT_SECONDS = 0.5
POLL_SECONDS = 0.5
LONGEST_SLEEP = 1.0
EARLY_PACE = 0.02


class ConsumerShell:
    """The consumer of one process: four loops, as the real one has."""

    def __init__(
        self,
        process: Process,
        inbox: Inbox,
        group: Group,
        record: Record,
        tempers: dict[object, Temper],
    ) -> None:
        self.process = process
        self.machine = ConsumerMachine(LIMITS, FAIRNESS)
        self.is_stopping = False
        self._inbox = inbox
        self._group = group
        self._broker = group.broker
        self._world = group.broker.world
        self._record = record
        self._tempers = tempers
        self._member: Member = group.enter()
        self._is_free = True
        self._is_revoking = True
        self._held: dict[tuple[str, int], float] = {}
        self._hand: Sequence[Incoming] = ()
        self._failing: set[tuple[str, int]] = set()
        self._fair = Fair((), self._failing)
        self._failed: Failure | None = None
        self._waits_for_free: Task | None = None
        self._due: dict[tuple[str, int], int] = {}
        self._is_behind = False
        self._assignment = 0
        self._reached: dict[tuple[str, int], int] = {}
        self.drain_task: Task | None = None
        self.new_drain_machine: Callable[[], ConsumerMachine] = partial(
            ConsumerMachine, limits=FROM_PARK
        )

    # -- batches ---------------------------------------------------------------------------------

    def read_loop(self) -> Steps:
        """The client's loop, which hands on what it has fetched."""
        member = self._member
        while not self.is_stopping:
            records: list[Incoming] = []
            if not self._is_revoking and self._broker.is_reached():
                records = member.fetch(BATCH)
            if not records:
                member.waiting = self._world.current
                yield POLL_SECONDS
                member.waiting = None
                continue
            wanted = self._without_paused(records)
            if not wanted:
                yield self._world.delay()
                continue
            self._is_free = False
            yield from self._settle(wanted)
            self._is_free = True
            self._world.wake(self._waits_for_free)
        self._is_free = True
        self._world.wake(self._waits_for_free)

    def _without_paused(self, records: list[Incoming]) -> list[Incoming]:
        """`Consumer._without_paused`; the model's client leaves no record out."""
        if not self._held:
            return records
        back: dict[tuple[str, int], int] = {}
        for one in reversed(records):
            at = _partition(one)
            if at in self._held:
                back[at] = one.record.offset
        self._member.seek(back)
        return [one for one in records if _partition(one) not in back]

    def _settle(self, records: Sequence[Incoming]) -> Steps:
        """`Consumer.settle`."""
        is_released = self._world.is_healed
        self._hand = [
            read(one, self._temper(one), is_released=is_released) if self._tempers else one
            for one in records
        ]
        self._reached = dict(self._member.settled)
        assignment = self._assignment
        places = tuple(RecordPosition(_partition(one), one.record.offset) for one in records)
        self._fair = Fair(places, self._failing)
        action = self._step("", Received(places))
        while not isinstance(action, Finish):
            before = named(action)
            self._fair.begins(action)
            began = self._world.now
            happened = yield from self._perform(action)
            happened = replace(happened, seconds=self._world.now - began)
            self._fair.ended(action, happened)
            action = self._step(before, happened)
        if assignment == self._assignment:
            self._member.settled.update(action.offsets)
            self._member.seek(dict(action.back_to))
            self._due.update(action.offsets)

    def _step(self, before: str, happened: Input) -> Action:
        after = self.machine.step(happened)
        self._record.consumer[before, told(happened), type(after).__name__] += 1
        if self._world.trace is not None:
            self._world.note(
                f"{self.process.name} consumer: {before or len(self._hand)}: {told(happened)},"
                f" then {named(after)}"
            )
        return after

    def _perform(self, action: Action) -> Steps:
        """`Consumer._perform` and `_do`."""
        if not isinstance(action, Pause | Finish) and action.after:
            yield action.after * self._world.chance.between(0.5, 1.5)
        reached = self._reached
        try:
            match action:
                case Apply(indexes):
                    hand = [self._hand[one] for one in indexes]
                    judged = yield from self._inbox.apply(hand, reached=reached)
                    if any(verdict in PARKS for _, verdict in judged):
                        self._world.wake(self.drain_task)
                case Refuse(index):
                    yield from self._inbox.refuse(self._hand[index], reached=reached)
                case Park(index, cause):
                    yield from self._inbox.park(self._hand[index], cause, reached=reached)
                    self._world.wake(self.drain_task)
                case Pause(place, seconds):
                    yield from self._pause(place, seconds)
        except DatabaseBehind:
            self._is_behind = True
            return Failed(Failure.LOCK_TROUBLE)
        except DatabaseLost:
            return Failed(Failure.LOCK_TROUBLE)
        except HandlerFailed as error:
            return Failed(self._told(error.failure, action), _at(action, error))
        for index in _done_by(action):
            one = self._hand[index]
            self._reached[_partition(one)] = one.record.offset + 1
        return Done()

    def _told(self, failure: Failure, action: Action) -> Failure:
        """`failure_of`: a refusal is one only of a single message from outside."""
        if failure is not Failure.REFUSED:
            return failure
        if isinstance(action, Apply) and len(action.indexes) == 1:
            return _single(failure, self._hand[action.indexes[0]])
        return Failure.FAULT

    def _pause(self, place: RecordPosition, seconds: float) -> Steps:
        """`Pauses.begin`."""
        database, at = self._inbox.database, place.partition
        until = self._world.now + seconds
        if not self._world.is_healed and self._world.chance.happens(0.2):
            raise HandlerFailed(Failure.FAULT)  # it cannot be stored
        if not self._world.is_healed and self._world.chance.happens(0.2):
            raise DatabaseLost
        yield from database.ask(lambda: database.tables.pauses.__setitem__(at, until))
        self._hold(at, seconds)

    def _hold(self, at: tuple[str, int], seconds: float) -> None:
        if at in self._member.assigned:
            self._member.paused.add(at)
            self._held[at] = self._world.now + seconds

    def offsets_loop(self) -> Steps:
        """`Offsets.run`."""
        while not self.is_stopping:
            yield PACE
            yield from self._flush()

    def _flush(self) -> Steps:
        """`Offsets.flush` and `KafkaClient.commit`: what fails is tried again."""
        member, group = self._member, self._group
        due, self._due = self._due, {}
        mine = {at: offset for at, offset in due.items() if at in member.assigned}
        generation = member.generation
        if mine:
            try:
                yield from answer(self._broker, lambda: group.commit(member, generation, mine))
            except BrokerLost:
                self._due = due | self._due

    # -- the group -------------------------------------------------------------------------------

    def group_loop(self) -> Steps:
        """The client's heartbeats, and what the group says to them; and `Consumer._watch`."""
        while not self.is_stopping:
            member = self._member
            if self._is_behind:
                self._is_behind = False
                self._group.leave(member)  # as a client that is stopped and started
            if self._broker.is_reached() and not self._group.heartbeat(member):
                yield from self._revoked()
                if self._broker.is_reached() and self._group.join(member):
                    yield from self._assigned()
            yield from self._end_pauses()
            yield from self._check_database()
            yield HEARTBEAT_SECONDS if not self._is_revoking else 0.1

    def _check_database(self) -> Steps:
        """`Consumer._check_database`, now and then."""
        if self._is_revoking or not self._world.chance.happens(0.1):
            return
        database, settled = self._inbox.database, dict(self._member.settled)
        try:
            known = yield from database.ask(lambda: dict(database.tables.positions))
        except DatabaseLost:
            return
        self._is_behind |= any(known.get(at, 0) < to for at, to in settled.items())

    def _revoked(self) -> Steps:
        """`Consumer._on_revoked`, once for a rebalance."""
        if self._is_revoking:
            return
        self._is_revoking = True
        self.machine.revoke(self._member.assigned)
        self._fair.is_over = True
        self._failing.clear()
        self._held.clear()
        yield from self._until_free(DRAIN_DEADLINE)
        yield from self._flush()
        self._due = {}
        self._member.assigned = ()

    def _until_free(self, seconds: float) -> Steps:
        deadline = self._world.now + seconds
        self._waits_for_free = self._world.current
        while not self._is_free and self._world.now < deadline:
            yield deadline - self._world.now
        self._waits_for_free = None

    def _assigned(self) -> Steps:
        """`Consumer._on_assigned`: checked until the database answers, pauses put back."""
        member, group, database = self._member, self._group, self._inbox.database
        member.generation = group.generation
        member.assigned = group.share(member)
        member.paused = set()
        try:
            known = yield from database.ask(lambda: dict(database.tables.positions))
            pauses = yield from database.ask(lambda: dict(database.tables.pauses))
        except DatabaseLost:
            member.assigned = ()
            member.generation = -1  # joins again, as one whose check is not done reads nothing
            return
        self._assignment += 1
        committed = {at: group.committed.get(at, 0) for at in member.assigned}
        member.positions = {at: min(to, known.get(at, 0)) for at, to in committed.items()}
        member.settled = dict(member.positions)
        for at, until in pauses.items():
            if until > self._world.now:
                self._hold(at, until - self._world.now)
        self._is_behind = False
        self._is_revoking = False

    def _end_pauses(self) -> Steps:
        """`Pauses.end_due`."""
        database = self._inbox.database
        for at in [at for at, until in self._held.items() if until <= self._world.now]:
            try:
                yield from database.ask(partial(database.tables.pauses.pop, at, None))
            except DatabaseLost:
                return
            self._held.pop(at, None)
            self._member.paused.discard(at)

    def stop(self) -> Steps:
        """`Consumer.stop`: commit what is in hand, leave the group."""
        self.machine.hand_back()
        self._fair.is_over = True
        self.is_stopping = True
        self._world.wake(self._member.waiting)
        yield from self._until_free(DRAIN_DEADLINE)
        yield from self._flush()
        self._group.leave(self._member)

    # -- the park --------------------------------------------------------------------------------

    def drain_loop(self) -> Steps:
        """`Drain.run`."""
        park_of = self._inbox.database
        pause = 0.0
        while not self.is_stopping:
            yield pause
            try:
                next_at = yield from park_of.ask(lambda: park_of.tables.park.next_at())
                wait = LONGEST_SLEEP if next_at is None else next_at - self._world.now
                if wait > 0:
                    pause = min(wait, LONGEST_SLEEP)
                    continue
                places = park_of.tables.park.due(self._world.now)
                for place in places:
                    yield from self._settle_key(place)
                pause = EARLY_PACE
            except DatabaseLost:
                pause = self._world.chance.between(0.2, 1.0)

    def _settle_key(self, place: tuple[str, str]) -> Steps:
        """`Drain._settle_key`."""
        database = self._inbox.database
        try:
            while (yield from self._settle_head(place)):
                pass
        except DatabaseLost:
            until = self._world.now + self._world.chance.between(0.2, 1.0)
            yield from database.ask(lambda: database.tables.park.postpone(place, until))

    def _settle_head(self, place: tuple[str, str]) -> Steps:
        """`Drain._settle_head`."""
        database = self._inbox.database
        head = yield from database.ask(lambda: database.tables.park.head(place))
        if head is None or head.key.state is State.QUARANTINED:
            return False
        incoming = read(
            head.incoming, self._temper(head.incoming), is_released=self._world.is_healed
        )
        has_left = False
        machine = self.new_drain_machine()
        position = RecordPosition(_partition(incoming), incoming.record.offset)
        action = self._step_drain(machine, "", Received((position,)))
        while not isinstance(action, Finish):
            before = named(action)
            happened, has_left = yield from self._perform_parked(action, head, incoming)
            action = self._step_drain(machine, before, happened)
        if action.back_to:
            raise DatabaseLost
        return has_left

    def _step_drain(self, machine: ConsumerMachine, before: str, happened: Input) -> Action:
        after = machine.step(happened)
        self._record.drain[before, told(happened), type(after).__name__] += 1
        return after

    def _perform_parked(self, action: Action, head: Head, incoming: Incoming) -> Steps:
        """`Drain._perform` and `_do`: how it went, and whether the message has left the park."""
        try:
            match action:
                case Apply():
                    judged = yield from self._inbox.apply([incoming], head=head)
                case Refuse():
                    judged = yield from self._inbox.refuse(incoming, head=head)
                case Park(_, cause):
                    if not self._world.is_healed and self._world.chance.happens(0.05):
                        raise HandlerFailed(Failure.FAULT)  # it cannot be stored
                    yield from self._reschedule(head, cause)
                    return Done(), False
                case _:
                    raise RuntimeError(f"nothing to do for {type(action).__name__}")
        except HeadGone:
            return Done(), True
        except DatabaseLost:
            return Failed(Failure.LOCK_TROUBLE), False
        except HandlerFailed as error:
            return Failed(_single(error.failure, incoming)), False
        return Done(), judged[0][1] not in PARKS

    def _reschedule(self, head: Head, cause: Cause) -> Steps:
        database = self._inbox.database
        tx = yield from database.begin()
        yield from database.lock(tx, ("marks", *head.place))
        now = self._world.now
        tx.changes.append(lambda tables: tables.park.reschedule(head, cause, now))
        yield from database.commit(tx)

    def _temper(self, incoming: Incoming) -> Temper | None:
        return self._tempers.get(incoming.envelope.id) if incoming.envelope else None


def _done_by(action: Action) -> tuple[int, ...]:
    match action:
        case Apply(indexes):
            return indexes
        case Refuse(index) | Park(index):
            return (index,)
        case _:
            return ()


def _single(failure: Failure, incoming: Incoming) -> Failure:
    """`failure_of`, of one message."""
    is_ours = failure is Failure.REFUSED and not incoming.is_inbound
    return Failure.FAULT if is_ours else failure


def _at(action: Action, error: HandlerFailed) -> int | None:
    if error.index is None or not isinstance(action, Apply):
        return None
    return action.indexes[error.index]


def told(happened: Input) -> str:
    """What happened, in a word."""
    return happened.failure.value if isinstance(happened, Failed) else type(happened).__name__


def named(action: Action) -> str:
    """What is done, in a word or two."""
    if isinstance(action, Apply):
        return "Apply one" if len(action.indexes) == 1 else "Apply several"
    return type(action).__name__


def _partition(incoming: Incoming) -> tuple[str, int]:
    record = incoming.record
    return record.topic, record.partition
