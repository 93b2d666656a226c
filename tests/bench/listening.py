"""A region's own systems without Kafka, each in a thread of its own: one that waits at `GET /feed`,
and a receiver of webhooks. They note when they have what, and do nothing else.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from time import time
from typing import Any

import httpx

_WAIT_SECONDS = 5
_PAGE = 500


@dataclass(slots=True)
class Heard:
    """When (Unix time) a system first had each event of the feed, by its id."""

    at: dict[str, float] = field(default_factory=dict)

    def note(self, event_id: str, at: float) -> None:
        """It has it: what comes twice was had the first time."""
        self.at.setdefault(event_id, at)


@contextmanager
def polling(url: str, token: str) -> Iterator[Heard]:
    """Within: what is said from now on is read page by page, by one request after the other, each
    of which waits for it. Raises RuntimeError for an answer that is no page.
    """
    heard, ended = Heard(), Event()
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60.0
    ) as client:
        after = _end_of_feed(client)

        def poll() -> None:
            place = after
            while not ended.is_set():
                events, place = _page(client, place, wait_seconds=_WAIT_SECONDS)
                now = time()
                for one in events:
                    heard.note(one["id"], now)

        with ThreadPoolExecutor(1, "feed") as pool:
            polled = pool.submit(poll)
            try:
                yield heard
            finally:
                ended.set()
        polled.result()


@contextmanager
def receiving() -> Iterator[tuple[str, Heard]]:
    """Within: a receiver of webhooks on this machine. Its address, and what it has."""
    heard = Heard()

    class Receiver(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.note(json.loads(body)["id"], time())
            self.send_response(204)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128  # who comes at once is not to wait for a second

    server = Server(("127.0.0.1", 0), Receiver)
    serving = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/kvitt", heard
    finally:
        server.shutdown()
        server.server_close()


def _end_of_feed(client: httpx.Client) -> str | None:
    """The place after all that was said so far; None where nothing was."""
    events, place = _page(client, None)
    while events:
        events, place = _page(client, place)
    return place


def _page(
    client: httpx.Client, after: str | None, *, wait_seconds: int = 0
) -> tuple[list[dict[str, Any]], str]:
    """The events after a place, and the next place. Raises RuntimeError."""
    asked: dict[str, str | int] = {"limit": _PAGE, "wait_seconds": wait_seconds}
    if after is not None:
        asked["after"] = after
    try:
        answer = client.get("/feed", params=asked)
    except httpx.HTTPError as error:
        raise RuntimeError(f"the feed does not answer: {error!r}") from error
    if answer.status_code != 200:
        raise RuntimeError(f"the feed answers {answer.status_code}: {answer.text[:200]}")
    page = answer.json()
    return page["events"], page["next"]
