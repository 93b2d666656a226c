"""Faults of clocks: a service's, PostgreSQL's, an hour ahead or behind, and the jump back."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from random import Random

from kvitt_contracts.topics import SERVICES

from tests.faults.checker.evidence import Violation
from tests.faults.scenario import DATABASE_AWAY, CannotRunHere, Fault, scenario
from tests.faults.world import World

ROUND_SECONDS = 8.0
_AN_HOUR = 3600.0


@scenario("clock-service", "a service's clock an hour ahead, then an hour behind")
def clock_service(world: World, chance: Random) -> Fault:
    """Leases, back-offs and timers go by the database's clock; a service's own decides nothing."""
    service = chance.choice(SERVICES)
    before = _early(world)
    for offset in ("+1h", "-1h"):
        world.start_again(service, **_faked(offset))
        with world.loaded():
            time.sleep(ROUND_SECONDS)
    healed = time.monotonic()
    world.start_again(service)
    return _judged(world, before, healed, service)


@scenario("clock-database", "PostgreSQL's clock an hour ahead, then back, a relay killed meanwhile")
def clock_database(world: World, chance: Random) -> Fault:
    """When it goes back, a lease that a dead relay has left lies an hour ahead."""
    postgres = world.system.servers.postgres
    service = chance.choice(SERVICES)
    before = _early(world)
    with world.loaded():
        for offset in ("+1h", None):
            world.kill(service)
            postgres.stop()
            with _environment(_faked(offset) if offset else {}):
                postgres.start()
            healed = time.monotonic()
            time.sleep(ROUND_SECONDS)
    world.await_ready()
    return _judged(world, before, healed, service)


def _judged(world: World, before: int, healed: float, service: str) -> Fault:
    early = _early(world) - before
    told = f"{early} transfers were decided by a deadline that lies days ahead"
    return Fault(
        explained=DATABASE_AWAY,
        healed_at=healed,
        found=(Violation("I5", "timers", told),) if early else (),
        figures={"service": service, "early timers": str(early)},
    )


def _early(world: World) -> int:
    """Transfers that were decided by their deadline, days before it."""
    types = ("bmb.transfer.executed-automatically.v1", "bmb.transfer.locked.v1")
    with world.database("bmb") as database:
        found = database.execute(
            "SELECT count(*) FROM events WHERE type = ANY(%s)", (list(types),)
        ).fetchone()
    assert found is not None
    return int(found[0])


def _faked(offset: str) -> dict[str, str]:
    """The environment of a process whose clock is off; monotonic time goes on as it does."""
    spec = find_spec("libfaketime")
    if sys.platform != "linux" or spec is None or spec.origin is None:
        raise CannotRunHere("libfaketime is not installed")
    library = Path(spec.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
    if not library.exists():
        raise CannotRunHere("libfaketime has no library for this machine")
    faked = {
        "LD_PRELOAD": str(library),
        "FAKETIME": offset,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }
    command = [sys.executable, "-c", "import time; print(time.time())"]
    there = subprocess.run(command, env=os.environ | faked, capture_output=True, check=False)
    if there.returncode != 0 or abs(float(there.stdout) - time.time()) < _AN_HOUR / 2:
        raise CannotRunHere("libfaketime's library does not work on this machine")
    return faked


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    """What a child started within inherits."""
    os.environ.update(changes)
    try:
        yield
    finally:
        for name in changes:
            del os.environ[name]
