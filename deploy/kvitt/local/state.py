"""What the local platform stores between runs, in its state directory: ports, one secret, running
processes. Nothing that can be derived.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import platformdirs
from kvitt_chassis.private_files import write_private

from kvitt.local.problems import LocalProblem
from kvitt.local.processes import ProcessIdentity, free_ports

SUPERVISOR = "supervisor"

_LEAST_FREE_BYTES = 1 << 30


def cache_dir() -> Path:
    """The directory for downloads, per user; KVITT_CACHE overrides it."""
    named = os.environ.get("KVITT_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("kvitt", appauthor=False))


@dataclass(slots=True)
class State:
    """The state directory of one local platform. Every password is derived from its one secret."""

    directory: Path
    secret: str
    ports: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, directory: Path) -> "State":
        """Read the state in the directory, or create it; nobody else may enter the directory.

        Raises LocalProblem when the disk is nearly full.
        """
        directory.mkdir(parents=True, exist_ok=True)
        if _file(directory).exists() or not any(directory.iterdir()):
            directory.chmod(0o700)  # one that holds other things than ours is left as it is
        require_disk_space(directory)
        if _file(directory).exists():
            return cls.existing(directory)
        state = cls(directory, secrets.token_hex(32))
        state.save()
        return state

    @staticmethod
    def exists(directory: Path) -> bool:
        """True when the directory holds a state."""
        return _file(directory).exists()

    @classmethod
    def existing(cls, directory: Path) -> "State":
        """Read the state in the directory and create nothing. Raises LocalProblem when there is
        none.
        """
        if not _file(directory).exists():
            raise LocalProblem(
                f"There is no system in {directory}.",
                remedy="kvitt up makes one; --state names another directory.",
            )
        read = json.loads(_file(directory).read_text())
        return cls(directory, read["secret"], read["ports"])

    def save(self) -> None:
        """Write the file, readable by its owner alone."""
        _write_json(_file(self.directory), {"secret": self.secret, "ports": self.ports})

    def password(self, name: str) -> str:
        """The password of the user `name`: the same in every run on this state."""
        return derived_password(self.secret, name)

    def port(self, purpose: str) -> int:
        """The port for a purpose: a free one is chosen the first time, and stored."""
        if purpose not in self.ports:
            (self.ports[purpose],) = free_ports(1, besides=self.ports.values())
            self.save()
        return self.ports[purpose]

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def write_processes(
        self, processes: Sequence[ProcessIdentity], *, dead: Mapping[str, str] | None = None
    ) -> None:
        """Store which processes run, the supervisor first, and why others do not."""
        found = {"running": [asdict(one) for one in processes], "dead": dict(dead or {})}
        _write_json(self.directory / "run.json", found)

    def processes(self) -> list[ProcessIdentity]:
        """The processes of the last run, the supervisor first; they need not be running."""
        return [ProcessIdentity(**one) for one in self._last_run()["running"]]

    def dead_parts(self) -> dict[str, str]:
        """Parts that the supervisor found dead and has not brought back yet, with the reason."""
        found: dict[str, str] = self._last_run()["dead"]
        return found

    def live_processes(self) -> list[ProcessIdentity]:
        """Those of the last run that live, this process left out."""
        return [one for one in self.processes() if one.is_alive() and one.pid != os.getpid()]

    def require_no_supervisor(self) -> None:
        """Raises LocalProblem that names the live processes when a supervisor is among them. What
        an earlier one has left is in nobody's way: the next one ends it.
        """
        live = self.live_processes()
        if live and live[0].name == SUPERVISOR:
            named = ", ".join(f"{one.name} (pid {one.pid})" for one in live)
            raise LocalProblem(
                f"Kvitt already runs here: {named}.",
                remedy="It starts again by itself what dies: see kvitt status; end it with "
                "kvitt down.",
            )

    def _last_run(self) -> dict[str, Any]:
        file = self.directory / "run.json"
        if not file.exists():
            return {"running": [], "dead": {}}
        read: dict[str, Any] = json.loads(file.read_text())
        return read


def derived_password(secret: str, name: str) -> str:
    """A password for `name`, derived from the secret."""
    return hmac.new(secret.encode(), name.encode(), hashlib.sha256).hexdigest()[:32]


def require_disk_space(directory: Path, *, least: int = _LEAST_FREE_BYTES) -> None:
    """Raises LocalProblem when the file system of `directory` has fewer than `least` bytes free."""
    free = shutil.disk_usage(directory).free
    if free < least:
        raise LocalProblem(
            f"Only {free >> 20} MiB are free where {directory} lies; "
            f"Kafka and PostgreSQL need {least >> 20} MiB.",
            remedy="Free some space, or choose another place with --state.",
        )


def _file(directory: Path) -> Path:
    return directory / "state.json"


def _write_json(file: Path, content: Any) -> None:
    write_private(file, json.dumps(content, indent=2))
