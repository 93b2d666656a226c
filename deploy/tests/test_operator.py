"""In whose name `kvitt` acts: every audit has it from the token that is sent."""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jwt
import pytest
import typer
from kvitt.app import app
from kvitt.local import parts
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import ProcessIdentity
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.story.barrier import Barrier
from kvitt.story.services import Services

ACTS = (
    "quarantine retry orders 1 --why mended",
    "quarantine edit orders 1 --why mended --file body.json",
    "quarantine discard orders 1 --why mended",
    "outbox republish orders --topic orders.units --key one --why lost",
    "outbox rebase orders --resend nothing --why restored",
    "clock advance 2026-05-02 --why kurs",
    "verify all --why kurs",
)
REST = dict.fromkeys(
    (
        "recorded",
        "lag",
        "unsent",
        "parked_waiting",
        "quarantined",
        "untold",
        "due_timers",
        "in_hand",
    ),
    0,
)


@dataclass
class Service:
    """The admin HTTP of one service: whose tokens came with what was to be done, and with which
    body.
    """

    url: str
    moves: bool = True
    acts: list[tuple[str, dict[str, object]]] = field(default_factory=list)


@pytest.fixture
def service() -> Iterator[Service]:
    """A service that has nothing to do and takes every act."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            clock = {"now": "2026-05-01T10:00:00+00:00", "offset_seconds": 0, "moves": found.moves}
            self.answer(clock if self.path.endswith("clock") else REST)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            token = self.headers["Authorization"].removeprefix("Bearer ")
            who = token
            if token.count(".") == 2:
                who = jwt.decode(token, options={"verify_signature": False})["sub"]
            found.acts.append((who, json.loads(body)))
            if self.path.endswith("reconciliation:run"):
                self.answer([])
                return
            self.answer({"sent": 1, "resent": 1, "offset_seconds": 0})

        def answer(self, document: object) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(document).encode())

        def log_message(self, *arguments: object) -> None:
            """Tells nothing."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    found = Service(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


@pytest.fixture
def here(tmp_path: Path, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """A local system with that service on its admin port."""
    state = State.open(tmp_path / ".kvitt")
    state.ports["admin-orders"] = int(service.url.rsplit(":", 1)[1])
    state.save()
    TokenIssuer(state.directory).issuers_file(["bd"])
    (tmp_path / "body.json").write_text("{}")
    monkeypatch.chdir(tmp_path)
    for name in ("KVITT_STATE", "KVITT_OPERATOR", "KVITT_ADMIN_URLS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("getpass.getuser", lambda: "Anna")


@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_in_the_name_of_who_runs_it(
    act: str, here: None, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(act)
    monkeypatch.setenv("KVITT_OPERATOR", "k082lno")
    run(act)
    run(f"{act} --as drift2")

    assert [who for who, _ in service.acts] == ["anna", "k082lno", "drift2"]
    assert {len(str(body["why"])) > 3 for _, body in service.acts} == {True}


@pytest.mark.parametrize("name", ["x", "Ånna", "189001019802", "anna andersson"])
def test_a_name_that_no_audit_can_hold_is_asked_for_again(
    name: str, here: None, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_OPERATOR", name)

    told = run(ACTS[0])

    assert isinstance(told, LocalProblem)
    assert "KVITT_OPERATOR" in told.remedy
    assert service.acts == []


def test_elsewhere_the_token_says_who_acts(
    here: None, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_ADMIN_URLS", f"orders={service.url}")
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", "the-token")
    monkeypatch.setenv("KVITT_OPERATOR", "k082lno")

    run(ACTS[0])
    told = run(f"{ACTS[0]} --as drift2")

    assert isinstance(told, LocalProblem)
    assert "KVITT_ADMIN_TOKEN says who" in told.what
    assert [who for who, _ in service.acts] == ["the-token"]


async def test_the_month_moves_business_time_in_the_name_of_who_runs_it(
    here: None, service: Service, tmp_path: Path
) -> None:
    tokens = TokenIssuer(tmp_path / ".kvitt")
    async with Services({"orders": ""}, {"orders": service.url}, tokens) as services:
        await Barrier(services).move_clock(datetime(2026, 5, 2, tzinfo=UTC))

    assert [who for who, _ in service.acts] == ["anna"]


def test_business_time_that_does_not_move_is_told_before_anything_is_asked(
    here: None, service: Service
) -> None:
    service.moves = False

    told = run("clock advance 2026-05-02")

    assert isinstance(told, LocalProblem)
    assert "not moved here (orders)" in told.what
    assert service.acts == []


def test_status_says_at_which_port_operators_are_answered(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    http, admin = state.port("http-orders"), state.port("admin-orders")
    state.write_processes([ProcessIdentity.of("orders", os.getpid())])

    found = {one.name: one for one in parts.look(state)}

    assert found["orders"].address == f"http://127.0.0.1:{http}"
    assert found["orders"].admin_port == admin
    assert found["bmb"].admin_port is None


def run(command: str) -> BaseException | None:
    """What ends the command, run in this process."""
    try:
        app(command.split(), standalone_mode=False)
    except (LocalProblem, typer.Exit) as ended:
        return ended
    return None
