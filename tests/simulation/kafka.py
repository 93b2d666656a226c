"""Kafka, as far as relay and consumer can tell: partitions, idempotent producers, groups with
rebalances and offsets. No decision of the chassis stands here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, cast
from uuid import UUID

from aiokafka import ConsumerRecord
from kvitt_chassis.consuming.incoming import Incoming

from tests.simulation.world import Steps, Task, World

Partition = tuple[str, int]

PARTITIONS = 2
SESSION_SECONDS = 3.0
REBALANCE_SECONDS = 4.0
PUBLISH_SECONDS = 1.0
RETRY_SECONDS = 0.2


class BrokerLost(Exception):
    """No answer, or not in time."""


class Position(NamedTuple):
    """Where a record stands; in the place of aiokafka's record."""

    topic: str
    partition: int
    offset: int
    timestamp: int = 0


class Broker:
    """One cluster."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.partitions: dict[Partition, list[Incoming]] = {}
        self.sent: set[UUID] = set()
        self.groups: dict[str, Group] = {}
        self.down_until = 0.0
        self.failing = 0.0  # how often a request or its answer is lost
        self.on_append: Callable[[Incoming], None] = lambda incoming: None
        self._producers = 0
        self._taken: dict[tuple[int, Partition], int] = {}  # the next number of a producer

    def create(self, topic: str) -> None:
        """A topic."""
        for number in range(PARTITIONS):
            self.partitions[topic, number] = []

    def new_producer(self) -> int:
        """An id for an idempotent producer."""
        self._producers += 1
        return self._producers

    def is_reached(self) -> bool:
        """False while the broker is down, and when a request or an answer is lost."""
        world = self.world
        return world.now >= self.down_until and not world.chance.happens(self.failing)

    def append(self, producer: int, number: int, at: Partition, batch: Sequence[Incoming]) -> bool:
        """One batch, once and in the producer's order; False: out of order."""
        expected = self._taken.get((producer, at), 0)
        if number != expected:
            return number < expected
        self._taken[producer, at] = expected + 1
        for incoming in batch:
            self.put(at, incoming)
        return True

    def put(self, at: Partition, incoming: Incoming) -> None:
        """One record at the end of a partition."""
        held = self.partitions[at]
        record = cast(ConsumerRecord, Position(*at, len(held)))
        placed = replace(incoming, record=record)
        if placed.envelope is None:
            placed = replace(placed, key=placed.position_key)
        else:
            self.sent.add(placed.envelope.id)
        held.append(placed)
        self.on_append(placed)
        for group in self.groups.values():
            group.wake(at)


class Producer:
    """An idempotent producer: sends in order per partition, tries again by itself, is closed after
    an error.
    """

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._id = broker.new_producer()
        self._numbers: dict[Partition, int] = {}
        self._is_closed = False
        self._unacknowledged = 0
        self._waiting: Task | None = None

    def send(self, batches: dict[Partition, list[Incoming]], meanwhile: Steps) -> Steps:
        """Send a page, do something else meanwhile, wait for all of it. Raises BrokerLost."""
        world = self._broker.world
        if not self._numbers:
            yield world.delay()
            if not self._broker.is_reached():  # it could not even be started
                raise BrokerLost
        deadline = world.now + PUBLISH_SECONDS
        for at, batch in batches.items():
            number = self._numbers.get(at, 0)
            self._numbers[at] = number + 1
            self._unacknowledged += 1
            world.spawn(None, self._deliver(number, at, batch), after=world.delay())
        answer = yield from meanwhile
        self._waiting = world.current
        while self._unacknowledged and not self._is_closed and world.now < deadline:
            yield deadline - world.now
        self._waiting = None
        if self._unacknowledged or self._is_closed:
            self.close()
            raise BrokerLost
        return answer

    def close(self) -> None:
        """Nothing further is sent; what is on the wire may still arrive."""
        self._is_closed = True

    def _deliver(self, number: int, at: Partition, batch: list[Incoming]) -> Steps:
        broker = self._broker
        while True:
            if broker.is_reached():
                if not broker.append(self._id, number, at, batch):
                    self.close()
                    break
                yield broker.world.delay()
                if broker.is_reached():
                    self._unacknowledged -= 1
                    break
            yield RETRY_SECONDS
            if self._is_closed:
                return
        broker.world.wake(self._waiting)


@dataclass(slots=True)
class Member:
    """One client in a group, as the coordinator and the client see it."""

    number: int
    group: "Group"
    topics: tuple[str, ...]
    seen_at: float
    generation: int = -1
    assigned: tuple[Partition, ...] = ()
    positions: dict[Partition, int] = field(default_factory=dict)
    settled: dict[Partition, int] = field(default_factory=dict)
    paused: set[Partition] = field(default_factory=set)
    waiting: Task | None = None

    def fetch(self, limit: int) -> list[Incoming]:
        """What comes next, from some or all partitions; positions move on."""
        partitions = self.group.broker.partitions
        chance = self.group.broker.world.chance
        found: list[Incoming] = []
        start = chance.below(len(self.assigned)) if len(self.assigned) > 1 else 0
        for at in (*self.assigned[start:], *self.assigned[:start]):
            position = self.positions.get(at)
            if position is None or at in self.paused or len(found) >= limit:
                continue
            new = partitions[at][position : position + limit - len(found)]
            self.positions[at] = position + len(new)
            found += new
        return found

    def seek(self, offsets: dict[Partition, int]) -> None:
        """Read on from there, in partitions that are ours."""
        for at, offset in offsets.items():
            if at in self.assigned:
                self.positions[at] = offset


class Group:
    """The coordinator of one consumer group: eager rebalances, range assignment, fenced commits."""

    def __init__(self, broker: Broker, topics: tuple[str, ...]) -> None:
        self.broker = broker
        self.topics = topics
        self.generation = 0
        self.members: dict[int, Member] = {}
        self.committed: dict[Partition, int] = {}
        self.rebalances = 0
        self._joined: set[int] = set()
        self._since: float | None = None
        self._numbers = 0

    @property
    def is_rebalancing(self) -> bool:
        """True from the first change of membership until all have joined."""
        return self._since is not None

    def enter(self) -> Member:
        """A new member, which has not joined yet."""
        self._numbers += 1
        return Member(self._numbers, self, self.topics, self.broker.world.now)

    def heartbeat(self, member: Member) -> bool:
        """The member lives. False: it is to give up what it has and join (again)."""
        now = self.broker.world.now
        member.seen_at = now
        gone = [one for one in self.members.values() if now - one.seen_at > SESSION_SECONDS]
        for one in gone:
            self.leave(one)
        self._complete()
        is_current = self.members.get(member.number) is member
        return is_current and member.generation == self.generation and not self.is_rebalancing

    def join(self, member: Member) -> bool:
        """Wait to be given partitions. True once they are."""
        if member.number not in self.members:
            self.members[member.number] = member
            self._begin()
        elif member.generation != self.generation and not self.is_rebalancing:
            return True
        self._joined.add(member.number)
        self._complete()
        return not self.is_rebalancing

    def leave(self, member: Member) -> None:
        """Out of the group, by itself or expelled."""
        if self.members.pop(member.number, None) is not None:
            self._joined.discard(member.number)
            self._begin()

    def share(self, member: Member) -> tuple[Partition, ...]:
        """What the member has in this generation."""
        numbers = sorted(self.members)
        if member.number not in self.members:
            return ()
        mine = numbers.index(member.number)
        return tuple(
            (topic, number)
            for topic in self.topics
            for number in range(PARTITIONS)
            if number * len(numbers) // PARTITIONS == mine
            or (len(numbers) > PARTITIONS and number == mine)
        )

    def commit(self, member: Member, generation: int, offsets: dict[Partition, int]) -> bool:
        """Store offsets. False: the member is not of this generation."""
        if self.members.get(member.number) is not member or generation != self.generation:
            return False
        self.committed.update(offsets)
        return True

    def wake(self, at: Partition) -> None:
        """Somebody waits for records here."""
        for member in self.members.values():
            if member.waiting is not None and at in member.positions:
                self.broker.world.wake(member.waiting)

    def lag(self) -> int:
        """Records that are not settled; a lost commit of offsets waits for the next batch's."""
        settled: dict[Partition, int] = {}
        for member in self.members.values():
            if member.generation == self.generation:
                settled.update(member.settled)
        return self.beyond(settled)

    def beyond(self, settled: Mapping[Partition, int]) -> int:
        """Records of the group's topics that come after these places."""
        return sum(
            max(0, len(self.broker.partitions[topic, number]) - settled.get((topic, number), 0))
            for topic in self.topics
            for number in range(PARTITIONS)
        )

    def _begin(self) -> None:
        self._joined = {one for one in self._joined if one in self.members}
        if self._since is None:
            self._since = self.broker.world.now
            self._joined = set()
            self.rebalances += 1

    def _complete(self) -> None:
        if self._since is None:
            return
        late = [one for one in self.members if one not in self._joined]
        if late and self.broker.world.now - self._since > REBALANCE_SECONDS:
            for one in late:
                del self.members[one]
            late = []
        if not late:
            self._since = None
            self._joined = set()
            self.generation += 1


def answer(broker: Broker, what: Callable[[], Any]) -> Steps:
    """One request to the broker: there, done, and back. Raises BrokerLost, even when done."""
    yield broker.world.delay()
    if not broker.is_reached():
        raise BrokerLost
    given = what()
    yield broker.world.delay()
    if not broker.is_reached():
        raise BrokerLost
    return given
