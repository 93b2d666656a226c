"""Bounds on the connections of a service's HTTP server: how many there are, and how long one may be
silent. What a request may do is decided in app.py.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from kvitt_chassis import metrics
from kvitt_chassis.access import CALLER
from kvitt_chassis.web.problems import NOT_HTTP

MAX_CONNECTIONS = 500
"""More than the requests in hand, for clients that keep theirs; each costs a file and some 20 KiB.
"""
HEAD_SECONDS = 10.0
"""So long may the head of a request take from its connection, or from the answer before it."""
READ_SECONDS = 30.0
"""So long may a client leave an answer that waits for it unread."""
LINGER_SECONDS = 2.0
"""So long is taken in, and forgotten, what a client still sends of a request that is refused."""

# with a byte before it, so that what came just before is asked for too
_BARE_LINE_FEED = re.compile(rb"[^\r]\n")
_HEAD_ENDS = b"\r\n\r\n"
_MAY_ANSWER = (h11.IDLE, h11.SEND_RESPONSE)

CONNECTIONS = metrics.declare(
    "gauge",
    "http_connections",
    "Open connections to the HTTP servers: who uses the service, and who operates it.",
    "At the limit (500): who has them? The oldest that are idle are closed for new ones.",
)
CLOSED = metrics.declare(
    "counter",
    "http_connections_closed_total",
    "Connections that the server has cut, by reason: head (no request came in time), unread (an"
    " answer was not read), evicted (idle, for a new one), full (none was idle).",
    "A few: slow networks. Many: a client that opens connections and does not use them.",
    ("reason",),
    silent="no connection was cut since the process began",
)


# decision 0196: a silent connection costs nobody but its owner
class Connections:
    """The open connections of one server. Where there are too many, one that is idle is cut for the
    new one: of strangers', who have shown no token on it, before those of callers, the oldest of
    the address that has the most.
    """

    def __init__(self, service: str, *, limit: int = MAX_CONNECTIONS) -> None:
        self._service = service
        self._limit = limit
        # idle ones, in the order in which they became so
        self._strangers: dict[BoundedProtocol, None] = {}
        self._callers: dict[BoundedProtocol, None] = {}
        self._all: set[BoundedProtocol] = set()

    def __len__(self) -> int:
        return len(self._all)

    def enter(self, connection: "BoundedProtocol") -> None:
        """A connection is opened; one may be cut for it, or itself where none is idle."""
        self._all.add(connection)
        CONNECTIONS.labels(self._service).inc()
        if len(self._all) > self._limit:
            oldest = self._oldest_idle()
            self.cut(oldest or connection, "evicted" if oldest else "full")
        if connection in self._all:
            self.rest(connection)

    def rest(self, connection: "BoundedProtocol") -> None:
        """No request of the connection is in hand."""
        self.work(connection)
        (self._callers if connection.is_known else self._strangers)[connection] = None

    def work(self, connection: "BoundedProtocol") -> None:
        """A request of the connection is in hand: it is not cut for another."""
        self._strangers.pop(connection, None)
        self._callers.pop(connection, None)

    def leave(self, connection: "BoundedProtocol") -> None:
        """The connection is closed."""
        self.work(connection)
        if connection in self._all:
            self._all.remove(connection)
            CONNECTIONS.labels(self._service).dec()

    def cut(self, connection: "BoundedProtocol", reason: str) -> None:
        """Close a connection at once, unsent bytes included."""
        CLOSED.labels(self._service, reason).inc()
        self.leave(connection)
        connection.transport.abort()

    def _oldest_idle(self) -> "BoundedProtocol | None":
        idle = self._strangers or self._callers
        if not idle:
            return None
        by_address = Counter(one.address for one in idle)
        most = max(by_address.values())
        return next(one for one in idle if by_address[one.address] == most)


class _Lingering:
    """A connection whose end is decided by its protocol: where uvicorn closes it, its client may
    still be sending. All else is the connection's own.
    """

    def __init__(
        self,
        transport: asyncio.Transport,
        *,
        close: Callable[[], None],
        lingers: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._lingers = lingers
        self.close = close

    def is_closing(self) -> bool:
        """True where nothing more is answered here (asyncio)."""
        return self._lingers() or self._transport.is_closing()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class BoundedProtocol(H11Protocol):
    """uvicorn's protocol with what it lacks: a deadline for a request's head and for a client that
    does not read, a place among the server's connections, and that who is refused before all has
    come hears of it.
    """

    bounds: Connections
    head_seconds = HEAD_SECONDS
    read_seconds = READ_SECONDS
    linger_seconds = LINGER_SECONDS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.is_known = False
        self._last = b""  # of the head that is coming
        self._head_deadline: asyncio.TimerHandle | None = None
        self._read_deadline: asyncio.TimerHandle | None = None
        self._end: asyncio.TimerHandle | None = None

    @property
    def address(self) -> str:
        """The client's address, without its port."""
        return self.client[0] if self.client else ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A connection is opened (asyncio)."""
        lingering = _Lingering(transport, close=self._close, lingers=lambda: self._end is not None)
        super().connection_made(cast(asyncio.Transport, lingering))
        self._closed = transport.close
        self._await_head()
        self.bounds.enter(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is closed (asyncio)."""
        super().connection_lost(exc)
        self._end_head_deadline()
        self.resume_writing()
        if self._end is not None:
            self._end.cancel()
        self.bounds.leave(self)

    def data_received(self, data: bytes) -> None:
        """Bytes have come (asyncio). Bytes alone move no deadline: a whole head does."""
        if self._end is not None:
            return
        if self.conn.their_state is h11.IDLE and self._breaks_lines(data):
            self.send_400_response("a line of the head ends by a line feed alone")
            return
        super().data_received(data)
        self._look()

    def on_response_complete(self) -> None:
        """An answer is written whole; the next request may begin at once."""
        self.is_known = CALLER in self.cycle.scope
        super().on_response_complete()
        self._end_head_deadline()
        if self._end is None:
            self._await_head()
        self.bounds.rest(self)
        self._look()

    def pause_writing(self) -> None:
        """The client does not read what was sent (asyncio)."""
        super().pause_writing()
        self._read_deadline = self.loop.call_later(
            self.read_seconds, self.bounds.cut, self, "unread"
        )

    def resume_writing(self) -> None:
        """The client reads again (asyncio)."""
        super().resume_writing()
        if self._read_deadline is not None:
            self._read_deadline.cancel()
            self._read_deadline = None

    def send_400_response(self, msg: str) -> None:
        """What came is not HTTP: the answer is a problem document, and the connection closes. Where
        a request is in hand, whose body it is of, this is its answer, unless that has begun.
        """
        self._end_cycle()
        if self.conn.our_state not in _MAY_ANSWER:
            self._linger()
            return
        said = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        answer = NOT_HTTP.response({"Connection": "close", **said})
        head = h11.Response(status_code=400, headers=answer.raw_headers, reason=b"Bad Request")
        for event in (head, h11.Data(data=bytes(answer.body)), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self._linger()

    def _close(self) -> None:
        """Close the connection once what is written has gone; where a request has not come whole,
        once its client has read that or has had its time. Closed at once, the client's next bytes
        would be answered by a reset, which takes the answer with it (RFC 9112, 9.6).
        """
        if self.conn.their_state is h11.SEND_BODY:
            self._linger()
        else:
            self._closed()

    def _linger(self) -> None:
        if not self.transport.is_closing():
            if self.transport.can_write_eof():
                self.transport.write_eof()
            self.transport.resume_reading()
            self._end_head_deadline()
            self._end = self.loop.call_later(self.linger_seconds, self._closed)

    def _end_cycle(self) -> None:
        """Whoever works on the request in hand hears that its client has gone."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()

    # decision 0523: what two servers in a row may read in two ways is no request
    def _breaks_lines(self, data: bytes) -> bool:
        """True where a line of the head ends by a line feed alone: a proxy may take it for a part
        of the line, and then sees another head than we do.
        """
        head, ends, _ = (self._last + data).partition(_HEAD_ENDS)
        self._last = b"" if ends else head[-len(_HEAD_ENDS) :]
        return _BARE_LINE_FEED.search(head) is not None

    def _look(self) -> None:
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        if cycle is not None and not cycle.response_complete:
            self._end_head_deadline()
            self.bounds.work(self)

    def _await_head(self) -> None:
        self._head_deadline = self.loop.call_later(self.head_seconds, self.bounds.cut, self, "head")

    def _end_head_deadline(self) -> None:
        if self._head_deadline is not None:
            self._head_deadline.cancel()
            self._head_deadline = None


def bounded(connections: Connections, **seconds: float) -> type[BoundedProtocol]:
    """The protocol for a server with these connections; `seconds` are other deadlines."""
    return type("Bounded", (BoundedProtocol,), {"bounds": connections, **seconds})
