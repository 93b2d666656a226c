"""Services for tests of the command line, as far as they answer GET with what a test says."""

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

SERVICES = ("orders", "bmb", "inventory", "billing", "notifications")
TOKEN, ADMIN_TOKEN = "the-regions-token", "the-operators-token"


@dataclass
class Answers:
    """What is answered by service and path (`bmb/transfers/…`, `bmb/admin/clock`); what is not said
    is not found. A list is answered as one page, where its filter says nothing else.
    """

    url: str
    documents: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    refused_with: int | None = None

    def say(self, documents: Mapping[str, Any]) -> None:
        """Answer these too."""
        self.documents |= documents

    def refuse_with(self, status: int) -> None:
        """Answer nothing but this status from now on."""
        self.refused_with = status

    def elsewhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have `kvitt` ask here, as it asks services that are not on its machine."""
        urls = ",".join(f"{name}={self.url}/{name}" for name in SERVICES)
        monkeypatch.setenv("KVITT_URLS", urls)
        monkeypatch.setenv("KVITT_TOKEN", TOKEN)
        monkeypatch.setenv("KVITT_ADMIN_URLS", urls)
        monkeypatch.setenv("KVITT_ADMIN_TOKEN", ADMIN_TOKEN)


def port_of(services: Answers) -> int:
    """Where the services answer on this machine."""
    return int(services.url.rsplit(":", 1)[1])


def a_page(*items: Any) -> dict[str, Any]:
    """The only page of a list."""
    return {"items": items, "next": None, "total": len(items), "total_is_exact": True}


@contextmanager
def answering() -> Iterator[Answers]:
    """The five services at one address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path.removeprefix("/")
            found.asked.append((path, self.headers["Authorization"].removeprefix("Bearer ")))
            document = found.documents.get(path)
            if path.endswith("/admin/parked"):
                after = int(dict(parse_qsl(urlsplit(self.path).query))["after"])
                document = [one for one in document or [] if one["id"] > after]
            problem = {"reason": "UNKNOWN", "rule": "REF-18"}
            if found.refused_with is not None or document is None:
                self._answer(found.refused_with or 404, problem)
            else:
                self._answer(200, document)

        def _answer(self, status: int, document: Any) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *arguments: object) -> None:
            """Tells nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found = Answers(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()
    server.server_close()
