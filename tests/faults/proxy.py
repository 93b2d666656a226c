"""A TCP proxy in user space that cuts, delays and stalls what passes. Knows no protocol.

It loses no byte by itself, as TCP does not: what is cut waits, and a lost packet is a pause until
it is sent again.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from random import Random
from typing import Any

_CHUNK = 64 * 1024

Owner = Callable[[int], str]
"""Who connects from a local port; an empty text when nobody knows."""


@dataclass(slots=True)
class Weather:
    """What happens to the connections of one client, or of all. Seconds."""

    to_server: bool = True  # False: nothing passes in this direction
    to_client: bool = True
    delay: float = 0.0
    jitter: float = 0.0
    loss: float = 0.0  # the share of chunks that have to be sent again


@dataclass(eq=False, slots=True)
class _Connection:
    owner: str
    writers: list[asyncio.StreamWriter] = field(default_factory=list)


# decision 0132: the proxy between services and servers is our own
class Proxy:
    """Listens on a port of its own and passes on to `target`; runs in a thread.

    `changed` connections follow at once: a cut holds those that are open and those that come.
    """

    def __init__(self, *, port: int, target: int, owner: Owner, seed: int) -> None:
        self.port = port
        self.held = 0  # chunks and connections that a cut, a delay or a loss has held up
        self._target = target
        self._owner = owner
        self._random = Random(seed)
        self._weather: dict[str, Weather] = {}
        self._connections: set[_Connection] = set()
        self._loop = asyncio.new_event_loop()
        self._changed = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()
        self._call(asyncio.start_server(self._accept, "127.0.0.1", self.port))

    def stop(self) -> None:
        """End every connection, and listen no more."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set(self, owner: str, weather: Weather) -> None:
        """Let one client have this weather until `clear`."""
        self._call(self._set(owner, weather))

    def clear(self) -> None:
        """Let everything pass again."""
        self._call(self._set(None, None))

    def reset(self, owner: str) -> int:
        """End all connections of a client. Answers how many."""
        count: int = self._call(self._reset(owner))
        return count

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    async def _end(self) -> None:
        for connection in self._connections:
            _abort(connection)
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()

    async def _set(self, owner: str | None, weather: Weather | None) -> None:
        if owner is None or weather is None:
            self._weather.clear()
        else:
            self._weather[owner] = weather
        self._changed.set()
        self._changed = asyncio.Event()

    async def _reset(self, owner: str) -> int:
        found = [one for one in self._connections if one.owner == owner]
        for one in found:
            _abort(one)
        return len(found)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("peername")[1]
        connection = _Connection(await asyncio.to_thread(self._owner, port), [writer])
        self._connections.add(connection)
        try:
            # As to a host that cannot be reached: the connection comes when the way is free.
            await self._passes(connection, "to_server")
            to_server = await asyncio.open_connection("127.0.0.1", self._target)
            connection.writers.append(to_server[1])
            await asyncio.gather(
                self._pass_on(connection, reader, to_server[1], "to_server"),
                self._pass_on(connection, to_server[0], writer, "to_client"),
            )
        except OSError:
            pass
        finally:
            _abort(connection)
            self._connections.discard(connection)

    async def _pass_on(
        self,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        way: str,
    ) -> None:
        while chunk := await reader.read(_CHUNK):
            await self._passes(connection, way)
            weather = self._weather.get(connection.owner)
            if weather is not None:
                await self._hold(self._pause(weather))
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def _passes(self, connection: _Connection, way: str) -> None:
        if getattr(self._weather.get(connection.owner, _FAIR), way):
            return
        self.held += 1
        while not getattr(self._weather.get(connection.owner, _FAIR), way):
            await self._changed.wait()

    async def _hold(self, seconds: float) -> None:
        if seconds:
            self.held += 1
            await asyncio.sleep(seconds)

    def _pause(self, weather: Weather) -> float:
        pause = weather.delay + self._random.uniform(0, weather.jitter)
        if self._random.random() < weather.loss:
            pause += self._random.uniform(0.2, 1.0)  # until TCP sends it again
        return pause


_FAIR = Weather()


def _abort(connection: _Connection) -> None:
    for writer in connection.writers:
        writer.transport.abort()
