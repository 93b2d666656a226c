"""No process outlives whoever started it, and a left-over one is named."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import (
    ProcessIdentity,
    ProcessReaper,
    end_processes,
    free_ports,
    identities,
    require_free_port,
)
from kvitt.local.state import State, require_disk_space

SLEEPER = [sys.executable, "-c", "import signal; signal.pause()"]
STUBBORN_PROGRAM = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
while True:
    signal.pause()
"""
STUBBORN = [sys.executable, "-c", STUBBORN_PROGRAM]
PARENT = """
import sys
from pathlib import Path
from kvitt.local.processes import ProcessReaper
child = ProcessReaper().start("sleeper", sys.argv[2:], log=Path(sys.argv[1]))
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_ends_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "log"), *SLEEPER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))

    parent.kill()
    parent.communicate()

    gone, left = psutil.wait_procs([child], timeout=10)
    assert (len(gone), left) == (1, [])


def test_a_child_that_does_not_heed_is_killed(tmp_path: Path) -> None:
    reaper = ProcessReaper()
    log = tmp_path / "log"
    child = reaper.start("stubborn", STUBBORN, log=log)
    _await_text(log, "up")

    child.stop(timeout=0.2)

    assert child.popen.returncode == -signal.SIGKILL
    reaper.close()


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "was killed by SIGKILL"),
        ("import sys; sys.exit(3)", "ended with code 3"),
    ],
)
def test_how_a_child_ended_is_told_in_words(program: str, told: str, tmp_path: Path) -> None:
    reaper = ProcessReaper()

    child = reaper.start("short", [sys.executable, "-c", program], log=tmp_path / "log")

    assert child.ending == told
    reaper.close()


def test_only_those_that_run_are_remembered(tmp_path: Path) -> None:
    reaper = ProcessReaper()
    ended = reaper.start("ended", SLEEPER, log=tmp_path / "log")
    running = reaper.start("running", SLEEPER, log=tmp_path / "log")
    ended.kill()

    found = identities([None, ended, running])

    assert [one.name for one in found] == ["running"]
    reaper.close()


def test_what_an_earlier_run_has_left_is_known_and_can_be_ended(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    left_over = subprocess.Popen(SLEEPER)
    identity = ProcessIdentity.of("kafka", left_over.pid)
    state.write_processes([ProcessIdentity("supervisor", 1, started_at=0.0), identity])

    state.require_no_supervisor()
    assert state.live_processes() == [identity]
    end_processes(state.live_processes())

    assert left_over.poll() is not None
    assert state.live_processes() == []


def test_a_running_supervisor_is_in_the_way_and_named(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    supervisor = subprocess.Popen(SLEEPER)
    state.write_processes([ProcessIdentity.of("supervisor", supervisor.pid)])

    with pytest.raises(LocalProblem) as told:
        state.require_no_supervisor()

    supervisor.kill()
    supervisor.wait()
    assert f"already runs here: supervisor (pid {supervisor.pid})" in told.value.what
    assert "kvitt down" in told.value.remedy


def test_a_zombie_has_ended_though_nobody_waits_for_it(tmp_path: Path) -> None:
    zombie = subprocess.Popen(SLEEPER)
    identity = ProcessIdentity.of("orders", zombie.pid)

    end_processes([identity], timeout=30.0)

    assert not identity.is_alive()
    assert psutil.Process(zombie.pid).status() == psutil.STATUS_ZOMBIE
    zombie.wait()


def test_another_process_with_a_used_number_is_not_ours(tmp_path: Path) -> None:
    state = State.open(tmp_path)
    mine = ProcessIdentity.of("me", os.getppid())
    state.write_processes([ProcessIdentity("kafka", mine.pid, mine.started_at - 60)])

    assert state.live_processes() == []
    assert mine.is_alive()


def test_a_taken_port_is_named_with_its_holder() -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]

        with pytest.raises(LocalProblem) as told:
            require_free_port(port, purpose="Kafka")

    assert f"Port {port}, chosen for Kafka" in told.value.what
    assert f"pid {os.getpid()}" in told.value.what
    assert "--new-ports" in told.value.remedy


def test_ports_are_different_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.sample", lambda ports, _: list(ports))  # the same are drawn again
    state = State.open(tmp_path)

    chosen = [state.port(purpose) for purpose in ("kafka", "postgres", "http-orders")]

    assert len(set(chosen)) == 3
    assert State.open(tmp_path).ports == state.ports
    assert len(set(free_ports(20))) == 20


def test_a_nearly_full_disk_is_told(tmp_path: Path) -> None:
    with pytest.raises(LocalProblem, match="MiB are free"):
        require_disk_space(tmp_path, least=1 << 60)


def test_secrets_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    state = State.open(tmp_path)

    mode = (tmp_path / "state.json").stat().st_mode & 0o777

    assert mode == 0o600
    assert state.password("a") != state.password("b")
    assert State.open(tmp_path).password("a") == state.password("a")


def _await_text(file: Path, text: str) -> None:
    """Blocks on the file's growth by `tail`, until the text stands there."""
    tail = subprocess.Popen(
        ["tail", "--lines=+1", "--follow=name", "--retry", str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert tail.stdout is not None
    assert any(text in line for line in tail.stdout)
    tail.kill()
    tail.communicate()
