"""A full disk under PostgreSQL, on a file system of a fixed size."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.faults.checker.evidence import Violation
from tests.faults.scenario import DATABASE_AWAY, CannotRunHere, Fault, scenario
from tests.faults.world import World

_FREE_MIB = 48
_NO_SPACE = "No space left on device"
_FULL_SECONDS = 10.0


@scenario("disk-full", "PostgreSQL's disk fills up, and is given room again")
def disk_full(world: World, chance: Random) -> Fault:
    """Writes are refused or the server ends; with room it goes on from its log."""
    postgres = world.system.servers.postgres
    data = world.system.state.directory / "postgres"
    log = world.system.state.log("postgres")
    refused = log.read_text(errors="replace").count(_NO_SPACE)
    with _small(world, data):
        ballast = data.parent / "postgres" / "ballast"
        with world.loaded():
            time.sleep(3)
            _fill(ballast)
            time.sleep(_FULL_SECONDS)
            has_ended = postgres.child is None or not postgres.child.is_running()
            ballast.unlink()
            if has_ended:
                postgres.start()
            healed = time.monotonic()
            time.sleep(3)
        world.await_ready()
        rested = world.rest(world.recovery_limit)
        took = time.monotonic() - healed
    # The system is moved once more after this: what is judged here is not the runner's rest.
    found = () if rested is not None else (Violation("I8", "lag", "something waits still"),)
    refused = log.read_text(errors="replace").count(_NO_SPACE) - refused
    figures = {
        "server": "ended and was started" if has_ended else "stayed up",
        "refused for want of space": f"{refused} times",
    }
    return Fault(
        explained=DATABASE_AWAY,
        found=found,
        healed_at=time.monotonic(),
        figures={**figures, "at rest after": f"{took:.1f} s"},
    )


@contextmanager
def _small(world: World, data: Path) -> Iterator[None]:
    """The data directory on a tmpfs with little room."""
    postgres = world.system.servers.postgres
    aside = data.with_name("postgres-aside")
    postgres.stop()
    shutil.move(data, aside)
    data.mkdir(mode=0o700)
    used = sum(one.stat().st_size for one in aside.rglob("*") if one.is_file()) >> 20
    options = f"size={used + _FREE_MIB}m,mode=0700"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "none", str(data)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        data.rmdir()
        shutil.move(aside, data)
        postgres.start()
        raise CannotRunHere("no file system of a fixed size can be mounted")
    try:
        shutil.copytree(aside, data, dirs_exist_ok=True, symlinks=True)
        postgres.start()
        yield
    finally:
        postgres.stop()
        shutil.rmtree(aside)
        shutil.copytree(data, aside, symlinks=True)
        subprocess.run(["umount", str(data)], check=True)
        data.rmdir()
        shutil.move(aside, data)
        postgres.start()


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(1 << 16))
        except OSError:
            return
