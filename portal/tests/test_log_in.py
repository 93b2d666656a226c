"""Logging in against a real OpenID Connect provider, and what becomes of a session that ends."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import pytest_asyncio
from kvitt_portal.providers import NotVerified, OpenId, Provider
from kvitt_portal.renewal import Renewals
from kvitt_portal.sessions import Session

from portal.tests import provider
from portal.tests.issuing import USER, issuing
from portal.tests.provider import WithProvider
from portal.tests.system import PortalSystem

PART = {"HX-Request": "true"}
_SOME = Provider(name="R", issuer="http://localhost", client_id="kvitt")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def with_provider(
    portal_system: PortalSystem,
    issuers: Sequence[str],
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[WithProvider]:
    """A portal of its own beside the tests', whose only provider is a real one."""
    directory = tmp_path_factory.mktemp("provider")
    async with provider.with_provider(portal_system, issuers[:1], directory) as found:
        yield found


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
        assert f"{with_provider.issuer}/oauth2/end_session?client_id=kvitt" in left.text
        assert "id_token" not in left.text
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
        await with_provider.lapse(client.cookies["kvitt"])
        typed = {"number": "", "article-1": "rullstol", "do": "preview", "_key": "k1"}
        sent = await client.post("/bestallningar/ny", data=typed)
        assert sent.headers["location"] == "/logga-in?sagt=kvar"

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

        assert sent.headers["location"] == "/logga-in?sagt=ut"
        assert "kvitt-form" not in client.cookies


async def test_who_logs_in_again_has_another_session(with_provider: WithProvider) -> None:
    async with with_provider.browser() as client, with_provider.browser() as other:
        await with_provider.log_in(client)
        before = client.cookies["kvitt"]
        await with_provider.log_in(client)
        other.cookies.set("kvitt", before)

        assert client.cookies["kvitt"] != before
        assert (await other.get("/mina-uppgifter")).status_code == 303
        assert (await client.get("/mina-uppgifter")).status_code == 200


async def test_two_tabs_log_in_at_once(with_provider: WithProvider) -> None:
    async with with_provider.browser() as client:
        one = await client.get("/logga-in?till=/lager")
        two = await client.get("/logga-in?till=/artiklar")
        answers = [
            await client.post(begun.headers["location"], data={"sub": USER}) for begun in (one, two)
        ]
        came = [await client.get(answer.headers["location"]) for answer in answers]

        assert [one.headers["location"] for one in came] == ["/lager", "/artiklar"]
        again = await client.get(answers[0].headers["location"])
        assert (again.status_code, again.headers["location"]) == (303, "/")


@pytest.mark.rule("REF-18e")
async def test_whom_the_register_does_not_know_is_not_logged_in(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        answer = await with_provider.log_in(client, "gone")

        assert answer.status_code == 403
        assert "Be din enhetschef att ansöka om behörighet" in answer.text
        assert "kvitt" not in client.cookies


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_part_of_a_page_leads_nobody_away_from_it(
    with_provider: WithProvider, method: str
) -> None:
    async with with_provider.browser() as client:
        asked = await client.request(method, "/bestallningar/ny", headers=PART)

        assert asked.status_code == 204
        assert asked.headers["hx-trigger"] == "kvitt:ended"


@pytest.mark.parametrize("till", ["//elsewhere.test", "https://elsewhere.test", "/\\elsewhere"])
async def test_the_way_back_leads_nowhere_else(with_provider: WithProvider, till: str) -> None:
    async with with_provider.browser() as client:
        to_provider = await client.get("/logga-in", params={"till": till})
        answer = await client.post(to_provider.headers["location"], data={"sub": USER})
        came = await client.get(answer.headers["location"])

        assert came.headers["location"] == "/"


async def test_a_token_is_renewed_while_the_provider_gives_one(
    with_provider: WithProvider, tmp_path: Path
) -> None:
    issuer, secret = with_provider.issuer, tmp_path / "client-secret"
    secret.write_text("any")
    known = Provider(name="R", issuer=issuer, client_id="kvitt", client_secret_file=secret)
    openid = OpenId(known, redirect_uri=f"{issuer}/back")
    address = await openid.begin(state="s" * 24, nonce="n" * 24, verifier="v" * 48)
    async with httpx.AsyncClient() as client:
        answer = await client.post(address, data={"sub": USER})
    code = parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]
    session = await openid.end(code=code, nonce="n" * 24, verifier="v" * 48)
    before = session.token

    await openid.renew(session)

    assert session.token != before
    assert session.token_ends_at > time.time() + 60


async def test_another_nonce_logs_nobody_in(with_provider: WithProvider) -> None:
    async with with_provider.browser() as client:
        to_provider = (await client.get("/logga-in")).headers["location"]
        nonce = parse_qs(urlsplit(to_provider).query)["nonce"][0]
        answer = await client.post(to_provider.replace(nonce, "x" * 24), data={"sub": USER})
        came = await client.get(answer.headers["location"])

        assert came.status_code == 400
        assert "gick inte att bekräfta" in came.text


async def test_a_provider_that_gives_none_ends_the_session_with_its_token(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        await with_provider.change(
            client, token_ends_at=time.time() + 50, refresh_token="worthless"
        )
        assert (await client.get("/mina-uppgifter")).status_code == 200
        await with_provider.change(client, token_ends_at=time.time() - 1)

        assert (await client.get("/mina-uppgifter")).status_code == 303


class _Once(OpenId):
    """A provider that renews by each refresh token once, as they do that rotate theirs."""

    def __init__(self) -> None:
        super().__init__(_SOME, redirect_uri="http://localhost/back")
        self.renewed = 0

    async def renew(self, session: Session) -> None:
        """A fresh token. Raises NotVerified where the session's refresh token was used before."""
        used, self.renewed = self.renewed, self.renewed + 1
        await asyncio.sleep(0)  # others have their turn
        if session.refresh_token != f"r{used}":
            raise NotVerified("used before")
        session.refresh_token = f"r{used + 1}"
        session.token_ends_at = time.time() + 300


async def test_a_token_is_renewed_once_for_several_tabs(with_provider: WithProvider) -> None:
    once, renewals = _Once(), Renewals()
    ended = Session(USER, "ac", "old", refresh_token="r0", token_ends_at=time.time() - 1)
    async with with_provider.table() as table:
        secret = await table.start(ended)
        found = await asyncio.gather(
            *(renewals.renewed(table, secret, lambda _: once) for _ in range(3))
        )

    assert [one.refresh_token if one else None for one in found] == ["r1"] * 3
    assert once.renewed == 1


async def test_whose_token_no_service_takes_stands_at_the_log_in_with_what_was_typed(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        await with_provider.change(client, token="worthless")
        shown = await client.get("/lager")
        assert shown.headers["location"] == "/logga-in?till=/lager"
        sent = await client.post("/bestallningar/ny", data={"article-1": "rullstol"})
        assert sent.headers["location"] == "/logga-in?sagt=kvar"
        part = await client.post("/bestallningar/ny/kostnad", data={"number": ""}, headers=PART)
        assert part.headers["hx-trigger"] == "kvitt:ended"

        came = await with_provider.log_in(client)
        assert came.headers["location"] == "/fortsatt"
        assert 'value="rullstol"' in (await client.get("/fortsatt")).text


async def test_who_logs_out_of_a_session_whose_time_is_out_is_out(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        await with_provider.lapse(client.cookies["kvitt"])
        left = await client.post("/logga-ut")
        assert left.headers["location"] == "/logga-in?sagt=ut"
        assert "kvitt" not in client.cookies

        assert (await with_provider.log_in(client)).headers["location"] == "/"


async def test_a_page_that_looks_by_itself_keeps_nobody_logged_in(
    with_provider: WithProvider,
) -> None:
    async with with_provider.browser() as client:
        await with_provider.log_in(client)
        secret = client.cookies["kvitt"]
        ends = await with_provider.lasts_until(secret, minutes=5)
        assert (await client.get("/mina-uppgifter?sjalv=1", headers=PART)).status_code == 200
        assert await with_provider.lasts_until(secret) == ends

        await client.get("/mina-uppgifter", headers=PART)
        assert await with_provider.lasts_until(secret) > ends


async def test_what_was_kept_too_long_is_gone(with_provider: WithProvider) -> None:
    async with with_provider.table() as table:
        secret = await table.keep({"action": "/"})
        await with_provider.outlast(secret)

        assert await table.take(secret) is None


async def test_what_another_tab_has_changed_stands(with_provider: WithProvider) -> None:
    async with with_provider.table() as table:
        secret = await table.start(Session(user_id=USER, region="ac", token="old"))
        mine, others = await table.find(secret), await table.find(secret)
        assert mine is not None
        assert others is not None
        before = mine.copy()
        others.token = "new"
        await table.store(secret, others, before=before)
        mine.service_point = "81010"
        await table.store(secret, mine, before=before)
        found = await table.find(secret)

    assert found is not None
    assert (found.token, found.service_point) == ("new", "81010")


async def test_by_https_the_cookies_are_this_hosts_alone(
    portal_system: PortalSystem, tmp_path: Path
) -> None:
    with issuing() as issuer:
        address = "https://portal.example.test"
        async with (
            provider.with_provider(portal_system, (issuer,), tmp_path, address=address) as found,
            httpx.AsyncClient(base_url=found.portal.url) as client,
        ):
            begun = await client.get("/logga-in")

    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-kvitt-in-")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))
    assert begun.headers["strict-transport-security"]
