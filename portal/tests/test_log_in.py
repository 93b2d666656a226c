"""Logging in against a real OpenID Connect provider, and what becomes of a session that ends."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import httpx
import pytest
from kvitt.local.processes import free_ports
from kvitt_testkit.running import ServiceProcess
from oidc_provider_mock import User, run_server_in_thread

from portal.tests.system import PORTAL, PortalSystem

USER = "f101"


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


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """A provider on this machine; what it says of its users is what the region's says."""
    users = [User(sub=USER, claims={"region": "ac", "name": "Förskrivare"})]
    users.append(User(sub="nobody", claims={}))
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
async def with_provider(
    portal_system: PortalSystem, issuer: str, tmp_path: Path
) -> AsyncIterator[WithProvider]:
    """A portal of its own beside the tests', and orders as a process that knows the provider."""
    known = portal_system.services["orders"]
    file = tmp_path / "issuers.json"
    said = {
        "issuer": issuer,
        "jwks_url": f"{issuer}/jwks",
        "regions": ["ac"],
        "longest_life_seconds": 36_000,
    }
    file.write_text(json.dumps([said]))
    ports = free_ports(3)
    orders = ServiceProcess(
        known.module,
        {
            **known.environment,
            "KVITT_ISSUERS": str(file),
            "KVITT_HTTP_PORT": str(ports[0]),
            "KVITT_ADMIN_PORT": str(ports[1]),
        },
        tmp_path / "orders.log",
        known.tokens,
        known.root,
    )
    providers = tmp_path / "providers.json"
    secret = tmp_path / "secret"
    secret.write_text("of the tests")
    one = {
        "name": "Regionen",
        "issuer": issuer,
        "client_id": "kvitt",
        "client_secret_file": str(secret),
        "token": "id_token",
    }
    providers.write_text(json.dumps([one]))
    environment = {
        **portal_system.portal.environment,
        "KVITT_HTTP_PORT": str(ports[2]),
        "KVITT_PORTAL_ADDRESS": f"http://127.0.0.1:{ports[2]}",
        "KVITT_PORTAL_PROVIDERS": str(providers),
    }
    del environment["KVITT_PORTAL_LOCAL_KEY"]
    urls = json.loads(environment["KVITT_PORTAL_SERVICES"]) | {"orders": orders.url}
    environment["KVITT_PORTAL_SERVICES"] = json.dumps(urls)
    portal = ServiceProcess(
        f"{PORTAL}.app", environment, tmp_path / "portal.log", known.tokens, known.root
    )
    try:
        await orders.started()
        await portal.started()
        yield WithProvider(portal, issuer)
    finally:
        for process in (portal, orders):
            if process.popen is not None:
                process.stop()


async def test_a_user_logs_in_at_the_provider_and_out_again(with_provider: WithProvider) -> None:
    async with with_provider.browser() as client:
        begun = await client.get("/bestallningar")
        assert begun.headers["location"] == "/logga-in?till=/bestallningar"
        came = await with_provider.log_in(client)
        assert came.status_code == 303
        assert "samesite=lax" in came.headers["set-cookie"].lower()
        assert "httponly" in came.headers["set-cookie"].lower()

        own = await client.get("/mina-uppgifter")
        assert own.status_code == 200
        assert USER in own.text

        left = await client.post("/logga-ut")
        assert left.headers["location"].startswith(f"{with_provider.issuer}/oauth2/end_session")
        assert (await client.get("/mina-uppgifter")).status_code == 303


async def test_an_answer_that_was_not_asked_for_here_logs_nobody_in(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client, with_provider.browser() as other:
        to_provider = await client.get("/logga-in")
        answer = await client.post(to_provider.headers["location"], data={"sub": USER})
        stolen = answer.headers["location"]

        assert (await other.get(stolen)).status_code == 400
        assert (await client.get("/logga-in/svar?state=x&code=y")).status_code == 400
        assert (await client.get("/mina-uppgifter")).status_code == 303


async def test_the_way_to_the_provider_is_proven_by_code_state_and_nonce(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        asked = parse_qs(urlsplit((await client.get("/logga-in")).headers["location"]).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert {"code_challenge", "state", "nonce"} <= set(asked)
    assert asked["response_type"] == ["code"]


async def test_whose_region_the_provider_does_not_say_is_not_logged_in(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        answer = await with_provider.log_in(client, "nobody")

        assert answer.status_code == 400
        assert "gick inte att bekräfta" in answer.text


async def test_what_was_typed_when_the_session_ended_is_there_after_the_log_in(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        await _lapse(with_provider.portal)
        typed = {"number": "", "article-1": "rullstol", "do": "preview", "_key": "k1"}
        sent = await client.post("/bestallningar/ny", data=typed)
        assert sent.headers["location"] == "/logga-in"

        came = await with_provider.log_in(client)
        assert came.headers["location"] == "/fortsatt"
        kept = await client.get("/fortsatt")

        assert 'value="rullstol"' in kept.text
        assert 'action="/bestallningar/ny"' in kept.text
        assert (await client.get("/fortsatt")).headers["location"] == "/"


async def test_nobody_else_is_shown_what_was_typed(with_provider: WithProvider) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        await client.post("/logga-ut")
        sent = await client.post("/bestallningar/ny", data={"article-1": "rullstol"})

        assert sent.headers["location"] == "/logga-in"
        assert "kvitt-form" not in client.cookies


async def _lapse(portal: ServiceProcess) -> None:
    """Every session has been idle for too long."""
    url = portal.environment["KVITT_PORTAL_DATABASE_URL"].replace("+asyncpg", "")
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("UPDATE sessions SET idle_until = now() - interval '1 minute'")
    finally:
        await connection.close()
