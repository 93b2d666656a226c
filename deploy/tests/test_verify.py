"""`kvitt verify`: which checks it runs, what it prints, and what its exit code says."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from kvitt.app import app
from typer.testing import CliRunner

DIFFERENCE = {
    "table": "custody_changes",
    "region": "ac",
    "key": "4d7b3606-3c39-56c6-858d-81cae80b3d4d",
    "fields": ["payer_id@2026-05-04"],
}


def an_outcome(check: str = "custody", **changes: Any) -> dict[str, Any]:
    """What a check found the last time: nothing."""
    return {
        "check": check,
        "what": "each device's custody by day and its events replayed",
        "at": "2026-05-05T01:00:00+00:00",
        "who": "nightly",
        "differences": 0,
        "shown": [],
        "failed": None,
    } | changes


@dataclass
class Services:
    """What the services answer, and what they were asked: service, path and body or query."""

    url: str
    outcomes: list[dict[str, Any]] = field(default_factory=lambda: [an_outcome()])
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Inventory and billing, each with one check."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, told: dict[str, Any]) -> None:
            _, service, _, path = urlsplit(self.path).path.split("/", 3)
            found.asked.append((service, path, told))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(found.outcomes).encode())

        def log_message(self, *arguments: object) -> None:
            """Tells nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    found = Services(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    urls = ",".join(f"{name}={found.url}/{name}" for name in ("inventory", "billing"))
    monkeypatch.setenv("KVITT_ADMIN_URLS", urls)
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", "a-token")
    yield found
    server.shutdown()


def verify(command: str) -> tuple[int, str]:
    """The exit code of a command, and what it printed."""
    ended = CliRunner().invoke(app, ["verify", *command.split()])
    return ended.exit_code, ended.output


def test_devices_are_compared_in_inventory_and_in_billing(services: Services) -> None:
    code, printed = verify("devices --region ac --why check")

    assert code == 0, printed
    assert services.asked == [
        (
            "inventory",
            "reconciliation:run",
            {"checks": ["rows", "custody", "claims"], "region": "ac", "why": "check"},
        ),
        ("billing", "reconciliation:run", {"checks": ["payers"], "region": "ac", "why": "check"}),
    ]
    assert "equal" in printed


def test_all_are_compared_without_naming_any(services: Services) -> None:
    verify("all")

    assert [(service, body["checks"]) for service, _, body in services.asked] == [
        ("inventory", []),
        ("billing", []),
    ]


def test_the_last_results_are_shown_without_a_new_comparison(services: Services) -> None:
    services.outcomes = [an_outcome(), an_outcome("claims", at=None, who=None)]

    code, printed = verify("last --region bd")

    assert services.asked == [
        (service, "reconciliation", {"region": "bd"}) for service in ("inventory", "billing")
    ]
    assert (code, "never" in printed) == (0, True)


@pytest.mark.parametrize("command", ["devices", "all", "last"])
@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"differences": 1, "shown": [DIFFERENCE]}, "payer_id@2026-05-04"),
        ({"failed": "KafkaError in said (replaying.py:60)"}, "could not be made"),
    ],
    ids=["differs", "failed"],
)
def test_the_exit_code_says_that_something_differs_or_was_not_compared(
    services: Services, command: str, changes: dict[str, Any], told: str
) -> None:
    services.outcomes = [an_outcome(**changes)]

    code, printed = verify(command)

    assert code == 1
    assert told in printed.replace("\n", "")


def test_json_is_for_a_program_to_read(services: Services) -> None:
    services.outcomes = [an_outcome(differences=1, shown=[DIFFERENCE])]

    code, printed = verify("devices --json")

    told = json.loads(printed)
    assert code == 1
    assert [(one["service"], one["shown"]) for one in told] == [
        ("inventory", [DIFFERENCE]),
        ("billing", [DIFFERENCE]),
    ]
