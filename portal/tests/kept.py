"""A system that stays up between runs of the portal's tests, for who works on pages:

    python -m portal.tests.kept /tmp/kept        # until Ctrl-C
    KVITT_PORTAL_KEPT=/tmp/kept python -m pytest portal/tests -k …

Each run starts the portal anew beside it; a change of a service needs a new one.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from kvitt.local.servers import LocalServers
from kvitt.local.state import State
from kvitt_contracts.topics import SERVICES
from kvitt_testkit.platform import NamedServers, Platform
from kvitt_testkit.running import ServiceProcess

from portal.tests import system
from portal.tests.billed import bill
from portal.tests.system import PortalSystem

NAMED = "KVITT_PORTAL_KEPT"
_FILE = "kept.json"
_NUMBERS = "numbers"


def directory() -> Path | None:
    """Where the kept system is that the environment names."""
    named = os.environ.get(NAMED)
    return Path(named) if named else None


def numbers(kept: Path) -> Iterator[int]:
    """Each once, in all runs on the system and all workers of them: a byte of a file for each."""
    with (kept / _NUMBERS).open("ab", buffering=0) as file:
        while True:
            file.write(b".")
            yield file.tell()


@asynccontextmanager
async def attached(kept: Path, logs: Path, root: Path) -> AsyncIterator[PortalSystem]:
    """Within: the kept system with a portal of this run's own."""
    said = json.loads((kept / _FILE).read_text())  # before anything runs
    platform = Platform.start(kept / "tests", named=NamedServers.from_plain(said["servers"]))
    services = {
        name: ServiceProcess(
            module=f"{name}.app",
            environment=said["services"][name],
            log=logs / f"{name}.log",
            tokens=platform.tokens,
            root=root,
        )
        for name in SERVICES
    }
    async with system.beside(
        services, said["issuers"], platform, said["prefix"], logs, root, numbers(kept)
    ) as found:
        yield found


async def _keep(kept: Path, root: Path) -> None:
    servers = LocalServers(State.open(kept / "servers"))
    named = NamedServers.of(servers)
    servers.begin()
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        servers.await_postgres()
        servers.await_kafka()
        platform = Platform.start(kept / "tests", named=named)
        async with system.running(platform, kept, root, begin=bill) as found:
            said = {
                "servers": named.plain(),
                "prefix": found.prefix,
                "issuers": list(found.issuers),
                "services": {name: dict(one.environment) for name, one in found.services.items()},
            }
            file = kept / _FILE
            file.touch(mode=0o600)  # once, before anybody waits
            file.write_text(json.dumps(said))
            sys.stdout.write(f"Kept: {found.url}\n{NAMED}={kept} uses it; Ctrl-C ends it.\n")
            sys.stdout.flush()
            await ended.wait()
            file.unlink()
    finally:
        servers.stop()


if __name__ == "__main__":
    asyncio.run(_keep(Path(sys.argv[1]).resolve(), Path(__file__).parents[2]))
