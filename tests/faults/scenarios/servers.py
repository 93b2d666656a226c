"""Faults of Kafka and PostgreSQL: killed, down, restarted, slow with old snapshots."""

import time
from random import Random

from tests.faults.scenario import BROKER_AWAY, DATABASE_AWAY, Fault, scenario
from tests.faults.world import World


@scenario("broker-killed", "kill -9 of the broker, restarted at once", is_short=True)
def broker_killed(world: World, chance: Random) -> Fault:
    """A short outage."""
    return _broker_down(world, seconds=0.0)


@scenario("broker-down", "the broker killed and down for 60 s")
def broker_down(world: World, chance: Random) -> Fault:
    """A long outage: longer than every deadline of a client."""
    return _broker_down(world, seconds=60.0)


@scenario("postgres-immediate", "PostgreSQL stopped immediately and restarted", is_short=True)
def postgres_immediate(world: World, chance: Random) -> Fault:
    """As if the power went, twice."""
    with world.loaded():
        for _ in range(2):
            time.sleep(chance.uniform(2.0, 5.0))
            world.system.servers.postgres.stop_immediately()
            time.sleep(chance.uniform(0.0, 3.0))
            world.system.servers.postgres.start()
            ready = time.monotonic()
        world.await_ready()
        back = time.monotonic() - ready
    figures = {"ready again": f"{back:.1f} s"}
    return Fault(explained=DATABASE_AWAY, healed_at=ready, figures=figures)


@scenario("old-snapshot", "a snapshot held open for 30 s")
def old_snapshot(world: World, chance: Random) -> Fault:
    """Nothing is ever removed behind it: what is insert-only does not mind."""
    with world.database("orders") as held, world.database("orders") as other:
        held.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        held.execute("SELECT count(*) FROM events")
        with world.loaded():
            time.sleep(30)
        other.execute("ANALYZE events")
        dead = other.execute(
            "SELECT n_dead_tup FROM pg_stat_user_tables WHERE relname = 'events'"
        ).fetchone()
        held.execute("ROLLBACK")
    assert dead is not None
    return Fault(figures={"dead rows in the outbox": str(dead[0])})


def _broker_down(world: World, *, seconds: float) -> Fault:
    kafka = world.system.servers.await_kafka()
    with world.loaded():
        time.sleep(2)
        kafka.kill()
        time.sleep(seconds)
        kafka.start()
        healed = time.monotonic()
        time.sleep(3)
    world.await_ready()
    return Fault(explained=BROKER_AWAY, healed_at=healed, figures={"down": f"{seconds:.0f} s"})
