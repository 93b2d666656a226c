"""The guard in front of every route: who calls is known before a slot or a body is taken, and a
slow or greedy client costs the others nothing.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import httpx
import pytest
from kvitt_chassis.auth import Identity
from kvitt_chassis.http import ApiContext, ApiRouter, SignedIn
from kvitt_chassis.metrics import REGISTRY
from kvitt_chassis.web import app as guard
from kvitt_chassis.web.app import MAX_BODY_BYTES, Guard, is_open
from kvitt_chassis.web.slots import MAX_IN_HAND, MAX_OF_CALLER, MAX_OF_REGION
from kvitt_testkit.world import wait_for
from pydantic import BaseModel
from starlette.routing import Route

from chassis.tests import toy
from chassis.tests.served import Named, Served, a_context, served, token

HALF = (
    b"POST /body HTTP/1.1\r\nHost: kvitt\r\nContent-Type: application/json\r\n"
    b"Content-Length: 1000\r\n%s\r\n{"
)
TOKEN = b"Authorization: Bearer anna.ac\r\n"


def sample(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, {"service": "notifications", **labels}) or 0.0


@pytest.fixture
async def server() -> AsyncIterator[Served]:
    async with served() as server:
        yield server


@pytest.fixture
def short_bodies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "BODY_SECONDS", 0.3)


async def quick(server: Served, user: str = "bert", region: str = "ac") -> httpx.Response:
    async with httpx.AsyncClient(base_url=server.url) as client:
        return await client.get("/quick", headers=token(user, region))


async def test_half_sent_bodies_without_a_token_take_no_slot(server: Served) -> None:
    half = [await server.open(HALF % b"") for _ in range(2 * MAX_IN_HAND)]

    answers = [await reader.readline() for reader, _ in half]
    other = await quick(server)

    assert {one.split(b" ")[1] for one in answers} == {b"401"}
    assert other.status_code == 200
    for _, writer in half:
        writer.close()


async def test_half_sent_bodies_of_one_caller_leave_slots_to_the_others(server: Served) -> None:
    half = [await server.open(HALF % TOKEN) for _ in range(2 * MAX_IN_HAND)]
    await wait_for(lambda: sample("http_requests_in_hand") == MAX_OF_CALLER)

    mine = await quick(server, "anna")
    other = await quick(server, "bert")

    assert mine.status_code == 429
    assert mine.json()["values"] == {"share": "caller"}
    assert mine.headers["Retry-After"] == "1"
    assert mine.elapsed.total_seconds() >= guard.HELD_SECONDS  # who is refused waits for it
    assert other.elapsed.total_seconds() < guard.HELD_SECONDS
    assert other.status_code == 200
    for _, writer in half:
        writer.close()


async def test_a_region_has_no_more_than_its_share(server: Served) -> None:
    async with httpx.AsyncClient(base_url=server.url, timeout=30) as client:
        before = sample("http_requests_refused_total", share="region")
        held = [
            asyncio.create_task(client.get("/held", headers=token(f"user{number % 3}")))
            for number in range(MAX_OF_REGION)
        ]
        await wait_for(lambda: server.held.count == MAX_OF_REGION)

        same = await quick(server, "another", "ac")
        other = await quick(server, "another", "bd")

        server.held.let_go.set()
        assert {(await one).status_code for one in held} == {200}
    assert same.status_code == 429
    assert same.json()["values"] == {"share": "region"}
    assert other.status_code == 200
    assert sample("http_requests_refused_total", share="region") == before + 1


async def test_so_many_refusals_wait_at_once_and_others_are_answered(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_HELD", 0)
    monkeypatch.setattr(guard, "HELD_SECONDS", 60)
    half = [await server.open(HALF % TOKEN) for _ in range(MAX_OF_CALLER)]
    await wait_for(lambda: sample("http_requests_in_hand") == MAX_OF_CALLER)

    assert (await quick(server, "anna")).status_code == 429
    for _, writer in half:
        writer.close()


async def test_a_slot_is_free_again_after_its_request(server: Served) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for _ in range(MAX_OF_CALLER + 1):
            assert (await client.get("/quick", headers=token())).status_code == 200
        assert (await client.post("/body", content=b"12345", headers=token())).json() == 5


async def test_a_body_that_does_not_come_is_408_and_its_connection_closed(
    server: Served, short_bodies: None
) -> None:
    reader, writer = await server.open(HALF % TOKEN)

    answer = await asyncio.wait_for(reader.read(), 10)

    assert answer.split(b" ")[1] == b"408"
    assert b"application/problem+json" in answer
    await wait_for(lambda: sample("http_requests_in_hand") == 0)
    writer.close()


_CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
_HIDDEN = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        b"no http at all\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"x" * 70_000,
        b"POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n" + _CHUNKED + _HIDDEN,
        b"POST /body HTTP/1.1\r\nHost: x\r\nX-A: b\n" + _CHUNKED + _HIDDEN,
        b"GET /body HTTP/1.1\nHost: x\r\n\r\n" + _HIDDEN,
    ],
    ids=["noise", "a long head", "two lengths", "a bare line feed", "a first line alone"],
)
async def test_what_is_not_http_is_400_and_its_connection_closed(
    server: Served, sent: bytes
) -> None:
    reader, writer = await server.open(sent)

    answer = await asyncio.wait_for(reader.read(), 10)

    assert answer.split(b" ")[1] == b"400"
    assert b"application/problem+json" in answer
    assert b'"way_on"' in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"cache-control: no-store" in answer.lower()
    writer.close()


@pytest.mark.parametrize(
    "sent",
    [HALF % TOKEN, b"no http at all\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\n\r\n"],
    ids=["408", "noise", "a bare line feed"],
)
async def test_who_sends_on_after_a_refusal_hears_it(
    server: Served, short_bodies: None, sent: bytes
) -> None:
    reader, writer = await server.open(sent)
    first = await asyncio.wait_for(reader.read(1), 10)  # the answer is there

    for _ in range(10):
        writer.write(b"more")
        await writer.drain()
        await asyncio.sleep(0)
    writer.write_eof()

    answer = first + await asyncio.wait_for(reader.read(), 10)
    assert b'"way_on"' in answer
    await wait_for(lambda: len(server.connections) == 0)
    writer.close()


async def test_who_sends_on_for_ever_after_a_refusal_is_let_go(server: Served) -> None:
    _, writer = await server.open(b"no http at all\r\n\r\n")

    async def send_on() -> None:
        while True:
            writer.write(b"more")
            await writer.drain()
            await asyncio.sleep(0.05)

    with pytest.raises(ConnectionError):
        await asyncio.wait_for(send_on(), 10)

    assert len(server.connections) == 0
    writer.close()


@pytest.mark.parametrize("who", [b"", TOKEN], ids=["a stranger", "somebody"])
@pytest.mark.parametrize("chunk", [b"\r\n", b"f" * 24 + b"\r\n", b"0;a=\nb\r\n\r\n"])
async def test_a_body_that_breaks_off_as_http_is_answered_once_and_no_fault(
    server: Served, caplog: pytest.LogCaptureFixture, who: bytes, chunk: bytes
) -> None:
    head = b"POST /body HTTP/1.1\r\nHost: x\r\n" + who + b"Transfer-Encoding: chunked\r\n\r\n"
    reader, writer = await server.open(head + chunk + _HIDDEN)

    answer = await asyncio.wait_for(reader.read(), 10)
    await wait_for(lambda: sample("http_requests_in_hand") == 0)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.split(b" ")[1] in (b"400", b"401")
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []
    writer.close()


async def test_line_feeds_are_a_bodys_own_wherever_it_is_cut(server: Served) -> None:
    body = b"1\n2\n\r\n3"
    head = b"POST /body HTTP/1.1\r\nHost: x\r\n" + TOKEN + b"Content-Length: 7\r\n\r\n"
    whole = head + body
    for cut in range(len(head) - 5, len(whole)):
        reader, writer = await server.open(whole[:cut])
        writer.write(whole[cut:])

        answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)

        assert answer.split(b" ")[1] == b"200", cut
        writer.close()


@pytest.mark.parametrize(
    ("path", "is_data"), [("/quick", True), ("/missing", True), ("/openapi.json", False)]
)
async def test_no_answer_is_kept_by_anybody_on_the_way(
    server: Served, path: str, is_data: bool
) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        answers = [await client.get(path, headers=headers) for headers in ({}, token())]

    for answer in answers:
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert ("content-security-policy" in answer.headers) is is_data


async def test_a_client_that_goes_in_the_middle_of_its_body_is_no_fault(
    server: Served, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await server.open(HALF % TOKEN)
    await wait_for(lambda: sample("http_requests_in_hand") == 1)

    writer.close()

    await wait_for(lambda: sample("http_requests_in_hand") == 0)
    assert [one for one in caplog.records if one.levelname == "ERROR"] == []


async def test_a_token_is_verified_once_per_request(server: Served) -> None:
    await quick(server)

    assert server.authenticator.asked == 1


async def test_a_head_that_does_not_come_is_closed(server: Served) -> None:
    async with served(head_seconds=0.3) as server:
        before = sample("http_connections_closed_total", reason="head")
        silent, _ = await server.open()
        half, writer = await server.open(b"GET /quick HTT")

        async def drip() -> None:
            while not half.at_eof():
                writer.write(b"x")  # bytes alone move no deadline
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        ends = await asyncio.wait_for(asyncio.gather(_end(silent), _end(half)), 10)
        dripping.cancel()

    assert set(ends) == {b""}
    assert sample("http_connections_closed_total", reason="head") == before + 2


async def test_the_rest_of_a_refused_body_may_not_come_for_ever() -> None:
    async with served(head_seconds=0.3) as server:
        reader, writer = await server.open(HALF % b"")
        assert (await reader.readline()).split(b" ")[1] == b"401"

        async def drip() -> None:
            while True:
                writer.write(b"x")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        await asyncio.wait_for(_end(reader), 10)
        dripping.cancel()
        await wait_for(lambda: len(server.connections) == 0)


async def test_idle_and_half_sent_connections_leave_the_others_answered() -> None:
    async with served(limit=50) as server:
        before = sample("http_connections_closed_total", reason="evicted")
        open_ones = [await server.open() for _ in range(200)]
        open_ones += [await server.open(HALF % b"") for _ in range(50)]

        took = []
        for _ in range(20):
            started = time.perf_counter()
            assert (await quick(server)).status_code == 200
            took.append(time.perf_counter() - started)

        assert len(server.connections) <= 50
        assert sorted(took)[10] < 1
        assert sample("http_connections_closed_total", reason="evicted") >= before + 200
        for _, writer in open_ones:
            writer.close()


async def test_a_connection_whose_request_is_in_hand_is_not_cut_for_another() -> None:
    async with served(limit=5) as server, httpx.AsyncClient(base_url=server.url) as client:
        held = asyncio.create_task(client.get("/held", headers=token(), timeout=30))
        await wait_for(lambda: server.held.count == 1)
        open_ones = [await server.open() for _ in range(20)]
        await wait_for(lambda: len(server.connections) == 5)

        server.held.let_go.set()

        assert (await held).status_code == 200
        for _, writer in open_ones:
            writer.close()


async def test_where_none_is_idle_the_new_connection_is_closed() -> None:
    async with served(limit=2) as server, httpx.AsyncClient(base_url=server.url) as client:
        before = sample("http_connections_closed_total", reason="full")
        held = [asyncio.create_task(client.get("/held", headers=token())) for _ in range(2)]
        await wait_for(lambda: server.held.count == 2)

        reader, writer = await server.open()
        await asyncio.wait_for(_end(reader), 10)

        server.held.let_go.set()
        assert [(await one).status_code for one in held] == [200, 200]
        assert sample("http_connections_closed_total", reason="full") == before + 1
        writer.close()


async def test_idle_connections_of_callers_are_kept_while_there_are_strangers() -> None:
    async with served(limit=20) as server, httpx.AsyncClient(base_url=server.url) as client:
        assert (await client.get("/quick", headers=token())).status_code == 200
        before = sample("http_connections_closed_total", reason="evicted")
        open_ones = [await server.open() for _ in range(60)]
        await wait_for(
            lambda: sample("http_connections_closed_total", reason="evicted") >= before + 41
        )

        kept = await client.get("/quick", headers=token())  # on the connection that it has

        assert kept.status_code == 200
        for _, writer in open_ones:
            writer.close()


async def test_a_client_that_does_not_read_is_cut_and_its_slot_is_free() -> None:
    async with served(read_seconds=0.3) as server:
        before = sample("http_connections_closed_total", reason="unread")
        _, writer = await server.open(b"GET /large HTTP/1.1\r\nHost: kvitt\r\n" + TOKEN + b"\r\n")

        await wait_for(lambda: sample("http_connections_closed_total", reason="unread") > before)
        await wait_for(lambda: sample("http_requests_in_hand") == 0)

        assert sample("http_connections_closed_total", reason="unread") == before + 1
        writer.close()


async def test_every_route_but_the_open_ones_wants_a_token(server: Served) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for path in ("/quick", "/nothing", "/admin/idle", "/metricsx", "/health", "/docsx"):
            answer = await client.get(path)
            assert (answer.status_code, answer.json()["reason"]) == (401, "NO_TOKEN"), path
            assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert (await client.get("/docs")).status_code == 200
        assert (await client.get("/openapi.json")).status_code == 200


def test_no_route_of_a_service_is_open() -> None:
    routes = toy.service.http_app(a_context(Named())).routes

    own = {one.path for one in routes if isinstance(one, Route) and one.name != "openapi"}

    assert {path for path in own if is_open(path)} == {"/docs", "/docs/oauth2-redirect"}


async def test_a_body_that_announces_too_much_is_not_even_read() -> None:
    context: ApiContext = a_context(Named())
    guarded = Guard(_never, context=context, telemetry=toy.TELEMETRY, for_operators=False)
    transport = httpx.ASGITransport(app=guarded)
    async with httpx.AsyncClient(transport=transport, base_url="http://kvitt") as client:
        answer = await client.post("/letters", content=b"x" * (MAX_BODY_BYTES + 1), headers=token())

    assert (answer.status_code, answer.json()["reason"]) == (413, "TOO_LARGE")


async def _end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def _never(scope: object, receive: object, send: object) -> None:
    raise AssertionError("passed on")


async def test_where_the_issuers_keys_cannot_be_read_it_is_told_to_try_again(
    server: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(authorization: str | None) -> Identity:
        raise OSError("no way there")

    monkeypatch.setattr(server.authenticator, "identity", away)

    answer = await quick(server)

    assert (answer.status_code, answer.json()["reason"]) == (503, "KEYS_UNAVAILABLE")
    assert answer.headers["Retry-After"]


class Ours(BaseModel):
    """What a service makes for itself."""

    number: int


async def test_what_a_command_refuses_is_no_fault_and_what_we_make_wrong_is_one() -> None:
    router = ApiRouter()

    @router.post("/theirs")
    async def theirs(_: SignedIn) -> None:
        toy.PostLetter.model_validate({"reader": "A B", "about": uuid4()})

    @router.post("/ours")
    async def ours(_: SignedIn) -> None:
        Ours.model_validate({"number": "x"})

    async with (
        served(routers=[router]) as server,
        httpx.AsyncClient(base_url=server.url, headers=token()) as client,
    ):
        refused, fault = await client.post("/theirs"), await client.post("/ours")

    assert (refused.status_code, refused.json()["field"]) == (422, "reader")
    assert (fault.status_code, fault.json()["reason"]) == (500, "FAULT")
