"""`kvitt person`: what is asked before it is done, what is only shown, and what a program reads.
What the services do stands in their own tests, all of it in tests/privacy/test_what_is_left.py.
"""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from kvitt.app import app
from kvitt.local.problems import LocalProblem
from kvitt_contracts.topics import SERVICES
from typer.testing import CliRunner, Result

from deploy.tests.printing import ended

REF = "0d0b5f0e-6a52-4f0b-9b55-2f1e5a3c7b11"
OTHER = "4f0b2d6e-6a52-4f0b-9b55-2f1e5a3c7b11"
EVENT = "9a7c6d1e-6a52-4f0b-9b55-2f1e5a3c7b11"
WHY = ("--why", "Dnr 2026-114")
AMOUNT = {"what": "Ordrar", "count": 2, "law": "Bokföringslagen 7 kap. 2 §: sju år"}
BACK = [
    {"key": REF, "fields": ["key", "details", "is_known", f"said@3/{EVENT}"]},
    {"key": OTHER, "fields": ["stated_before"]},
]


class Services:
    """The HTTP of all services, as far as these commands ask: what they were told to do, and whom a
    comparison finds.
    """

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.done: list[tuple[str, Any]] = []
        self.back: list[dict[str, Any]] = []
        self.failed: str | None = None
        self.is_in_vain = False

    def get(self, path: str, query: str) -> Any:
        self.asked.append(f"{path}?{query}")
        if path.endswith("/stored"):
            return {"rows": {"things": [{"of": path.removeprefix("/")}]}}
        if path.endswith("/erasure"):
            return {"person": REF, "hindered_by": [], "erased": [], "remains": [AMOUNT]}
        if path.startswith("/persons/"):
            named = {"region_person_id": "AC-P-1", "active": True, "merged_into": None}
            return {"person": path.rpartition("/")[2], **named}
        return {"items": [], "next": None}

    def post(self, path: str, body: Any) -> Any:
        if path == "/orders/admin/reconciliation:run":
            found = {"check": "erasures", "failed": self.failed, "shown": list(self.back)}
            return [found | {"differences": len(self.back)}]
        self.done.append((path, body))
        if not self.is_in_vain:
            self.back = [one for one in self.back if one["key"] not in path]
        return {"person": REF, "references": [REF, OTHER]}


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Services at an address that the environment names, as those of another machine."""
    told = Services()

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path, _, query = self.path.partition("?")
            self._answer(told.get(path, query))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(told.post(self.path, json.loads(body)))

        def _answer(self, answer: Any) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *arguments: object) -> None:
            """Tells nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    thread = Thread(target=server.serve_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    every = ",".join(f"{name}={url}" for name in ("orders", "bmb", "inventory"))
    admin = ",".join(f"{name}={url}/{name}" for name in SERVICES)
    for name, value in (("URLS", every), ("TOKEN", "t"), ("ADMIN_URLS", admin)):
        monkeypatch.setenv(f"KVITT_{name}", value)
    monkeypatch.setenv("KVITT_ADMIN_TOKEN", "t")
    yield told
    server.shutdown()
    thread.join()
    server.server_close()


def person(*command: str, says: str | None = None) -> Result:
    """How a command ended, where somebody answers what it asks."""
    if says is None:
        return ended("person", *command, "--region", "ac")
    return CliRunner().invoke(app, ["person", *command, "--region", "ac"], input=says)


@pytest.mark.parametrize("command", ["export", "erase", "merge", "erase-again"])
def test_each_command_says_how_it_is_used(command: str) -> None:
    told = ended("person", command, "--help").stdout

    assert f"kvitt person {command} " in told.replace("\n", " ").partition("Example")[2]
    assert {"--json", "--dry-run", "--region"} <= set(told.split())


@pytest.mark.parametrize(
    "command",
    [
        ("erase", REF),
        ("erase", REF, *WHY, "--dry-run"),
        ("merge", REF, OTHER, "--dry-run"),
        ("export", REF, "--dry-run"),
        ("erase-again", "--dry-run"),
    ],
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_what_is_only_shown_does_nothing(
    command: tuple[str, ...], form: tuple[str, ...], services: Services
) -> None:
    services.back = list(BACK)

    told = person(*command, *form)

    assert (told.exit_code, services.done) == (0, [])
    assert not form or json.loads(told.stdout)


@pytest.mark.parametrize("command", [("erase", REF, *WHY), ("merge", REF, OTHER), ("erase-again",)])
@pytest.mark.parametrize(("says", "is_done"), [("n\n", False), ("y\n", True)])
def test_what_cannot_be_undone_is_asked_first(
    command: tuple[str, ...], says: str, is_done: bool, services: Services
) -> None:
    services.back = list(BACK)

    told = person(*command, says=says)

    assert (told.exit_code, bool(services.done)) == ((0, True) if is_done else (1, False))


def test_an_erasure_says_what_stays_by_which_law_and_that_the_keys_are_to_be_replaced(
    services: Services,
) -> None:
    told = person("erase", REF, *WHY, "--yes", "--ordered").stdout

    assert str(AMOUNT["law"]) in told
    assert "kvitt backup --keys" in told
    assert services.done == [(f"/persons/{REF}:erase", {"why": "Dnr 2026-114", "is_ordered": True})]


@pytest.mark.rule("REF-23i")
def test_each_is_erased_again_as_it_was_told_and_those_who_follow_too(services: Services) -> None:
    services.back = list(BACK)

    told = json.loads(person("erase-again", "--yes", "--json", "--why", "Efter måndagen").stdout)

    why = {"why": "Efter måndagen"}
    assert services.done == [
        (f"/persons/{REF}:erase-again", {**why, "seq": 3, "event_id": EVENT}),
        (f"/persons/{OTHER}:erase-again", why),
    ]
    assert told == {"erased_again": [REF, OTHER], "left": []}


@pytest.mark.rule("REF-23i")
def test_who_is_here_though_they_were_erased_again_is_told(services: Services) -> None:
    services.back, services.is_in_vain = list(BACK), True

    told = json.loads(person("erase-again", "--yes", "--json").stdout)

    assert told == {"erased_again": [REF, OTHER], "left": [REF, OTHER]}


def test_a_comparison_that_could_not_be_made_erases_nobody(services: Services) -> None:
    services.failed = "KafkaError"

    with pytest.raises(LocalProblem, match="cannot be read: KafkaError"):
        person("erase-again", "--yes")


def test_an_export_is_of_its_owner_alone(tmp_path: Path, services: Services) -> None:
    told = json.loads(person("export", REF, "--out", str(tmp_path), "--json").stdout)

    assert told == {
        "written": True,
        "files": [str(tmp_path / f"{REF}.{kind}") for kind in ("json", "txt")],
    }
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


@pytest.mark.rule("REF-24a")
def test_an_export_has_what_each_service_stores_under_each_reference(
    tmp_path: Path, services: Services
) -> None:
    person("export", REF, "--out", str(tmp_path))

    told = json.loads((tmp_path / f"{REF}.json").read_text())
    paths = {(one, ref): f"/admin/persons/{ref}/stored" for one in SERVICES for ref in (REF, OTHER)}
    assert {name for name in told if "/stored/" in name} == {
        f"{service}/stored/{ref}" for service, ref in paths
    }
    assert {f"/{service}{path}?region=ac" for (service, _), path in paths.items()} <= set(
        services.asked
    )
    readable = (tmp_path / f"{REF}.txt").read_text()
    for (service, ref), path in paths.items():
        assert told[f"{service}/stored/{ref}"]["rows"]["things"] == [{"of": f"{service}{path}"}]
        assert f"{service}{path}" in readable
