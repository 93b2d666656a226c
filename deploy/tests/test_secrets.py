"""No password stands where another user of the machine may read it."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from kvitt.local.servers import kafka_principals
from kvitt.local.state import State
from kvitt.local.supervisor import LocalSystem, default_regions_dir, region_codes
from kvitt_contracts.topics import SERVICES

pytestmark = pytest.mark.long(seconds=40)


def test_no_secret_is_on_a_command_line_or_in_an_open_file(tmp_path: Path) -> None:
    state = State.open(tmp_path / "state")
    with _command_lines() as seen, LocalSystem(state, services=["orders"]):
        pass

    secrets = _secrets(state)
    told = [line for line in seen if any(secret in line for secret in secrets)]
    assert told == []
    assert any("postgres" in line for line in seen)
    assert any("kafka.Kafka" in line for line in seen)
    assert any(" @" in line and "java" in line for line in seen)  # the one that creates users
    assert _readable_by_others(state.directory, secrets) == []


@contextlib.contextmanager
def _command_lines() -> Iterator[set[str]]:
    """The command lines of every descendant of this process that has run within."""
    seen: set[str] = set()
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.02):
            for process in psutil.Process().children(recursive=True):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.ZombieProcess):
                    seen.add(" ".join(process.cmdline()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _secrets(state: State) -> list[str]:
    users = [*kafka_principals(region_codes(default_regions_dir())), "admin", "broker"]
    users.append("controller")
    roles = [f"{service}_{role}" for service in SERVICES for role in ("owner", "api", "worker")]
    named = [*(f"kafka:{one}" for one in users), *(f"postgres:{one}" for one in roles)]
    return [state.secret, *map(state.password, [*named, "postgres:postgres"])]


def _readable_by_others(directory: Path, secrets: list[str]) -> list[str]:
    """Files with a secret that others than the owner may read, the directories above apart."""
    return [
        str(file.relative_to(directory))
        for file in directory.rglob("*")
        if file.is_file()
        and file.stat().st_mode & 0o077
        and any(secret.encode() in file.read_bytes() for secret in secrets)
    ]
