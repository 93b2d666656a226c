"""HTTP as bytes: what a client that keeps to the rules would not send, and answers as they come."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it stands on the wire."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """Its body, whatever it holds."""
        return self.body.decode("utf-8", "replace")


class Wire:
    """Connections to one address, each kept for the next request; opened anew where it was closed.
    A context manager. One request at a time.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], tuple[asyncio.StreamReader, asyncio.StreamWriter]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for place in list(self._open):
            self._close(place)

    async def ask(
        self,
        method: str,
        url: str,
        headers: Sequence[tuple[str, str]] = (),
        body: bytes | None = None,
    ) -> Answer:
        """Send a request as it is told, nothing escaped. Raises OSError, EOFError, TimeoutError."""
        parts = urlsplit(url)
        place = (str(parts.hostname), int(parts.port or 80))
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}"]
        lines += [f"{name}: {value}" for name, value in headers]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        raw = "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
        was_open = place in self._open
        try:
            return await self._exchange(place, raw, is_head=method == "HEAD")
        except (OSError, EOFError):
            self._close(place)
            if not was_open:
                raise
        return await self._exchange(place, raw, is_head=method == "HEAD")  # it had been closed idle

    async def _exchange(self, place: tuple[str, int], raw: bytes, *, is_head: bool) -> Answer:
        begun = time.monotonic()
        async with asyncio.timeout(SECONDS):
            if place not in self._open:
                self._open[place] = await asyncio.open_connection(*place)
            reader, writer = self._open[place]
            # who refuses a head answers before it has come: the answer is read all the same
            with suppress(OSError):
                writer.write(raw)
                await writer.drain()
            answer = await read_answer(reader, begun, is_head=is_head)
        if b"connection: close" in answer.head.lower():
            self._close(place)
        return answer

    def _close(self, place: tuple[str, int]) -> None:
        if (found := self._open.pop(place, None)) is not None:
            found[1].close()


async def read_answer(
    reader: asyncio.StreamReader, begun: float, *, is_head: bool = False
) -> Answer:
    """The next answer on a connection. Raises EOFError where there is none."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head.split(b" ", 2)[1])
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    body = b""
    if is_head or status in (204, 304):
        pass
    elif fields.get(b"transfer-encoding", b"").lower() == b"chunked":
        while size := int(await reader.readuntil(b"\r\n"), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readuntil(b"\r\n")
    else:
        body = await reader.readexactly(int(fields.get(b"content-length", b"0")))
    return Answer(status, head, body, time.monotonic() - begun)
