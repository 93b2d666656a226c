"""What the command line prints and leaves behind, without any server of ours."""

import inspect
import io
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import aiokafka.errors
import httpx
import pytest
import typer
from kvitt.app import app
from kvitt.failpoints import known
from kvitt.local.kafka import Credentials
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import free_ports
from kvitt.local.state import State
from kvitt.local.tokens import TokenIssuer
from kvitt.story.barrier import not_at_rest
from kvitt.story.region_client import RegionClient
from kvitt.story.report import CAUSE
from kvitt.terminal import in_words, show
from kvitt.troubles import as_problem, of_answer
from kvitt_chassis.consuming.verdicts import Cause
from rich.console import Console
from rich.table import Table
from typer.testing import CliRunner

from deploy.tests.watched import ENTRY, KEY, WATCHED, WHEN

WIDTH = 80
READ_ONLY = (
    "status",
    "logs",
    "logs orders",
    "idle",
    "parked",
    "quarantine list",
    "quarantine show orders 1",
    "quarantine causes",
    "quarantine progress",
    "quarantine proposals",
    "quarantine preview orders 1 discard",
    "lag",
    "timers orders",
    "policies ac",
    "events 0b8e1c2a-5d3f-5e6a-9b7c-1d2e3f405162",
    "outbox status",
    "outbox last-numbers orders --topic orders.units",
    "clock show",
    "verify devices",
    "verify all",
    "verify last",
    "secrets status",
    "failpoints",
    "token --region ac --user k082lno",
    "down",
    "reset --yes",
    "restart kafka",
    "region check",
    "subscriber list",
    "subscriber topics",
    "explain device 170098",
    "policy what-if --region ac --policy ac.yaml --since 2026-01-01",
)
LISTS = (
    "parked",
    "quarantine list",
    "outbox status",
    "clock show",
    "idle",
    "failpoints",
    "verify last",
    "secrets status",
    "quarantine causes",
    "quarantine progress",
    "quarantine proposals",
    "lag",
    "timers inventory",
    "policies ac",
    f"events {KEY}",
)
PYTHON = re.compile(r"\bNone\b|\bTrue\b|\bFalse\b|Path\(|frozenset|<[A-Z]\w+[.:]|\[\]|\['|\('")


class Answers(BaseHTTPRequestHandler):
    """The admin HTTP of a service that has much to tell."""

    def do_GET(self) -> None:
        address, _, query = self.path.partition("?")
        path = address.removeprefix("/admin/")
        asked = dict(parse_qsl(query))
        answer = PAGES[path](**asked) if path in PAGES else ANSWERS[path]
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def log_message(self, *arguments: object) -> None:
        """Tells nothing."""


PARKED = [ENTRY, ENTRY | {"id": 4712, "cause": None}]
ANSWERS = {
    **WATCHED,
    "idle": dict.fromkeys(
        (
            "lag",
            "unsent",
            "parked_waiting",
            "quarantined",
            "untold",
            "due_timers",
            "in_hand",
            "recorded",
        ),
        0,
    ),
    "outbox": {
        "unsent": 3,
        "oldest_unsent_seconds": 1.5,
        "lease_seconds_left": 2.0,
        "refusal": "the log is that of another place: another timeline than the stored one",
    },
    "reconciliation": [
        {
            "check": "custody",
            "what": "each device's custody by day and its events replayed",
            "at": WHEN,
            "who": "nightly",
            "differences": 0,
            "shown": [],
            "failed": None,
        }
    ],
    "secrets": [
        {
            "name": "KVITT_QUARANTINE_KEY",
            "written_at": "2026-05-01T10:00:00.123456+00:00",
            "read_at": WHEN,
            "values": 2,
            "fault": None,
        },
        {
            "name": "KVITT_DATABASE_WORKER_PASSWORD",
            "written_at": None,
            "read_at": WHEN,
            "values": 1,
            "fault": "UnicodeDecodeError",
        },
    ],
    "clock": {"now": WHEN, "offset_seconds": 86400.0, "moves": False},
}


KEYS = [f"key-{number:05}" for number in range(12_345)]


def _parked(*, limit: str, after: str, **_: str) -> list[dict[str, Any]]:
    """A page of the parked keys."""
    following = [one for one in PARKED if one["id"] > int(after)]
    return following[: int(limit)]


def _numbers(*, limit: str, topic: str, after: str = "") -> dict[str, int]:
    """A page of a topic's last numbers."""
    assert topic == "inventory.devices"
    following = [key for key in KEYS if key > after]
    return dict.fromkeys(following[: int(limit)], 7)


PAGES: dict[str, Callable[..., Any]] = {"parked": _parked, "outbox/last-numbers": _numbers}


@pytest.fixture(scope="module")
def service() -> Iterator[str]:
    """The address of a service's admin HTTP."""
    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.mark.parametrize("command", READ_ONLY)
def test_a_command_that_starts_nothing_makes_no_state(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KVITT_STATE", raising=False)

    _run(command)

    assert list(tmp_path.iterdir()) == []
    assert not PYTHON.search(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("options", "what", "remedy"),
    [
        ("--region xx --role ops", "no region xx", "ac, bd"),
        ("--region ac --role prescriber", "No token says the role prescriber", "the register's"),
        ("--region ac --user x", "no id of a user", "letters"),
        ("--region ac --user 189001019802", "no id of a user", "letters"),
    ],
)
def test_a_token_names_what_a_service_takes(
    options: str, what: str, remedy: str, tmp_path: Path
) -> None:
    State.open(tmp_path)

    told = _run(f"token --user anna {options} --state {tmp_path}")

    assert isinstance(told, LocalProblem)
    assert what in told.what
    assert remedy in told.remedy


@pytest.mark.parametrize(
    ("urls", "token", "what"),
    [("orders=http://127.0.0.1:1", "", "KVITT_ADMIN_TOKEN"), ("orders", "t", "KVITT_ADMIN_URLS")],
)
def test_what_lacks_in_the_environment_is_named(
    urls: str, token: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KVITT_ADMIN_URLS", urls)
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", token)

    told = _run("idle")

    assert isinstance(told, LocalProblem)
    assert what in told.what


def test_a_state_is_its_owners_alone(tmp_path: Path) -> None:
    state = State.open(tmp_path / "new")
    TokenIssuer(state.directory).issue("anna", region="ac")

    modes = {one.name: one.stat().st_mode & 0o777 for one in state.directory.iterdir()}

    assert state.directory.stat().st_mode & 0o777 == 0o700
    assert modes == {"state.json": 0o600, "token-key.pem": 0o600}


def test_every_command_of_secrets_is_named() -> None:
    shown = CliRunner().invoke(app, ["secrets", "--help"])

    assert shown.exit_code == 0
    assert {"rotate", "status", "rekey-search"} <= set(shown.stdout.split())


def test_an_older_state_is_closed_to_others_when_it_is_used(tmp_path: Path) -> None:
    directory = State.open(tmp_path / "old").directory
    directory.chmod(0o755)

    State.open(directory)

    assert directory.stat().st_mode & 0o777 == 0o700


def test_a_directory_that_holds_other_things_keeps_its_mode(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir(mode=0o755)
    (shared / "letter").touch()

    State.open(shared)

    assert shared.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("command", LISTS)
def test_a_list_fits_a_terminal_and_breaks_no_word(command: str, service: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "kvitt", *command.split()],
        env={
            "COLUMNS": str(WIDTH),
            "KVITT_ADMIN_URLS": f"inventory={service}",
            "KVITT_ADMIN_TOKEN": "a-token",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert max(map(len, ended.stdout.splitlines())) <= WIDTH
    assert not PYTHON.search(ended.stdout)
    if command in ("parked", "quarantine list"):
        assert KEY in ended.stdout
        assert "unknown_version" in ended.stdout
    if command == "failpoints":
        assert [name for name in known() if name not in ended.stdout] == []
    if command == "secrets status":
        assert {"inventory", "KVITT_QUARANTINE_KEY", "UnicodeDecodeError"} <= set(
            ended.stdout.split()
        )
    if command == "idle":
        assert len(ended.stdout.splitlines()) < 10, "a row each, and no records"


def test_how_old_secrets_are_is_told_as_a_program_reads_it(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KVITT_ADMIN_URLS", f"inventory={service}")
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", "a-token")

    assert _run("secrets status --json") is None

    assert json.loads(capsys.readouterr().out) == {"inventory": ANSWERS["secrets"]}


def test_last_numbers_are_printed_page_after_page(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KVITT_ADMIN_URLS", f"inventory={service}")
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", "a-token")

    assert _run("outbox last-numbers inventory --topic inventory.devices") is None

    assert capsys.readouterr().out.splitlines() == [f"{key}\t7" for key in KEYS]


def test_columns_share_what_their_longest_words_leave() -> None:
    table = Table("name", "what", "why")
    table.add_row("consumer.before_offsets", "a sentence of some words", "another " * 12)

    printed = _printed(table, width=60)

    assert "consumer.before_offsets" in printed
    assert max(map(len, printed.splitlines())) <= 60
    assert "sentence" in printed


def test_rows_that_do_not_fit_are_printed_as_lines_of_heading_and_value() -> None:
    table = Table("key", "topic")
    table.add_row(KEY, "region.ac.inventory")

    assert _printed(table, width=50).split() == ["key", KEY, "topic", "region.ac.inventory"]


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, ""), (True, "yes"), (["a", None, 1], "a, , 1"), (frozenset({"a"}), "a"), (0, "0")],
)
def test_a_value_is_shown_in_words(value: object, words: str) -> None:
    assert in_words(value) == words


def test_help_is_one_line_a_command_and_fits_a_terminal() -> None:
    for name, told in _helps():
        first = inspect.cleandoc(told).split("\n\n")[0]
        assert "\n" not in first, name
        if name == "kvitt":  # its examples are printed as they stand
            assert all(len(line) < WIDTH - 1 for line in told.splitlines())


@pytest.mark.parametrize(
    ("status", "reason", "step"),
    [
        (401, "UNAUTHORIZED", "KVITT_ADMIN_TOKEN"),
        (403, "FORBIDDEN", "platform"),
        (404, "UNKNOWN_ENTRY", "kvitt quarantine list"),
        (422, "INVALID_FIELD", "give the command again"),
        (500, "FAULT", "kvitt logs orders"),
        (503, "BUSY", "kvitt status"),
    ],
)
def test_an_operator_gets_the_next_step_of_this_surface(
    status: int, reason: str, step: str
) -> None:
    answer = httpx.Response(
        status,
        json={
            "reason": reason,
            "detail": "Något gick fel hos oss.",
            "way_on": "Försök igen med samma Idempotency-Key.",
        },
    )

    problem = of_answer("orders", answer)

    assert reason in problem.what
    assert step in problem.remedy
    assert "Idempotency-Key" not in problem.what + problem.remedy
    assert "Något" not in problem.what


@pytest.mark.parametrize(
    "error",
    [
        LocalProblem("Something is away.", remedy="Bring it back."),
        aiokafka.errors.UnknownTopicOrPartitionError(),
        aiokafka.errors.KafkaConnectionError("nowhere"),
        httpx.ConnectError("refused"),
        TimeoutError(),
        FileNotFoundError(2, "No such file or directory", "body.json"),
        json.JSONDecodeError("Expecting value", "", 0),
    ],
)
def test_an_expected_trouble_is_two_lines(error: Exception) -> None:
    problem = as_problem(error)

    assert problem is not None
    assert problem.what.endswith(".")
    assert problem.remedy
    assert not PYTHON.search(problem.what)


async def test_a_regions_client_without_kafka_is_a_problem_and_no_traceback() -> None:
    (nowhere,) = free_ports(1)

    with pytest.raises(LocalProblem) as told:
        async with RegionClient(
            "ac", bootstrap=f"127.0.0.1:{nowhere}", credentials=Credentials("region-ac", "secret")
        ):
            pytest.fail("there is no Kafka")

    assert told.value.what == "Kafka does not serve region ac's client (KafkaConnectionError)."
    assert "kvitt status" in told.value.remedy


def test_a_fault_of_ours_is_shown_whole() -> None:
    assert as_problem(AssertionError("never")) is None


def test_a_barrier_names_what_is_dead_first() -> None:
    looks: dict[str, dict[str, Any]] = {
        "orders": {"trouble": "answers 503"},
        "bmb": {"lag": 2},
        "billing": {},
    }

    problem = not_at_rest(looks, 60.0, dead={"kafka": "was killed by SIGKILL"})

    assert problem.what == (
        "After 60 s something moves still. kafka: was killed by SIGKILL; "
        "orders: answers 503; bmb: 2 messages to read"
    )
    assert "kvitt logs kafka" in problem.remedy


def test_each_cause_has_a_word_for_people() -> None:
    assert CAUSE.keys() == set(Cause)


def _run(command: str) -> BaseException | None:
    """What ends the command, run in this process."""
    try:
        app(command.split(), standalone_mode=False)
    except (LocalProblem, typer.Exit, SystemExit) as ended:
        return ended
    return None


def _printed(table: Table, *, width: int) -> str:
    console = Console(width=width, record=True, file=io.StringIO())
    show(table, on=console)
    return console.export_text()


def _helps() -> Iterator[tuple[str, str]]:
    root = typer.main.get_command(app)
    yield "kvitt", root.help or ""
    todo: list[tuple[str, object]] = [("kvitt", root)]
    while todo:
        name, command = todo.pop()
        children: dict[str, Callable[..., object]] = getattr(command, "commands", {})
        for child, found in children.items():
            yield f"{name} {child}", getattr(found, "help", "") or ""
            todo.append((f"{name} {child}", found))
