"""A route that streams its body takes in what is larger and later, and no other route does."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import Request
from kvitt_chassis.http import ApiRouter, SignedIn
from kvitt_chassis.web import app as guard
from kvitt_chassis.web.app import MAX_BODY_BYTES

from chassis.tests.served import Served, served, token

SIZE = 3 * MAX_BODY_BYTES
PAUSE = 0.4


def a_router() -> ApiRouter:
    """A route that counts what comes."""
    router = ApiRouter(streams=True)

    @router.post("/stream")
    async def stream(request: Request, _: SignedIn) -> int:
        return sum([len(piece) async for piece in request.stream()])

    @router.post("/things/{thing}/stream")
    async def stream_to(thing: str, request: Request, _: SignedIn) -> int:
        return len(thing) + await stream(request, _)

    return router


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Served]:
    """A server that waits for a body of JSON shorter than for a streamed one."""
    monkeypatch.setattr(guard, "BODY_SECONDS", PAUSE / 2)
    monkeypatch.setattr(guard, "STREAMED_BYTES", SIZE)
    async with served(routers=[a_router()]) as server:
        yield server


async def pieces(size: int, *, pause: float = 0) -> AsyncIterator[bytes]:
    """A body of this size, in two pieces."""
    yield bytes(size // 2)
    await asyncio.sleep(pause)
    yield bytes(size - size // 2)


async def sent(server: Served, path: str, size: int, **how: float) -> httpx.Response:
    """What is answered to a body of this size, which does not tell its length."""
    async with httpx.AsyncClient(base_url=server.url) as client:
        return await client.post(path, content=pieces(size, **how), headers=token())


async def test_a_large_body_is_streamed(server: Served) -> None:
    assert (await sent(server, "/stream", SIZE)).json() == SIZE


async def test_a_large_body_is_streamed_to_what_the_address_names(server: Served) -> None:
    assert (await sent(server, "/things/ab/stream", SIZE)).json() == SIZE + 2


async def test_a_late_body_is_streamed(server: Served) -> None:
    assert (await sent(server, "/stream", 2, pause=PAUSE)).json() == 2


async def test_other_routes_take_no_more_for_that(server: Served) -> None:
    assert b" 408 " in await announced(server, "/body", 2)
    assert b" 413 " in await announced(server, "/body", SIZE)


async def test_a_streamed_body_has_its_own_bound(server: Served) -> None:
    assert b" 413 " in await announced(server, "/stream", SIZE + 1)


async def test_who_calls_is_known_before_a_streamed_body_is_read(server: Served) -> None:
    assert b" 401 " in await announced(server, "/stream", SIZE, caller=b"")


async def announced(
    server: Served, path: str, size: int, *, caller: bytes = b"Authorization: Bearer anna.ac\r\n"
) -> bytes:
    """The first line that is answered to who announces a body of this size, and sends none."""
    head = f"POST {path} HTTP/1.1\r\nHost: kvitt\r\nContent-Length: {size}\r\n".encode()
    reader, writer = await server.open(head + caller + b"\r\n")
    line = await reader.readline()
    writer.close()
    return line
