"""The system that is simulated: services with two processes each, a region, one broker. What goes
wrong with it stands in trouble.py.
"""

from uuid import UUID

from kvitt_chassis.consuming.machine import Failure

from tests.simulation.consuming import ConsumerShell
from tests.simulation.database import Database, DatabaseLost
from tests.simulation.inbox import Inbox
from tests.simulation.kafka import PARTITIONS, Broker, Group
from tests.simulation.messages import INBOUNDS, REGIONS, Temper, garbled, inbound, number_of
from tests.simulation.record import Record
from tests.simulation.relaying import RelayShell
from tests.simulation.world import Process, Steps, World

KEYS = ("k-0", "k-1", "k-2")
SUBJECTS = ("s-3", "s-4")
FLOODED = 6
"""So many further subjects has a region that floods."""


class Replica:
    """One process of a service: killed as a whole, started anew under another name."""

    def __init__(self, service: "Service", number: int) -> None:
        self.service = service
        self.number = number
        self.starts = 0
        self.start()

    def start(self) -> None:
        """A new process with its relay and its consumer."""
        service = self.service
        world = service.database.world
        self.starts += 1
        self.process = Process(f"{service.name}.{self.number}.{self.starts}")
        self.relay = RelayShell(self.process, service.database, service.broker, service.record)
        self.consumer = ConsumerShell(
            self.process, service.inbox, service.group, service.record, service.tempers
        )
        self.relay.task = world.spawn(self.process, self.relay.run(), after=world.delay())
        world.spawn(self.process, self.consumer.group_loop(), after=world.delay())
        world.spawn(self.process, self.consumer.read_loop(), after=world.delay())
        world.spawn(self.process, self.consumer.offsets_loop(), after=world.delay())
        self.consumer.drain_task = world.spawn(
            self.process, self.consumer.drain_loop(), after=world.delay()
        )

    def stop(self) -> Steps:
        """SIGTERM, and a new one in its place."""
        world, process = self.service.database.world, self.process
        world.note(f"{process.name} is told to stop")
        yield from self.consumer.stop()
        self.relay.machine.drain()
        world.wake(self.relay.task)
        deadline = world.now + 5.0
        while not self.relay.has_left and world.now < deadline and process.is_alive:
            yield 0.1
        if process.is_alive:
            world.end(process)
            self.service.database.disconnect(process)
            self.start()


class Service:
    """A database, an inbox, a group, two processes."""

    def __init__(
        self,
        system: "System",
        name: str,
        topics: tuple[str, ...],
        answers_on: dict[str, str],
    ) -> None:
        self.name = name
        self.broker = system.broker
        self.record = system.record
        self.tempers = system.tempers
        self.database = Database(system.world, name, system.new_event_id)
        self.inbox = Inbox(self.database, system.record, system.tempers, answers_on)
        self.group = system.broker.groups[name] = Group(system.broker, topics)
        system.record.databases[name] = self.database
        self.replicas = [Replica(self, number) for number in range(2)]

    def wake(self) -> None:
        """Something is committed in a process of ours."""
        for replica in self.replicas:
            self.database.world.wake(replica.relay.task)


class System:
    """`first` takes requests over HTTP and from two regions, of which one may flood; `second`
    answers each of its events, which `first` reads; `third`, where it is, answers too.
    """

    def __init__(self, world: World) -> None:
        chance = world.chance
        self.world = world
        self.record = Record()
        self.tempers: dict[object, Temper] = {}
        self.stated: dict[UUID, int | None] = {}  # what the region has said, with its version
        self._ids = 0
        self._pace = chance.between(1.0, 10.0)
        self._failing = chance.draw() ** 2 * 0.7 if chance.happens(0.6) else 0.0
        self._storm = Failure.REFUSED if chance.happens(0.3) else Failure.FAULT
        self._storming = 0.95 if chance.happens(0.3) else 0.0
        if self._storming:
            self._failing = 0.75
        self.broker = Broker(world)
        self.broker.on_append = self.record.appended
        for topic in ("first", "second", "third", *INBOUNDS):
            self.broker.create(topic)
        self.services = [
            Service(self, "first", (*INBOUNDS, "second"), dict.fromkeys(INBOUNDS, "first")),
            Service(self, "second", ("first",), {"first": "second"}),
        ]
        if chance.happens(0.15):
            self.services.append(Service(self, "third", ("first", "second"), {"first": "third"}))
        world.on_killed = self._killed
        for number in range(2):
            world.spawn(None, self._request(number))
        for code in REGIONS:
            world.spawn(None, self._region(code))
        if chance.happens(0.5):
            world.spawn(None, self._flood(REGIONS[chance.below(len(REGIONS))]))

    def new_event_id(self) -> UUID:
        """An event's id, and how its readers will take it."""
        self._ids += 1
        event_id = UUID(int=self._ids)
        chance = self.world.chance
        if chance.happens(self._failing):
            failure = (*Failure,)[1 + chance.below(4)]
            if chance.happens(self._storming):
                failure = self._storm
            self.tempers[event_id] = Temper(
                failure,
                left=1 + chance.below(6),
                is_unknown=chance.happens(0.15),
                cannot_be_parked=chance.below(6) if chance.happens(0.1) else 0,
                acts_first=chance.happens(0.4),
            )
        return event_id

    def _killed(self, process: Process) -> None:
        for service in self.services:
            service.database.disconnect(process)
            for replica in service.replicas:
                if replica.process is process:
                    self.world.spawn(None, self._start_again(replica, process))

    def _start_again(self, replica: Replica, process: Process) -> Steps:
        yield self.world.chance.between(0.05, 1.5)
        if replica.process is process:
            replica.start()

    def _request(self, number: int) -> Steps:
        """HTTP requests to `first`, one after the other; their process may die like any other."""
        world, service = self.world, self.services[0]
        chance = world.chance
        while not world.is_healed:
            yield chance.between(0.01, 0.2) * self._pace
            replica = service.replicas[number]
            if replica.process.is_alive and not world.is_healed:
                world.spawn(replica.process, self._write(service))

    def _write(self, service: Service) -> Steps:
        chance, database = self.world.chance, service.database
        tx = None
        try:
            tx = yield from database.begin()
            first = chance.below(len(KEYS))
            for key in KEYS[first : first + 1 + chance.below(2)]:
                yield from database.lock(tx, ("aggregate", service.name, key))
                for _ in range(1 + chance.below(2)):
                    tx.emit(service.name, key)
                    yield self.world.delay()
            if chance.happens(0.15):
                database.roll_back(tx)
            else:
                yield from database.commit(tx)
        except DatabaseLost:
            database.roll_back(tx)
            return
        service.wake()

    def _flood(self, code: str) -> Steps:
        """A region that says far more than its share, of one kind: refused, failing, waiting for
        what nobody knows yet, unreadable, or good.
        """
        world, chance = self.world, self.world.chance
        kind = (Failure.REFUSED, Failure.FAULT, Failure.NOT_YET_KNOWN, None, None)[chance.below(5)]
        is_garbled = kind is None and chance.happens(0.5)
        yield chance.between(0.1, 1.0) * self._pace
        for number in range(10 + chance.below(30)):
            if world.is_healed:
                return
            yield chance.between(0.0, 0.01) * self._pace
            subject = f"{code}-{number % FLOODED}"
            at = f"region.{code}.first", number_of(subject) % PARTITIONS
            if is_garbled:
                self.broker.put(at, garbled(code))
                continue
            event_id = self.new_event_id()
            if kind is not None:
                self.tempers[event_id] = Temper(
                    kind,
                    left=1 + chance.below(4),
                    is_lasting=kind is Failure.REFUSED,
                    acts_first=chance.happens(0.3),
                )
            self.stated[event_id] = None
            self.broker.put(at, inbound(event_id, subject, None, code))

    def _region(self, code: str) -> Steps:
        """What a region says: in order per subject, now and then twice, now and then garbled."""
        world, chance = self.world, self.world.chance
        versions = dict.fromkeys(SUBJECTS, 0)
        sent: list[tuple[UUID, str, int | None]] = []
        while not world.is_healed:
            yield chance.between(0.02, 0.3) * self._pace
            subject = SUBJECTS[chance.below(len(SUBJECTS))]
            if chance.happens(0.04):
                self.broker.put((f"region.{code}.first", 0), garbled(code))
            if sent and chance.happens(0.15):
                event_id, subject, version = sent[chance.below(len(sent))]
            else:
                event_id, version = self.new_event_id(), None
                if subject == SUBJECTS[0]:
                    versions[subject] += 1
                    is_old = chance.happens(0.2)
                    version = versions[subject] - (1 + chance.below(2) if is_old else 0)
                    version = max(version, 1)
                elif chance.happens(0.1):
                    self.tempers[event_id] = Temper(
                        Failure.REFUSED,
                        left=chance.below(3),
                        is_lasting=True,
                        is_unanswerable=chance.happens(0.15),
                        acts_first=chance.happens(0.4),
                    )
                sent.append((event_id, subject, version))
                self.stated[event_id] = version
            at = f"region.{code}.first", number_of(subject) % PARTITIONS
            self.broker.put(at, inbound(event_id, subject, version, code))
