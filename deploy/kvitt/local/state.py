"""What the local platform stores between runs, in its state directory: ports, one secret, running
processes. Nothing that can be derived.
"""

import hashlib
import hmac
import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import platformdirs

from kvitt.local.problems import LocalProblem
from kvitt.local.processes import ProcessIdentity, free_ports

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
        """Read the state in the directory, or create it. Raises LocalProblem when the disk is
        nearly full.
        """
        directory.mkdir(parents=True, exist_ok=True)
        require_disk_space(directory)
        file = directory / "state.json"
        if file.exists():
            read = json.loads(file.read_text())
            return cls(directory, read["secret"], read["ports"])
        state = cls(directory, secrets.token_hex(32))
        state.save()
        return state

    def save(self) -> None:
        """Write the file, readable by its owner alone."""
        _write_private(self.directory / "state.json", {"secret": self.secret, "ports": self.ports})

    def password(self, name: str) -> str:
        """The password of the user `name`: the same in every run on this state."""
        return derived_password(self.secret, name)

    def port(self, purpose: str) -> int:
        """The port for a purpose: a free one is chosen the first time, and stored."""
        if purpose not in self.ports:
            (self.ports[purpose],) = free_ports(1)
            self.save()
        return self.ports[purpose]

    def log(self, name: str) -> Path:
        return self.directory / "logs" / f"{name}.log"

    def write_processes(self, processes: Sequence[ProcessIdentity]) -> None:
        """Store which processes run, the supervisor first."""
        _write_private(self.directory / "processes.json", [asdict(one) for one in processes])

    def processes(self) -> list[ProcessIdentity]:
        """The processes of the last run, the supervisor first; they need not be running."""
        file = self.directory / "processes.json"
        if not file.exists():
            return []
        return [ProcessIdentity(**one) for one in json.loads(file.read_text())]

    def require_no_other_run(self) -> None:
        """Raises LocalProblem that names the live processes of an earlier run."""
        live = [one for one in self.processes() if one.is_alive() and one.pid != os.getpid()]
        if not live:
            return
        named = ", ".join(f"{one.name} (pid {one.pid})" for one in live)
        if live[0].name == "supervisor":
            raise LocalProblem(
                f"Kvitt already runs here: {named}.",
                remedy="See it with kvitt status; end it with kvitt down.",
            )
        raise LocalProblem(
            f"Processes of an earlier run that did not end well still live: {named}.",
            remedy="End them with kvitt down, then start again.",
        )


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


def _write_private(file: Path, content: Any) -> None:
    draft = file.with_suffix(".draft")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(content, out, indent=2)
    draft.replace(file)
