"""Where a receiver's name leads, and connections to that very address: what a name says the second
time leads nowhere. Nothing private is called.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import httpcore

from notifications.webhooks.domain import IpAddress, may_be_called

Resolve = Callable[[str, int], Sequence[str]]
"""The addresses of a name. Raises OSError."""

_LOOKING: Final = 24
"""So many names are looked up at once: in threads of their own, which nothing else waits for."""
_LOOKING_OF_ONE: Final = 4
"""So many of them are one region's: names that hang are waited for by their own region alone."""
_MOST_TRIED: Final = 3
_MOST_READ: Final = 128 * 1024
_AT_ONCE_READ: Final = 16 * 1024
"""Bytes of an answer, and of each piece of it: between pieces others have their turn."""


_Name = tuple[str, str, int]
"""A region, and the host and port that it has named."""


class NotPublic(OSError):
    """The name leads to this machine, or into a private network, and nowhere else."""


class Names:
    """Looks names up, each once at a time: one that hangs holds one thread, and those of one region
    hold a few.
    """

    def __init__(self, resolve: Resolve | None = None) -> None:
        self._resolve = resolve or _resolved
        self._threads = ThreadPoolExecutor(_LOOKING, thread_name_prefix="webhook-names")
        self._under_way: dict[_Name, asyncio.Future[Sequence[str]]] = {}

    async def addresses(self, host: str, port: int, *, of: str) -> list[IpAddress]:
        """The addresses of a name that a region has given. Raises OSError."""
        name = (of, host, port)
        found = self._under_way.get(name)
        while found is None and (own := self._under_way_of(of)) and len(own) >= _LOOKING_OF_ONE:
            await asyncio.wait(own, return_when=asyncio.FIRST_COMPLETED)
            found = self._under_way.get(name)
        if found is None:
            loop = asyncio.get_running_loop()
            found = loop.run_in_executor(self._threads, self._resolve, host, port)
            self._under_way[name] = found
            found.add_done_callback(lambda done: self._looked_up(name, done))
        texts = await asyncio.shield(found)  # who gives up leaves it to who comes after
        return [ipaddress.ip_address(text.partition("%")[0]) for text in texts]

    def close(self) -> None:
        """Wait for none of them."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _under_way_of(self, region: str) -> list[asyncio.Future[Sequence[str]]]:
        return [found for name, found in self._under_way.items() if name[0] == region]

    def _looked_up(self, name: _Name, done: asyncio.Future[Sequence[str]]) -> None:
        self._under_way.pop(name, None)
        if not done.cancelled():
            done.exception()  # who asked may have gone


class Bounded(httpcore.AsyncNetworkStream):
    """A connection by which so much is read, and no more, after each thing that is written: who
    goes on saying that an answer comes (100 Continue) would keep everybody waiting.
    """

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._read = 0

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore. Raises ReadError: it says more than an answer is."""
        if self._read >= _MOST_READ:
            raise httpcore.ReadError
        piece = await self._stream.read(min(max_bytes, _AT_ONCE_READ), timeout)
        self._read += len(piece)
        return piece

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore."""
        self._read = 0
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """See httpcore."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See httpcore."""
        return Bounded(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._stream.get_extra_info(info)


class GuardedNetwork(httpcore.AsyncNetworkBackend):
    """Connects to public addresses alone (and to this machine where that is allowed), by the
    address that was looked at.
    """

    def __init__(self, names: Names, *, of: str, allows_loopback: bool) -> None:
        self._names = names
        self._of = of
        self._allows_loopback = allows_loopback
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See httpcore. Raises NotPublic, OSError."""
        found = await self._names.addresses(host, port, of=self._of)
        allowed = [
            one for one in found if may_be_called(one, allows_loopback=self._allows_loopback)
        ]
        if not allowed:
            raise NotPublic
        tried = allowed[:_MOST_TRIED]
        for number, address in enumerate(tried, 1):
            try:
                return Bounded(await self._network.connect_tcp(str(address), port, timeout=timeout))
            except httpcore.ConnectError:
                if number == len(tried):
                    raise
        raise AssertionError("unreachable")

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        """No receiver is one. Raises NotPublic."""
        raise NotPublic

    async def sleep(self, seconds: float) -> None:
        """See httpcore."""
        await asyncio.sleep(seconds)


def _resolved(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]
