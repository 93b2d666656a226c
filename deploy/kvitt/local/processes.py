"""Child processes that never outlive this one, and how a process of an earlier run is recognised.
Does not know what they run.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil

from kvitt.local.private import UMASK, make_directory, open_private
from kvitt.local.problems import LocalProblem

_REAPER = Path(__file__).with_name("process_reaper.py")
# Below those that systems hand out to outgoing connections: one chosen now stays free until it is
# used.
_PORTS = range(20_000, 32_000)
_PAUSE_SECONDS = 0.02
_KILLED_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """A process by pid and start time, since pids are used again."""

    name: str
    pid: int
    started_at: float

    @classmethod
    def of(cls, name: str, pid: int) -> "ProcessIdentity":
        """The identity of a running process. Raises psutil.NoSuchProcess when there is none."""
        return cls(name, pid, psutil.Process(pid).create_time())

    def is_alive(self) -> bool:
        """True while this very process runs; a zombie does not count."""
        with contextlib.suppress(psutil.NoSuchProcess):
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started_at) < 1.0
            return same and process.status() != psutil.STATUS_ZOMBIE
        return False


def identities(children: Iterable["Child | None"]) -> list[ProcessIdentity]:
    """Identities of running processes. One that ends at this instant is left out."""
    found = []
    for child in children:
        if child is not None and child.is_running():
            with contextlib.suppress(psutil.NoSuchProcess):
                found.append(ProcessIdentity.of(child.name, child.pid))
    return found


@dataclass(slots=True)
class Child:
    """A process that we started. It leads its own group, so that Ctrl-C in the terminal does not
    reach it.
    """

    name: str
    popen: subprocess.Popen[bytes]
    stop_signal: signal.Signals
    _reaper: "ProcessReaper" = field(repr=False)

    @property
    def pid(self) -> int:
        return self.popen.pid

    def is_running(self) -> bool:
        return self.popen.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone; does nothing when it has ended."""
        if self.is_running():
            self.popen.send_signal(number)

    def stop(self, *, timeout: float = 30.0) -> None:
        """Ask it to end, wait at most `timeout` seconds, then kill its whole group."""
        self.signal(self.stop_signal)
        try:
            self.popen.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        self._reaper.forget(self.pid)

    @property
    def ending(self) -> str:
        """How a process that has ended did so: `was killed by SIGKILL`, `ended with code 1`."""
        code = self.popen.wait()
        if code < 0:
            return f"was killed by {signal.Signals(-code).name}"
        return f"ended with code {code}"

    def forget(self) -> None:
        """It has ended by itself and was waited for: its number is not ours any more."""
        self._reaper.forget(self.pid)

    def kill(self) -> None:
        """SIGKILL to the whole group, and wait for the process."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()
        self._reaper.forget(self.pid)


# decision 0011: a helper on a pipe ends what a killed supervisor leaves
class ProcessReaper:
    """Starts child processes. A helper process that waits on a pipe ends them when this process
    ends.
    """

    def __init__(self) -> None:
        # -I -S: no site packages, so that it starts in some milliseconds and stays small.
        self._helper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(_REAPER)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._lock = threading.Lock()
        self._started: list[subprocess.Popen[bytes]] = []

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        environment: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        directory: Path | None = None,
    ) -> Child:
        """Start `command` in its own process group; its output is appended to `log`."""
        make_directory(log.parent)
        with open_private(log, "ab") as output:
            popen = subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(environment) if environment is not None else None,
                cwd=directory,
                process_group=0,
                umask=UMASK,
            )
        self._tell(f"+{popen.pid} {int(stop_signal)}\n")
        self._started.append(popen)
        return Child(name, popen, stop_signal, self)

    def forget(self, pid: int) -> None:
        """The process has ended and was waited for: its pid is not ours any more."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End the helper, which ends the processes that still run."""
        self._pipe.close()
        while self._helper.poll() is None:
            for popen in self._started:
                popen.poll()  # one that has ended and is not waited for looks alive to the helper
            time.sleep(_PAUSE_SECONDS)

    @property
    def _pipe(self) -> IO[bytes]:
        assert self._helper.stdin is not None
        return self._helper.stdin

    def _tell(self, line: str) -> None:
        with self._lock, contextlib.suppress(BrokenPipeError, ValueError):
            self._pipe.write(line.encode())
            self._pipe.flush()


def free_ports(count: int, *, besides: Collection[int] = ()) -> list[int]:
    """So many different loopback TCP ports that nobody listens on, `besides` those that are chosen
    already though nobody may listen there yet.
    """
    found: list[int] = []
    for port in random.sample(_PORTS, len(_PORTS)):
        if len(found) == count:
            break
        if port not in besides and _is_free(port):
            found.append(port)
    return found


def require_free_port(port: int, *, purpose: str) -> None:
    """Raises LocalProblem that names the process that listens on the port, as far as it can be
    seen.
    """
    if not _is_free(port):
        raise LocalProblem(
            f"Port {port}, chosen for {purpose}, is taken{_holder(port)}.",
            remedy="End that program, or choose new ports: kvitt up --new-ports.",
        )


def end_processes(processes: Sequence[ProcessIdentity], *, timeout: float = 30.0) -> None:
    """End processes of an earlier run, by identity: SIGTERM, after `timeout` seconds SIGKILL.

    A zombie has ended, whether somebody waits for it or not.
    """
    for one in processes:
        # PostgreSQL waits for its clients on SIGTERM; SIGINT is its fast shutdown.
        _send(one, signal.SIGINT if one.name == "postgres" else signal.SIGTERM)
    if not _have_ended(processes, within=timeout):
        for one in processes:
            _send(one, signal.SIGKILL)
        _have_ended(processes, within=_KILLED_SECONDS)


def _send(one: ProcessIdentity, number: signal.Signals) -> None:
    if one.is_alive():
        with contextlib.suppress(ProcessLookupError):
            os.kill(one.pid, number)


def _have_ended(processes: Sequence[ProcessIdentity], *, within: float) -> bool:
    limit = time.monotonic() + within
    while any(one.is_alive() for one in processes):
        if time.monotonic() > limit:
            return False
        time.sleep(_PAUSE_SECONDS)
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _holder(port: int) -> str:
    with contextlib.suppress(psutil.AccessDenied, psutil.NoSuchProcess):
        for connection in psutil.net_connections(kind="tcp"):
            if (
                connection.laddr
                and connection.laddr.port == port
                and connection.status == psutil.CONN_LISTEN
                and connection.pid
            ):
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
