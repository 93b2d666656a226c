"""`kvitt up` and `down` as a person runs them, with a small service in the place of ours."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.quotas import quota_of
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, region_codes
from kvitt_contracts.quotas import region_quota

pytestmark = pytest.mark.long(seconds=95)

KVITT = [sys.executable, "-m", "kvitt"]
PARTS = {"postgres", "kafka"}
SERVICE = """
import os
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer


class Health(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()


if os.environ.get("TOY_FAILS"):
    sys.exit("this toy is broken")
HTTPServer(("127.0.0.1", int(os.environ["KVITT_HTTP_PORT"])), Health).serve_forever()
"""


@pytest.fixture
def toy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A service `toy` that a child process can import."""
    package = tmp_path / "code" / "toy"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "app.py").write_text(SERVICE)
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    return "toy"


def test_up_and_down_leave_no_process(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    up = _kvitt("up", "--service", "none", "--detach", state=tmp_path)
    family = _family(state)
    running = {one.name for one in state.processes() if one.is_alive()}
    second = _kvitt("up", "--service", "none", "--detach", state=tmp_path)
    status = _kvitt("status", state=tmp_path)

    down = _kvitt("down", state=tmp_path)

    assert up.returncode == 0, up.stdout
    assert running >= PARTS
    assert second.returncode == 1
    assert "already runs here" in second.stderr
    assert "postgres" in status.stdout
    assert down.returncode == 0
    assert [one for one in family if _lives(one)] == []
    assert state.processes() == []


def test_ctrl_c_ends_everything(tmp_path: Path) -> None:
    with _foreground(tmp_path) as supervisor:
        family = _family(State.open(tmp_path))

        supervisor.send_signal(signal.SIGINT)
        output, _ = supervisor.communicate(timeout=60)

        assert supervisor.returncode == 0, output
        assert len(family) > len(PARTS)
        assert [one for one in family if _lives(one)] == []


def test_a_killed_supervisor_leaves_nothing_running(tmp_path: Path) -> None:
    with _foreground(tmp_path) as supervisor:
        family = _family(State.open(tmp_path))

        supervisor.kill()
        supervisor.communicate()

        _, left = psutil.wait_procs(family, timeout=30)
        assert left == []


def test_a_service_that_died_is_started_again(tmp_path: Path, toy: str) -> None:
    steps: list[tuple[str, str]] = []
    state = State.open(tmp_path / "state")

    def report(part: str, what: str) -> None:
        steps.append((part, what))

    with LocalSystem(state, services=[toy], report=report) as system:
        service = system.services[toy]
        assert service.child is not None
        first = service.child.pid

        os.kill(first, signal.SIGKILL)
        service.await_restart(after=first)
        service.await_ready(restarts=1)

        assert service.child.pid != first
        assert service.restarts == 1
        assert (toy, "was killed by SIGKILL, starts again in 0.5 s") in steps
        processes = {one.name: one.pid for one in state.processes()}
        assert processes[toy] == service.child.pid
    assert not psutil.pid_exists(service.child.pid)


def test_each_region_has_its_quota_from_the_start(tmp_path: Path) -> None:
    with LocalSystem(State.open(tmp_path), services=[]) as system:
        admin = system.credentials("admin")
        found = {
            code: quota_of(system.bootstrap, admin, f"region-{code}") for code in system.regions
        }

        assert found == {code: asdict(region_quota(code)) for code in system.regions}
        assert quota_of(system.bootstrap, admin, "orders") == {}


def test_a_service_that_cannot_start_is_told_with_its_reason(
    tmp_path: Path, toy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOY_FAILS", "1")
    state = State.open(tmp_path / "state")

    with pytest.raises(LocalProblem) as told, LocalSystem(state, services=[toy]):
        pytest.fail("it must not come up")

    assert "The service toy died" in told.value.what
    assert "this toy is broken" in told.value.remedy
    assert state.processes() == []


def test_a_place_without_policies_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalProblem, match="KVITT_REGIONS_DIR"):
        region_codes(tmp_path)


def _kvitt(*arguments: str, state: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KVITT, *arguments, "--state", str(state)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@contextmanager
def _foreground(directory: Path) -> Iterator[subprocess.Popen[str]]:
    """`kvitt up` in the foreground, come as far as ready."""
    supervisor = subprocess.Popen(
        [*KVITT, "up", "--service", "none", "--state", str(directory)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert supervisor.stdout is not None
    try:
        assert any("ready; Ctrl-C ends it" in line for line in supervisor.stdout)
        yield supervisor
    finally:
        if supervisor.poll() is None:
            supervisor.kill()
            supervisor.communicate()


def _lives(process: psutil.Process) -> bool:
    """A zombie has ended, whenever somebody waits for it."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _family(state: State) -> list[psutil.Process]:
    """The supervisor and all that descends from it, reaper and PostgreSQL's workers included."""
    supervisor = psutil.Process(state.processes()[0].pid)
    return [supervisor, *supervisor.children(recursive=True)]
