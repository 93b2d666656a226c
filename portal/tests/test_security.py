"""What stands in front of every page, by itself: no system is needed."""

import asyncio
from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from kvitt_portal import log_in, security
from kvitt_portal.security import Guarded
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Scope

_OURS = {"Sec-Fetch-Site": "same-origin", "Content-Length": "1000"}


def _app() -> ASGIApp:
    async def read(request: Request) -> Response:
        return PlainTextResponse(str(len(await request.body())))

    paths = ("/sok", "/bestallningar/ny/bilaga")
    return Starlette(routes=[Route(path, read, methods=["GET", "POST"]) for path in paths])


def _client(address: str = "https://portal.test") -> httpx.AsyncClient:
    transport = httpx.ASGITransport(Guarded(_app(), address=address))
    return httpx.AsyncClient(transport=transport, base_url=address, headers=_OURS)


async def _never() -> AsyncIterator[bytes]:
    yield b"q="
    await asyncio.Event().wait()


async def _after(seconds: float) -> AsyncIterator[bytes]:
    yield b"x" * 500
    await asyncio.sleep(seconds)
    yield b"x" * 500


async def test_who_sends_slowly_is_answered_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "FORM_SECONDS", 0.05)

    async with _client() as client:
        answer = await client.post("/sok", content=_never())

    assert (answer.status_code, answer.headers["connection"]) == (408, "close")


async def test_a_file_may_take_longer_than_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(security, "FORM_SECONDS", 0.05)

    async with _client() as client:
        answer = await client.post("/bestallningar/ny/bilaga", content=_after(0.2))

    assert (answer.status_code, answer.text) == (200, "1000")


async def test_a_body_that_is_longer_than_it_says_is_refused() -> None:
    async def more() -> AsyncIterator[bytes]:
        for _ in range(security.MAX_BODY_BYTES // 1000 + 1):
            yield b"x" * 1000

    async with _client() as client:
        answer = await client.post("/sok", content=more())

    assert answer.status_code == 413


@pytest.mark.parametrize("length", ["²", "9" * 5_000, "-1", "1_0", "0x1", ""])
async def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    sent: list[Message] = []
    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/sok",
        "query_string": b"",
        "headers": [
            (b"content-length", length.encode("latin-1")),
            (b"sec-fetch-site", b"same-origin"),
        ],
    }

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await Guarded(_app(), address="https://portal.test")(scope, receive, send)

    assert sent[0]["status"] == 413


@pytest.mark.parametrize("address", ["https://portal.test", "http://127.0.0.1:8000"])
async def test_by_https_browsers_are_told_to_stay_there(address: str) -> None:
    async with _client(address) as client:
        answer = await client.get("/sok", headers={"Content-Length": "0"})

    assert ("strict-transport-security" in answer.headers) is address.startswith("https")


_AWAY = ("//a.test", "/\\a.test", "/\t/a.test", "\t//a.test", "/\n/a.test", "https://a.test", "a")


@pytest.mark.parametrize("address", _AWAY)
def test_no_log_in_leads_away(address: str) -> None:
    own: Callable[[str], str] = log_in._own

    assert own(address) == "/"
    assert own("/sök?q=å&sida=2") == "/sök?q=å&sida=2"
