"""What goes wrong: kills, freezes, outages, stolen leases, doubled records, restored databases.
When, and how much of it, the seed says.
"""

from collections.abc import Callable

from kvitt_chassis.consuming.machine import State

from tests.simulation.checks import is_mended
from tests.simulation.relaying import republished
from tests.simulation.system import KEYS, SUBJECTS, Replica, Service, System
from tests.simulation.world import Steps


class Trouble:
    """One run's faults. The first is always a kill."""

    def __init__(self, system: System) -> None:
        world = self._world = system.world
        chance = self._chance = world.chance
        self._system = system
        self._pace = chance.between(0.15, 1.0)
        self._restored: Service | None = None
        world.kill_probability = 0.004 if chance.happens(0.5) else 0.0
        failing = 0.03 if chance.happens(0.5) else 0.0
        failing = 0.25 if chance.happens(0.1) else failing
        for service in system.services:
            service.database.failing = failing
        system.broker.failing = 0.06 if chance.happens(0.5) else 0.0
        kinds: tuple[Callable[[], None], ...] = (
            self._freeze,
            self._crash_database,
            self._stop_broker,
            self._steal_lease,
            self._republish,
            self._expel,
            self._restart,
            self._restart,
            self._replay,
        )
        self._kinds = [self._kill, *(kind for kind in kinds if chance.happens(0.5))]
        world.spawn(None, self._go_on())
        if chance.happens(0.3):
            world.spawn(None, self._back_up_and_restore())

    def heal(self) -> None:
        """Everything works again; an operator decides what only a person may."""
        world, system = self._world, self._system
        world.note("all is healed")
        world.is_healed = True
        world.kill_probability = 0.0
        system.broker.failing, system.broker.down_until = 0.0, world.now
        for service in system.services:
            database = service.database
            database.failing, database.down_until = 0.0, world.now
            database.recovers_until = world.now
            if service is self._restored:
                database.rebase()
                system.record.refusing.pop(database.name, None)
            for replica in service.replicas:
                replica.process.frozen_until = 0.0
                for task in replica.process.tasks:
                    world.wake(task)

    def decide(self) -> None:
        """An operator lets keys be tried again that nothing but a fault or a release held up."""
        for service in self._system.services:
            park = service.database.tables.park
            for place, key in park.keys.items():
                if key.state is State.QUARANTINED and is_mended(self._system, service, place):
                    park.try_now(place, self._world.now)

    def _go_on(self) -> Steps:
        yield self._chance.between(0.0, 0.3)
        self._kill()
        while not self._world.is_healed:
            yield self._chance.between(0.3, 1.7) * self._pace
            if not self._world.is_healed:
                self._kinds[self._chance.below(len(self._kinds))]()

    def _service(self) -> Service:
        services = self._system.services
        return services[self._chance.below(len(services))]

    def _replica(self) -> Replica:
        return self._service().replicas[self._chance.below(2)]

    def _kill(self) -> None:
        self._world.kill(self._replica().process)

    def _freeze(self) -> None:
        process = self._replica().process
        process.frozen_until = self._world.now + self._chance.between(0.3, 7.0)
        self._world.note(f"{process.name} is frozen until {process.frozen_until:.3f}")

    def _crash_database(self) -> None:
        service = self._service()
        self._world.note(f"the database of {service.name} is stopped at once")
        service.database.crash(seconds=self._chance.between(0.05, 1.0))

    def _stop_broker(self) -> None:
        self._world.note("the broker is killed")
        self._system.broker.down_until = self._world.now + self._chance.between(0.1, 4.0)

    def _steal_lease(self) -> None:
        database = self._service().database
        lease = database.tables.lease
        self._world.note(f"the lease of {database.name} is stolen")
        self._system.record.lease_changes(database.name, lease.epoch, self._world.now)
        lease.epoch += 1
        lease.holder = "thief"
        lease.leased_until = self._world.now + self._chance.between(0.0, 0.5)

    def _republish(self) -> None:
        service = self._service()
        key = (*KEYS, *SUBJECTS)[self._chance.below(len(KEYS) + len(SUBJECTS))]
        last = self._system.record.on_wire(service.name, key)
        if last and service is not self._restored:
            self._world.note(f"{key} of {service.name} is republished")
            again = republished(
                service.database, self._system.broker, key, 1 + self._chance.below(last)
            )
            self._world.spawn(None, again)

    def _expel(self) -> None:
        group = self._service().group
        if group.members:
            numbers = sorted(group.members)
            number = numbers[self._chance.below(len(numbers))]
            self._world.note(f"member {number} is expelled from {group.topics}")
            group.leave(group.members[number])

    def _restart(self) -> None:
        self._stop(self._replica())

    def _stop(self, replica: Replica) -> None:
        if replica.process.is_alive and not replica.consumer.is_stopping:
            self._world.spawn(replica.process, replica.stop())

    def _replay(self) -> None:
        service = self._service()
        self._world.note(f"{service.name} begins anew with all its topics")
        service.group.committed.clear()
        for member in list(service.group.members.values()):
            service.group.leave(member)

    def _back_up_and_restore(self) -> Steps:
        """A database is restored from a while ago: its relay must ask a person."""
        chance, world = self._chance, self._world
        yield chance.between(0.1, 1.0)
        service = self._service()
        backup = service.database.tables.copy()
        yield chance.between(0.2, 3.0)
        if world.is_healed:
            return
        world.note(f"the database of {service.name} is restored")
        self._restored = service
        known = backup.lease.known is not None
        self._system.record.restored(service.name, world.now, is_known=known)
        service.database.restore(
            backup, seconds=chance.between(0.0, 0.5), recovery=chance.between(0.0, 4.0)
        )
        yield chance.between(0.0, 2.0)
        if chance.happens(0.8) and not world.is_healed:
            self._stop(service.replicas[chance.below(2)])
