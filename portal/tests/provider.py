"""A portal whose users log in at a real OpenID Connect provider."""

import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from kvitt.local.processes import free_ports
from kvitt_portal.sessions import Session, Sessions
from kvitt_testkit.running import ServiceProcess

from portal.tests.issuing import USER
from portal.tests.system import PortalSystem


@dataclass(frozen=True, slots=True)
class WithProvider:
    """A portal whose users log in at a provider, and that provider's address."""

    portal: ServiceProcess
    issuer: str

    @asynccontextmanager
    async def browser(self) -> AsyncIterator[httpx.AsyncClient]:
        """Somebody's browser, that has no session yet; it says where its forms come from."""
        async with httpx.AsyncClient(
            base_url=self.portal.url, headers={"Sec-Fetch-Site": "same-origin"}, timeout=20.0
        ) as client:
            yield client

    async def log_in(self, client: httpx.AsyncClient, user: str = USER) -> httpx.Response:
        """As a person does it: to the provider, the user chosen there, and back."""
        to_provider = await client.get("/logga-in")
        assert to_provider.status_code == 303, to_provider.text
        answer = await client.post(to_provider.headers["location"], data={"sub": user})
        assert answer.status_code == 302, answer.text
        return await client.get(answer.headers["location"])

    @asynccontextmanager
    async def table(self) -> AsyncIterator[Sessions]:
        """The portal's own table of sessions."""
        environment = self.portal.environment
        url = environment["KVITT_PORTAL_DATABASE_URL"].replace("+asyncpg", "")
        async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
            yield Sessions(pool, key=environment["KVITT_PORTAL_KEY"])

    async def lapse(self, secret: str) -> None:
        """The session of a cookie's secret has been idle for too long."""
        async with self._connection() as connection:
            await connection.execute(
                "UPDATE sessions SET idle_until = now() - interval '1 minute' WHERE digest = $1",
                hashlib.sha256(secret.encode()).digest(),
            )

    async def outlast(self, secret: str) -> None:
        """What was kept under a cookie's secret has been kept for too long."""
        async with self._connection() as connection:
            await connection.execute(
                "UPDATE kept SET ends_at = now() - interval '1 minute' WHERE digest = $1",
                hashlib.sha256(secret.encode()).digest(),
            )

    async def lasts_until(self, secret: str, minutes: int | None = None) -> datetime:
        """When the session of a cookie's secret ends unless something is done; `minutes`: it is to
        be so many from now.
        """
        digest = hashlib.sha256(secret.encode()).digest()
        async with self._connection() as connection:
            if minutes is not None:
                await connection.execute(
                    "UPDATE sessions SET idle_until = now() + $2 WHERE digest = $1",
                    digest,
                    timedelta(minutes=minutes),
                )
            found: datetime = await connection.fetchval(
                "SELECT idle_until FROM sessions WHERE digest = $1", digest
            )
        return found

    async def session(self, client: httpx.AsyncClient) -> Session:
        """Somebody's session as it is stored."""
        async with self.table() as table:
            found = await table.find(client.cookies["kvitt"])
        assert found is not None
        return found

    async def change(self, client: httpx.AsyncClient, **changed: Any) -> None:
        """Change somebody's session where it is stored."""
        secret = client.cookies["kvitt"]
        async with self.table() as table:
            found = await table.find(secret)
            assert found is not None
            await table.store(secret, replace(found, **changed), before=found.copy())

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[asyncpg.Connection]:
        url = self.portal.environment["KVITT_PORTAL_DATABASE_URL"].replace("+asyncpg", "")
        connection = await asyncpg.connect(url)
        try:
            yield connection
        finally:
            await connection.close()


@asynccontextmanager
async def with_provider(
    system: PortalSystem, issuers: Sequence[str], directory: Path, *, address: str = ""
) -> AsyncIterator[WithProvider]:
    """Within: a portal beside the tests' own, which knows these providers. `address`: what the
    portal takes for its own; else where it is.
    """
    (port,) = free_ports(1)
    known = system.portal
    providers = directory / "providers.json"
    secret = directory / "client-secret"
    secret.write_text("any\n")
    providers.write_text(json.dumps([_provider(one, secret) for one in issuers]))
    environment = {
        **system.portal.environment,
        "KVITT_HTTP_PORT": str(port),
        "KVITT_PORTAL_ADDRESS": address or f"http://127.0.0.1:{port}",
        "KVITT_PORTAL_PROVIDERS": str(providers),
    }
    del environment["KVITT_PORTAL_LOCAL_KEY"]
    portal = ServiceProcess(
        known.module, environment, directory / "portal.log", known.tokens, known.root
    )
    try:
        await portal.started()
        yield WithProvider(portal, issuers[0])
    finally:
        if portal.popen is not None:
            portal.stop()


def _provider(issuer: str, secret: Path) -> dict[str, str]:
    return {
        "name": f"Regionen {issuer[-4:]}",
        "issuer": issuer,
        "client_id": "kvitt",
        "client_secret_file": str(secret),
        "token": "id_token",
    }
