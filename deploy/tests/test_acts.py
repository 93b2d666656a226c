"""Decision 0389: what users' acts are answered, when they are done again, and by whom nobody is
answered.
"""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import httpx
import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.tokens import TokenIssuer
from kvitt.story import acts
from kvitt.story.acts import Answered, perform
from kvitt.story.services import Services

DAY, LATER = date(2026, 5, 6), date(2026, 6, 1)
LOOK = {"name": "VB-HO-01/slip", "by": "f105", "service": "orders", "path": "/pickups/1/slip"}
ACT = {**LOOK, "name": "VB-AN-01/decide", "path": "/work-orders/1:decide", "data": {"is": "so"}}

Said = tuple[int, dict[str, str]]
"""An answer's status and document."""

ENDED: Said = (409, {"reason": "ENDED", "rule": "PCK-1"})
LOCKED: Said = (503, {"reason": "LOCKED"})
NOBODY: Said = (0, {})
"""No answer: the connection ends."""
DONE: Said = (200, {})


@dataclass
class Service:
    """The service orders: what it answers, one after the other, and by which keys it was asked."""

    url: str
    answers: list[Said] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """A service that waits for nobody."""
    monkeypatch.setattr(acts, "_PAUSE_SECONDS", 0.0)

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.startswith("/persons"):
                self.say(200, {"items": [], "next": None, "total": 0, "total_is_exact": True})
            else:
                self.answer()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.answer()

        def answer(self) -> None:
            found.keys.append(self.headers["Idempotency-Key"])
            status, document = found.answers.pop(0)
            if status:
                self.say(status, document)

        def say(self, status: int, document: object) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *arguments: object) -> None:
            """Tells nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    found = Service(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


async def answered(service: Service, folder: Path, act: object, *, today: date = DAY) -> Answered:
    """What one act is answered on its day, or later."""
    file = folder / f"{DAY}.jsonl"
    file.write_text(json.dumps(act), encoding="utf-8")
    async with Services({"orders": service.url}, {}, TokenIssuer(folder)) as services:
        (found,) = (await perform(services, "ac", file, today=today)).values()
    return found


@pytest.mark.parametrize("act", [LOOK, ACT])
async def test_a_refusal_that_says_that_it_is_done_is_a_refusal_on_its_day(
    service: Service, tmp_path: Path, act: object
) -> None:
    service.answers = [ENDED, ENDED]

    at_once = await answered(service, tmp_path, act)
    later = await answered(service, tmp_path, act, today=LATER)

    assert (at_once, later) == (Answered(reason="ENDED", rule="PCK-1"), Answered())


async def test_who_is_not_answered_or_meets_a_lock_tries_again_by_the_same_key(
    service: Service, tmp_path: Path
) -> None:
    service.answers = [NOBODY, LOCKED, NOBODY, LOCKED, DONE]

    assert await answered(service, tmp_path, ACT) == Answered()
    assert len(service.keys) == 5
    assert len(set(service.keys)) == 1


async def test_where_nobody_ever_answers_the_month_ends(service: Service, tmp_path: Path) -> None:
    service.answers = [LOCKED] * 5
    with pytest.raises(LocalProblem):
        await answered(service, tmp_path, ACT)

    service.answers = [NOBODY] * 5
    with pytest.raises(httpx.TransportError):
        await answered(service, tmp_path, ACT)
