"""A service as a process of its own, for tests: started, called over HTTP, killed, ended in order.

The test names the module to run; its database and topics have the test module's prefix.
"""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.trust import trusted
from kvitt_contracts.access import Grantee

from kvitt_testkit.world import regions_dir, wait_for

CHECK_LOCK_ORDER = "KVITT_CHECK_LOCK_ORDER"
START_SECONDS = 120.0  # a busy machine; one that has died is told at once
STOP_SECONDS = 28.0
_ANSWER_SECONDS = 60.0
_PR_SET_PDEATHSIG = 1


def pytest_configure() -> None:
    """The services of a local system that a test starts check their lock order, as all in tests."""
    os.environ.setdefault(CHECK_LOCK_ORDER, "1")


class Tokens(Protocol):
    """Issues bearer tokens for tests."""

    def issue(self, user: str, *, region: str, roles: Sequence[str] = ()) -> str:
        """A token for a user of a region, or a system's with roles that a token alone says."""


class Servers(Protocol):
    """What is used of the fixture `platform`."""

    tokens: Tokens
    bootstrap: str

    def service_environment(
        self, service: str, prefix: str, regions_dir: Path, *, http_port: int | None = None
    ) -> dict[str, str]:
        """The settings of a service process."""

    def create_topics(self, prefix: str, regions: Sequence[str] = ()) -> object:
        """The catalogue's topics under a prefix."""


@dataclass(slots=True)
class ServiceProcess:
    """One process. `log` is its output; `token` issues a caller's token."""

    module: str
    environment: Mapping[str, str]
    log: Path
    tokens: Tokens
    root: Path
    popen: "subprocess.Popen[bytes] | None" = None
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return f"http://127.0.0.1:{self.environment['KVITT_HTTP_PORT']}"

    @property
    def admin_url(self) -> str:
        """The address for who operates it."""
        return f"http://127.0.0.1:{self.environment['KVITT_ADMIN_PORT']}"

    def start(self) -> None:
        """Start it, with `extra` in its environment; does not wait. It checks its lock order."""
        shared = {k: v for k, v in os.environ.items() if not k.startswith("KVITT_")}
        with self.log.open("ab") as output:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", self.module],
                env={**shared, CHECK_LOCK_ORDER: "1", **self.environment, **self.extra},
                cwd=self.root,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_the_test if sys.platform == "linux" else None,
            )

    async def started(self) -> "ServiceProcess":
        """Start it and wait until it is ready. Raises AssertionError with its log's end."""
        self.start()
        try:
            await wait_for(self.is_ready, within=START_SECONDS, every=0.05)
        except AssertionError:
            raise AssertionError(f"{self.module} is not ready: {self.said()[-3000:]}") from None
        return self

    async def is_ready(self) -> bool:
        """True when /health/ready answers 200. Raises AssertionError when it has died."""
        assert self.popen is not None
        assert self.popen.poll() is None, f"{self.module} died: {self.said()[-3000:]}"
        try:
            async with httpx.AsyncClient(timeout=3.0, verify=trusted()) as client:
                return (await client.get(f"{self.url}/health/ready")).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        assert self.popen is not None
        self.popen.kill()
        self.popen.wait(30)

    def terminate(self) -> None:
        """SIGTERM; does not wait."""
        assert self.popen is not None
        self.popen.send_signal(signal.SIGTERM)

    def stop(self) -> int:
        """SIGTERM, and wait for its end; answers the exit code. Raises when it takes too long."""
        assert self.popen is not None
        if self.popen.poll() is None:
            self.terminate()
        try:
            return self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def said(self) -> str:
        """Everything that it has logged."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    @asynccontextmanager
    async def http(
        self,
        *,
        user: str = "k082lno",
        region: str = "ac",
        roles: Sequence[str] = (Grantee.REGION_SYSTEM,),
    ) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client with a token that says these roles; without any it is a user's, and the
        register must have the user. POST gets an Idempotency-Key unless it has one.
        """
        token = self.tokens.issue(user, region=region, roles=roles)

        async def give_key(request: httpx.Request) -> None:
            request.headers.setdefault("Idempotency-Key", str(uuid4()))

        async with httpx.AsyncClient(
            base_url=self.url,
            headers={"Authorization": f"Bearer {token}"},
            event_hooks={"request": [give_key]},
            timeout=_ANSWER_SECONDS,
            verify=trusted(),
        ) as client:
            yield client

    @asynccontextmanager
    async def admin(
        self, *, user: str = "drift", region: str = "ac", roles: Sequence[str] = ("platform",)
    ) -> AsyncIterator[httpx.AsyncClient]:
        """An HTTP client of its admin port, with a token of who operates all of it; with the role
        `ops` alone, the region's share.
        """
        token = self.tokens.issue(user, region=region, roles=roles)
        async with httpx.AsyncClient(
            base_url=self.admin_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=_ANSWER_SECONDS,
            verify=trusted(),
        ) as client:
            yield client

    async def idle(self) -> dict[str, Any]:
        """What it still has to do (`GET /admin/idle`)."""
        async with self.admin() as client:
            answer = await client.get("/admin/idle")
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found

    async def come_to_rest(self, *, within: float = 30.0) -> None:
        """Wait until it has nothing more to do; what is quarantined does not count."""

        async def rests() -> bool:
            found = await self.idle()
            still = {"recorded", "quarantined"}
            return not any(value for name, value in found.items() if name not in still)

        await wait_for(rests, within=within)


Running = Callable[..., Awaitable[ServiceProcess]]
Prepared = Callable[..., ServiceProcess]


@pytest.fixture(scope="module")
def prepared(
    platform: Servers,
    prefix: str,
    tmp_path_factory: pytest.TempPathFactory,
    pytestconfig: pytest.Config,
) -> Iterator[Prepared]:
    """`prepared("bmb")`: a process that is not started yet, on this module's database and topics;
    ended with the module. The database must be there (`service_database`); the topics are made.
    """
    begun: list[ServiceProcess] = []
    regions = regions_dir(pytestconfig)
    directory = tmp_path_factory.mktemp("logs")
    platform.create_topics(prefix, sorted(file.stem for file in regions.glob("*.yaml")))

    def prepare(service: str, *, module: str | None = None, **extra: str) -> ServiceProcess:
        process = ServiceProcess(
            module=module or f"{service}.app",
            environment=platform.service_environment(service, prefix, regions),
            log=directory / f"{service}-{len(begun) + 1}.log",
            tokens=platform.tokens,
            root=pytestconfig.rootpath,
            extra=extra,
        )
        begun.append(process)
        return process

    yield prepare
    _end(begun)


@pytest.fixture
def running(prepared: Prepared) -> Iterator[Running]:
    """`process = await running("bmb")`: started and ready; ended with the test. `ready=False` does
    not wait; capitals are settings (`KVITT_FAILPOINTS="relay.before_send=kill"`).
    """
    begun: list[ServiceProcess] = []

    async def start(
        service: str, *, module: str | None = None, ready: bool = True, **extra: str
    ) -> ServiceProcess:
        process = prepared(service, module=module, **extra)
        begun.append(process)
        if ready:
            return await process.started()
        process.start()
        return process

    yield start
    _end(begun)


def _end_with_the_test() -> None:
    """Run in the child: it ends when a test run is killed."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _end(begun: Sequence[ServiceProcess]) -> None:
    alive = [one for one in begun if one.popen is not None and one.popen.poll() is None]
    for process in alive:
        process.terminate()
    for process in alive:
        process.stop()
